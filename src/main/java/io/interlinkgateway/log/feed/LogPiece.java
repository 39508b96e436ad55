package io.interlinkgateway.log.feed;

import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Some bytes of a log. Never changed, so that all readers share them.
public final class LogPiece {

    private final LogPosition start;
    private final byte[] bytes;
    private final boolean plugin;
    private final @Nullable Instant arrivedAt;

    private LogPiece(LogPosition start, byte[] bytes, boolean plugin, @Nullable Instant arrivedAt) {
        this.start = start;
        this.bytes = bytes;
        this.plugin = plugin;
        this.arrivedAt = arrivedAt;
    }

    /// A piece of the job's own output.
    ///
    /// @param start before its first byte
    /// @param bytes at least one, which are not changed later
    /// @return the piece
    public static LogPiece own(LogPosition start, byte[] bytes) {
        return new LogPiece(start, bytes, false, null);
    }

    /// @param at where in the job's own output it stands, of which it takes up nothing
    static LogPiece plugin(LogPosition at, byte[] bytes) {
        return new LogPiece(at, bytes, true, null);
    }

    LogPiece arrived(@Nullable Instant at) {
        return new LogPiece(start, bytes, plugin, at);
    }

    /// @return before its first byte
    public LogPosition start() {
        return start;
    }

    /// @return after its last byte
    public LogPosition end() {
        return plugin ? start : start.plus(bytes.length);
    }

    /// What of it comes after a position.
    ///
    /// @return nothing if that is nothing
    Optional<LogPiece> after(LogPosition position) {
        if (plugin) {
            return start.compareTo(position) < 0 ? Optional.empty() : Optional.of(this);
        }
        if (end().compareTo(position) <= 0) {
            return Optional.empty();
        }
        return Optional.of(position.compareTo(start) <= 0 ? this : from(position));
    }

    private LogPiece from(LogPosition position) {
        int skipped = (int) (position.offset() - start.offset());
        return new LogPiece(
                position, Arrays.copyOfRange(bytes, skipped, bytes.length), false, arrivedAt);
    }

    /// What of it comes before a position.
    ///
    /// @return nothing if that is nothing
    Optional<LogPiece> before(LogPosition position) {
        if (end().compareTo(position) <= 0) {
            return Optional.of(this);
        }
        if (start.compareTo(position) >= 0) {
            return Optional.empty();
        }
        int kept = (int) (position.offset() - start.offset());
        return Optional.of(new LogPiece(start, Arrays.copyOf(bytes, kept), plugin, arrivedAt));
    }

    /// @return how many bytes it has
    public int size() {
        return bytes.length;
    }

    /// The bytes themselves: not to be changed.
    ///
    /// @return at least one
    public byte[] bytes() {
        return bytes;
    }

    /// @return whether the plugin or SLURM wrote it
    public boolean isPlugins() {
        return plugin;
    }

    /// When it came to this gateway, if it came while it was written.
    public Optional<Instant> arrivedAt() {
        return Optional.ofNullable(arrivedAt);
    }
}
