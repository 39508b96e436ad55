package io.interlinkgateway.record;

import io.interlinkgateway.job.Job.ContainerExit;
import io.interlinkgateway.record.JobRecord.Ended;
import io.interlinkgateway.record.JobRecord.Fault;
import io.interlinkgateway.record.JobRecord.FaultKind;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// The JSON properties of [Ended]: the fault's stand beside the others.
///
/// @param fault the kind of the fault
/// @param words the message of the fault
record EndedText(
        Instant startedAt,
        Instant finishedAt,
        int exitCode,
        List<ContainerExit> containers,
        boolean memoryKill,
        Optional<FaultKind> fault,
        Optional<String> words) {

    static EndedText of(Ended ended) {
        return new EndedText(
                ended.startedAt(),
                ended.finishedAt(),
                ended.exitCode(),
                ended.containers(),
                ended.memoryKill(),
                ended.fault().map(Fault::kind),
                ended.fault().map(Fault::message));
    }

    /// @throws IllegalArgumentException if an exit code is out of range or a fault has no message
    Ended ended() {
        requireExitCode(exitCode);
        containers.forEach(exit -> requireExitCode(exit.exitCode()));
        return new Ended(
                startedAt,
                finishedAt,
                exitCode,
                containers,
                memoryKill,
                fault.map(kind -> new Fault(kind, words.orElseThrow())));
    }

    private static void requireExitCode(int code) {
        if (code < 0 || code > 255) {
            throw new IllegalArgumentException("An exit code is 0 to 255.");
        }
    }
}
