package io.interlinkgateway.history;

import static io.interlinkgateway.history.HistoryJobs.NOW;
import static io.interlinkgateway.history.HistoryJobs.RUNNING;
import static io.interlinkgateway.history.HistoryJobs.SUCCEEDED;
import static io.interlinkgateway.history.HistoryJobs.WORKSPACE;
import static io.interlinkgateway.history.HistoryJobs.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class JobExpiryTests {

    private final MovedClock clock = new MovedClock();
    private final FakeHistory history = new FakeHistory(clock);
    private final Jobs jobs = mock();
    private Optional<Duration> byDefault = Optional.empty();
    private final JobExpiry expiry = new JobExpiry(history, jobs, _ -> byDefault, clock);

    private static final class MovedClock extends Clock {

        private Instant now = NOW;

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

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
                        () -> new JobObserver.Origin(HistoryJobs.spec(ttl), "")));
    }

    private void archive(Completeness completeness) {
        history.store(
                "uid-a",
                new ArchivedLog("job", completeness, Optional.empty(), 0, 0, Optional.empty(), NOW),
                List.of());
    }

    private void passed(Duration time) {
        clock.now = clock.now.plus(time);
        expiry.deleteExpired();
    }

    private void verifyDeletions(int number) {
        verify(jobs, times(number))
                .delete(WORKSPACE, job("a", SUCCEEDED).name(), Set.of("uid-a"), Optional.empty());
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

        verify(jobs, never()).delete(any(), any(), any(), any());
    }

    @Test
    void aDeletionThatFailsIsRepeated() {
        archive(Completeness.COMPLETE);
        when(jobs.delete(any(), any(), any(), any()))
                .thenThrow(new GatewayException.ClusterUnavailable("busy"))
                .thenReturn(Optional.empty());
        ended(Optional.of(Duration.ZERO));

        passed(Duration.ofSeconds(1));
        passed(Duration.ofMinutes(1));
        passed(Duration.ofMinutes(1));

        verifyDeletions(2);
    }

    @Test
    void aJobThatAnotherReplicaDeletedIsForgotten() {
        archive(Completeness.COMPLETE);
        when(jobs.delete(any(), any(), any(), any())).thenThrow(new GatewayException.OtherJob("a"));
        ended(Optional.of(Duration.ZERO));

        passed(Duration.ofSeconds(1));
        passed(Duration.ofHours(1));

        verifyDeletions(1);
        assertThat(history.find("uid-a", "job")).isPresent();
    }
}
