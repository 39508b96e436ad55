package io.interlinkgateway.history;

import static io.interlinkgateway.history.HistoryJobs.NOW;
import static io.interlinkgateway.history.HistoryJobs.RUNNING;
import static io.interlinkgateway.history.HistoryJobs.SUCCEEDED;
import static io.interlinkgateway.history.HistoryJobs.WORKSPACE;
import static io.interlinkgateway.history.HistoryJobs.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.doThrow;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import io.interlinkgateway.event.JobObserver;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.history.ArchivedLog.Completeness;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.Jobs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class JobExpiryTests {

    private final MovedClock clock = new MovedClock(NOW);
    private final FakeHistory history = new FakeHistory(clock);
    private final Jobs jobs = mock();
    private Optional<Duration> byDefault = Optional.empty();
    private final List<String> audited = new ArrayList<>();
    private final JobExpiry expiry =
            new JobExpiry(
                    history,
                    jobs,
                    _ -> byDefault,
                    (workspace, name) -> audited.add(workspace.value() + "/" + name.value()),
                    clock);

    @AfterEach
    void stop() {
        expiry.close();
    }

    private void ended(Optional<Duration> ttl) {
        Job ended = job("a", SUCCEEDED);
        expiry.observed(
                new Observation(
                        5,
                        NOW,
                        ended,
                        Observation.Presence.LIVE,
                        () -> new JobObserver.Origin(HistoryJobs.spec(ttl), HistoryJobs.POD)));
    }

    private void archive(Completeness completeness) {
        history.store(
                "uid-a",
                new ArchivedLog("job", completeness, Optional.empty(), 0, 0, Optional.empty(), NOW),
                List.of());
    }

    private void passed(Duration time) {
        clock.move(time);
        expiry.deleteExpired();
    }

    private void verifyDeletions(int number) {
        verify(jobs, times(number)).expire(WORKSPACE, job("a", SUCCEEDED).name(), "uid-a");
    }

    @Test
    void thePodIsDeletedOnceTheTimeIsOver() {
        archive(Completeness.COMPLETE);
        ended(Optional.of(Duration.ofHours(1)));

        passed(Duration.ofMinutes(59));
        verifyDeletions(0);

        passed(Duration.ofMinutes(1));
        verifyDeletions(1);
        passed(Duration.ofHours(1));
        verifyDeletions(1);
        assertThat(audited).containsExactly(WORKSPACE.value() + "/a");
    }

    @Test
    void thePodStaysUntilItsLogIsArchived() {
        archive(Completeness.PARTIAL);
        ended(Optional.of(Duration.ZERO));
        passed(Duration.ofHours(1));
        verifyDeletions(0);

        archive(Completeness.SHORTENED);
        passed(Duration.ofMinutes(1));

        verifyDeletions(1);
    }

    @Test
    void theDefaultOfTheWorkspaceIsUsedWithoutAPeriodInTheSpec() {
        byDefault = Optional.of(Duration.ofMinutes(5));
        archive(Completeness.COMPLETE);
        ended(Optional.empty());

        passed(Duration.ofMinutes(5));

        verifyDeletions(1);
    }

    @Test
    void podsStayByDefault() {
        archive(Completeness.COMPLETE);
        ended(Optional.empty());

        passed(Duration.ofDays(100));

        verifyDeletions(0);
    }

    @Test
    void aJobThatRunsIsNotDeleted() {
        byDefault = Optional.of(Duration.ZERO);
        expiry.observed(HistoryJobs.live(5, job("a", RUNNING)));

        passed(Duration.ofDays(1));

        verify(jobs, never()).expire(any(), any(), any());
    }

    @Test
    void aDefinitionThatCannotBeReadIsNoOtherJobsProblem() {
        archive(Completeness.COMPLETE);
        byDefault = Optional.of(Duration.ZERO);

        expiry.observed(
                new Observation(
                        5,
                        NOW,
                        job("unreadable", SUCCEEDED),
                        Observation.Presence.LIVE,
                        () -> {
                            throw new IllegalStateException("not readable");
                        }));
        ended(Optional.empty());
        passed(Duration.ofMinutes(1));

        verifyDeletions(1);
    }

    @Test
    void aDeletionThatFailsIsRepeated() {
        archive(Completeness.COMPLETE);
        doThrow(new GatewayException.ClusterUnavailable("busy"))
                .doNothing()
                .when(jobs)
                .expire(any(), any(), any());
        ended(Optional.of(Duration.ZERO));

        passed(Duration.ofSeconds(1));
        passed(Duration.ofMinutes(1));
        passed(Duration.ofMinutes(1));

        verifyDeletions(2);
    }

    @Test
    void aPassEndsWhenTheHistoryIsAway() {
        LogArchive away = mock();
        when(away.find(any(), any()))
                .thenThrow(new GatewayException.HistoryUnavailable("No response."));
        try (JobExpiry passing =
                new JobExpiry(away, jobs, _ -> Optional.of(Duration.ZERO), (_, _) -> {}, clock)) {
            for (String name : List.of("a", "b", "c")) {
                passing.observed(HistoryJobs.live(5, job(name, SUCCEEDED)));
            }

            passing.deleteExpired();
        }

        verify(away, times(1)).find(any(), any());
        verify(jobs, never()).expire(any(), any(), any());
    }

    @Test
    void aJobThatAnotherReplicaDeletedIsForgotten() {
        archive(Completeness.COMPLETE);
        doThrow(new GatewayException.OtherJob("a")).when(jobs).expire(any(), any(), any());
        ended(Optional.of(Duration.ZERO));

        passed(Duration.ofSeconds(1));
        passed(Duration.ofHours(1));

        verifyDeletions(1);
        assertThat(audited).isEmpty();
        assertThat(history.find("uid-a", "job")).isPresent();
    }
}
