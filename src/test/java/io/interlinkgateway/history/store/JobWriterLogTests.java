package io.interlinkgateway.history.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.event.JobObserver.Origin;
import io.interlinkgateway.history.HistoryJobs;
import io.interlinkgateway.history.Observation;
import io.interlinkgateway.history.Observation.Presence;
import io.interlinkgateway.history.WorkspaceRedaction.Masks;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.Workspace;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/// Log lines about a job that can't be stored have its UID and none of its values.
@ExtendWith(OutputCaptureExtension.class)
class JobWriterLogTests {

    private static final Instant NOW = Instant.parse("2026-11-01T10:00:00Z");

    private static void write(Database database, Supplier<Origin> origin) {
        new JobWriter(database, _ -> Masks.of(Set.of()))
                .write(List.of(new Observation(1, NOW, job(), Presence.LIVE, origin)));
    }

    private static Job job() {
        return new Job(
                new JobName("s3cret-name"),
                new Workspace("stars"),
                "uid-1",
                Optional.empty(),
                new JobState.Starting(),
                new Job.Evidence(Job.Source.API_SERVER, NOW, true),
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                NOW,
                "gateway",
                Optional.empty(),
                Map.of(),
                Optional.empty());
    }

    @Test
    void anObservationThatTheDatabaseRefuses(CapturedOutput output) {
        try (Database database = new Database(Connections.inMemory(), Clock.systemUTC())) {
            database.write(session ->
                    session.client()
                            .sql("alter table job alter column name varchar(3) not null")
                            .update());

            write(database, () -> new Origin(HistoryJobs.POD, HistoryJobs.POD));
        }

        assertThat(output)
                .contains(
                        "The history can't store an observation of the job uid-1:"
                                + " DataIntegrityViolationException, SQL state 22001")
                .doesNotContain("s3cret");
    }

    @Test
    void aDefinitionThatCantBeRead(CapturedOutput output) {
        try (Database database = new Database(Connections.inMemory(), Clock.systemUTC())) {
            write(
                    database,
                    () -> {
                        throw new IllegalStateException("s3cret");
                    });
        }

        assertThat(output)
                .contains("The definition of the job uid-1 can't be read: IllegalStateException")
                .doesNotContain("s3cret");
    }
}
