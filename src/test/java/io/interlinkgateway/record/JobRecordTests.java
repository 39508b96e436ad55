package io.interlinkgateway.record;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.job.Job.ContainerExit;
import io.interlinkgateway.record.JobRecord.Ended;
import io.interlinkgateway.record.JobRecord.Fault;
import io.interlinkgateway.record.JobRecord.FaultKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// Which container's log gives the record of a job.
class JobRecordTests {

    private static final List<String> CONTAINERS = List.of("first", "second", "third");
    private static final Instant BEGIN = Instant.parse("2026-11-23T23:56:53Z");
    private static final Ended WITHOUT_FAULT = ended(Optional.empty());
    private static final Ended WITH_FAULT =
            ended(Optional.of(new Fault(FaultKind.COMMAND, "executable file not found")));

    private final List<String> read = new ArrayList<>();

    private static Ended ended(Optional<Fault> fault) {
        return new Ended(
                BEGIN,
                BEGIN.plusSeconds(20),
                255,
                List.of(new ContainerExit("second", 255, BEGIN.plusSeconds(20))),
                false,
                fault);
    }

    private Optional<JobRecord> of(Map<String, JobRecord> records) throws Exception {
        return JobRecord.ofContainers(
                CONTAINERS,
                container -> {
                    read.add(container);
                    return Optional.ofNullable(records.get(container));
                });
    }

    @Test
    void theFaultIsThatOfTheContainerThatWasNotStarted() throws Exception {
        assertThat(of(Map.of("first", WITHOUT_FAULT, "second", WITH_FAULT, "third", WITHOUT_FAULT)))
                .contains(WITH_FAULT);
        assertThat(read).containsExactly("first", "second");
    }

    @Test
    void theRecordStandsWhereNoLogHasAFault() throws Exception {
        assertThat(of(Map.of("first", WITHOUT_FAULT, "second", WITHOUT_FAULT)))
                .contains(WITHOUT_FAULT);
        assertThat(read).containsExactlyElementsOf(CONTAINERS);
    }

    @Test
    void aJobThatGoesOnHasItsRecordInTheFirstLog() throws Exception {
        JobRecord started = new JobRecord.Started(Optional.of(BEGIN));

        assertThat(of(Map.of("first", started, "second", WITH_FAULT))).contains(started);
        assertThat(read).containsExactly("first");
    }

    @Test
    void nothingIsKnownWhileTheFirstLogIsEmpty() throws Exception {
        assertThat(of(Map.of("second", WITH_FAULT))).isEmpty();
        assertThat(read).containsExactly("first");
    }
}
