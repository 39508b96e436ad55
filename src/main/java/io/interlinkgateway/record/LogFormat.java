package io.interlinkgateway.record;

import io.interlinkgateway.job.Job.ContainerExit;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What the plugin and SLURM write into the log of one container.
final class LogFormat {

    /// The longest line of a record in bytes: it has a path (at most 4096) and a hundred bytes more.
    static final int LONGEST_LINE = 8192;

    private final LogContext job;
    private final String container;
    private final Header header;
    private final RetryMessage retryMessage;

    LogFormat(LogContext job, String container) {
        this.job = job;
        this.container = container;
        this.header = new Header(job);
        this.retryMessage = new RetryMessage(job.uid(), container);
    }

    Header header() {
        return header;
    }

    RetryMessage retryMessage() {
        return retryMessage;
    }

    /// @return whether the job's own output can stand before the record
    boolean hasPreExec() {
        return job.preExec();
    }

    /// @return without any message
    SlurmMessages slurmMessages() {
        return new SlurmMessages(job.remoteJobId());
    }

    /// @return at the line after the header
    RecordGrammar recordGrammar() {
        return new RecordGrammar(
                job.uid(), slurmMessages(), names(job.inits()), names(job.containers()));
    }

    /// @param firstFailure the first container that failed according to the record
    /// @return before the container's first byte
    FirstOutput firstOutput(Optional<ContainerExit> firstFailure) {
        return new FirstOutput(
                firstFailure
                        .filter(exit -> exit.name().equals(container))
                        .filter(exit -> exit.exitCode() == RuntimeFault.EXIT_CODE)
                        .flatMap(_ -> program())
                        .map(RuntimeFault::of));
    }

    private Optional<LogContext.Program> program() {
        return Stream.concat(job.inits().stream(), job.containers().stream())
                .filter(program -> program.container().equals(container))
                .findFirst();
    }

    private static List<String> names(List<LogContext.Program> programs) {
        return programs.stream().map(LogContext.Program::container).toList();
    }
}
