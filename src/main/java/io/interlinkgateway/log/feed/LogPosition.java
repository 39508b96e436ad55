package io.interlinkgateway.log.feed;

import java.util.Comparator;

/// A position in a job's output. It does not depend on the length of the plugin's record at the time of reading, so it
/// is valid for all later readings of the log.
///
/// @param stage which part
/// @param offset in that part, in bytes
public record LogPosition(Stage stage, long offset) implements Comparable<LogPosition> {

    /// Before the first byte.
    public static final LogPosition HEAD = new LogPosition(Stage.PREPARATION, 0);

    private static final Comparator<LogPosition> ORDER =
            Comparator.comparing(LogPosition::stage).thenComparingLong(LogPosition::offset);

    /// The parts, in their order.
    public enum Stage {
        /// The output before the containers, or all of a log without a record. It starts anew if SLURM starts the job
        /// again.
        PREPARATION,
        /// The container's output, which only grows.
        OUTPUT
    }

    /// @param bytes how many, 0 or more
    /// @return so many bytes later in the same stage
    public LogPosition plus(long bytes) {
        return new LogPosition(stage, offset + bytes);
    }

    @Override
    public int compareTo(LogPosition other) {
        return ORDER.compare(this, other);
    }
}
