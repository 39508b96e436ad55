package io.interlinkgateway.record;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import com.fasterxml.jackson.annotation.JsonValue;
import io.interlinkgateway.job.Job.ContainerExit;
import java.io.IOException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;

/// What the record in a job's log contains, see [PluginLog]. It is stored on the pod as an annotation, see
/// [RecordText], so that each log is searched once.
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
public sealed interface JobRecord {

    /// The most UTF-16 characters of a message. Longer messages are cut.
    int LONGEST_MESSAGE = 1024;

    /// The earliest time in a record.
    Instant EARLIEST = Instant.parse("0000-01-01T00:00:00Z");

    /// The latest time in a record.
    Instant LATEST = Instant.parse("9999-12-31T23:59:59.999999999Z");

    /// The log has output and no record. Either a step before the containers is still running or has failed,
    /// or another kind of plugin wrote the log.
    @JsonTypeName("headless")
    record NoHeader() implements JobRecord {}

    /// The log is still empty, well after interLink reported an end: the job script, which writes the header before
    /// anything else, did not run. A step before it failed without output, or SLURM never started the job.
    @JsonTypeName("empty")
    record Empty() implements JobRecord {}

    /// The job has started.
    ///
    /// @param startedAt when its first container started; empty if none has
    @JsonTypeName("started")
    record Started(Optional<Instant> startedAt) implements JobRecord {

        /// @throws IllegalArgumentException if the year does not have four digits
        public Started {
            startedAt.ifPresent(JobRecord::requireFourDigits);
        }
    }

    /// The job script has ended.
    ///
    /// @param startedAt when the first container started
    /// @param finishedAt when the script ended
    /// @param exitCode of the script, 0 to 255
    /// @param containers how the containers ended, in the pod's order; init containers only if they failed
    /// @param memoryKill whether SLURM killed a process of the job for its memory use
    /// @param fault why the container runtime could not start the container that failed first; found only in
    ///     that container's log
    @JsonTypeName("ended")
    record Ended(
            Instant startedAt,
            Instant finishedAt,
            int exitCode,
            List<ContainerExit> containers,
            boolean memoryKill,
            Optional<Fault> fault)
            implements JobRecord {

        /// Copies the list.
        ///
        /// @throws IllegalArgumentException if the year of a time does not have four digits
        public Ended {
            requireFourDigits(startedAt);
            requireFourDigits(finishedAt);
            containers = List.copyOf(containers);
        }

        @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
        static Ended of(EndedText text) {
            return text.ended();
        }

        @JsonValue
        EndedText text() {
            return EndedText.of(this);
        }

        /// The first container, in the pod's order, that failed: its log explains most.
        ///
        /// @return empty if all containers ended with 0
        public Optional<ContainerExit> firstFailure() {
            return containers.stream().filter(exit -> exit.exitCode() != 0).findFirst();
        }

        /// @return whether script and containers ended with 0 and nothing was killed
        public boolean wentWell() {
            return exitCode == 0 && !memoryKill && firstFailure().isEmpty();
        }
    }

    /// SLURM killed the job.
    ///
    /// @param startedAt when the first container started; empty if none had
    /// @param killedAt when the job was killed, in the compute node's local time, whose offset SLURM does not
    ///     write
    /// @param cause why it was killed
    /// @param message SLURM's message
    @JsonTypeName("killed")
    record Killed(
            Optional<Instant> startedAt,
            Optional<LocalDateTime> killedAt,
            @JsonProperty("killer") KillCause cause,
            @JsonProperty("words") String message)
            implements JobRecord {

        /// Cuts the message to [#LONGEST_MESSAGE] characters.
        ///
        /// @throws IllegalArgumentException if the year of a time does not have four digits
        public Killed {
            startedAt.ifPresent(JobRecord::requireFourDigits);
            killedAt.map(at -> at.toInstant(ZoneOffset.UTC))
                    .ifPresent(JobRecord::requireFourDigits);
            message = cut(message);
        }
    }

