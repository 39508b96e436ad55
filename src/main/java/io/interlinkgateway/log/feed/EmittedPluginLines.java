package io.interlinkgateway.log.feed;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;

/// The plugin's lines that were emitted. Each reading of a log starts with these lines again, followed by new ones, or
/// with different lines if SLURM started the job again.
final class EmittedPluginLines {

    /// The maximum number of stored lines. No record is longer, but SLURM can repeat its messages without end.
    private static final int MOST = 65_536;

    private final ByteArrayOutputStream seen = new ByteArrayOutputStream();
    private byte[] emitted = {};

    /// Starts a reading.
    void begin() {
        seen.reset();
    }

    /// @param lines the next lines of this reading
    /// @return the part of them that was not emitted before
    Optional<byte[]> fresh(byte[] lines) {
        if (seen.size() + lines.length > MOST) {
            return Optional.empty();
        }
        seen.writeBytes(lines);
        byte[] all = seen.toByteArray();
        int common = Math.min(all.length, emitted.length);
        boolean same = Arrays.equals(all, 0, common, emitted, 0, common);
        if (same && all.length <= emitted.length) {
            return Optional.empty();
        }
        byte[] fresh = same ? Arrays.copyOfRange(all, emitted.length, all.length) : all;
        emitted = all;
        return Optional.of(fresh);
    }
}
