package io.interlinkgateway.log.feed;

import java.util.Comparator;

/// A place in what a job wrote. It does not depend on how far the plugin's record had grown when it was read,
/// so it holds for each later reading of the log.
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
        /// What runs before the containers, and all that stands in a log without a record. If SLURM starts the
        /// job again, it begins anew.
        PREPARATION,
        /// What the container writes. It only ever grows.
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