    /// The log has several records, and nothing shows which of them is the plugin's.
    @JsonTypeName("contradictory")
    record Contradictory() implements JobRecord {}

    /// The log is complete, the plugin reports that the container has ended, and there is no record: another
    /// kind of plugin, whose reported states are the only source. [PluginLog] alone can't find this out.
    @JsonTypeName("other-plugin")
    record OtherPlugin() implements JobRecord {}

    /// Why SLURM killed a job.
    enum KillCause {
        /// The walltime was over.
        TIME_LIMIT(true),
        /// The job used more memory than its limit.
        MEMORY(true),
        /// A user or an administrator cancelled the job.
        CANCELLATION(true),
        /// The compute node failed. SLURM may start the job again.
        NODE_FAILURE(false),
        /// A job of higher priority needed the node. SLURM may start the job again.
        PREEMPTION(false),
        /// A user or an administrator requeued the job.
        REQUEUE(false);

        private final boolean isFinal;

        KillCause(boolean isFinal) {
            this.isFinal = isFinal;
        }

        /// @return false if SLURM may start the job again
        public boolean isFinal() {
            return isFinal;
        }
    }

    /// Why the container runtime could not start a container.
    ///
    /// @param kind what is missing
    /// @param message the runtime's message
    record Fault(FaultKind kind, String message) {

        /// Cuts the message to [#LONGEST_MESSAGE] characters.
        public Fault {
            message = cut(message);
        }
    }

    /// What a container runtime can't find.
    enum FaultKind {
        /// The image.
        IMAGE,
        /// The command in the image.
        COMMAND
    }

    /// @return this record if the job has started and its end is not recorded
    default Optional<Started> asStarted() {
        return this instanceof Started started ? Optional.of(started) : Optional.empty();
    }

    /// @return when the job's first container started, if the record has that
    default Optional<Instant> firstStart() {
        return switch (this) {
            case Started started -> started.startedAt();
            case Ended ended -> Optional.of(ended.startedAt());
            case Killed killed -> killed.startedAt();
            case NoHeader _, Empty _, Contradictory _, OtherPlugin _ -> Optional.empty();
        };
    }

    /// Reads the log of one container.
    @FunctionalInterface
    interface Reader {

        /// @param container its name
        /// @return the record in its log; empty if the log is empty
        Optional<JobRecord> record(String container) throws IOException, InterruptedException;
    }

    /// A job's record, read from the logs of its containers. Every log has the same record, except for the fault, which
    /// only the log of the container that was not started has: they are read in turn until it is found.
    ///
    /// @param containers in the pod's order, without init containers
    /// @param reader reads their logs
    /// @return empty if the first container's log has no record yet
    /// @throws IOException if a log cannot be read
    static Optional<JobRecord> ofContainers(List<String> containers, Reader reader)
            throws IOException, InterruptedException {
        Optional<JobRecord> found = Optional.empty();
        for (String container : containers) {
            Optional<JobRecord> before = found;
            found = reader.record(container).or(() -> before);
            if (found.isEmpty() || !found.get().mayLackFault()) {
                break;
            }
        }
        return found;
    }

    /// Logs have no other years. Calculations with the extreme times that annotations could have would fail.
    private static void requireFourDigits(Instant time) {
        if (time.isBefore(EARLIEST) || time.isAfter(LATEST)) {
            throw new IllegalArgumentException("The year must have four digits.");
        }
    }

    private boolean mayLackFault() {
        return this instanceof Ended ended && ended.fault().isEmpty() && !ended.wentWell();
    }

    /// The record without an end, for as long as the plugin does not confirm that end: the job could have
    /// printed it.
    ///
    /// @return the same record if it has no end
    default JobRecord withoutEnd() {
        return switch (this) {
            case Ended ended -> new Started(Optional.of(ended.startedAt()));
            case NoHeader _, Empty _, Started _, Killed _, Contradictory _, OtherPlugin _ -> this;
        };
    }

    private static String cut(String message) {
        return message.length() <= LONGEST_MESSAGE
                ? message
                : message.substring(0, LONGEST_MESSAGE);
    }
}
