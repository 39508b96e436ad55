package io.interlinkgateway.log.feed;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Optional;

/// Which of the plugin's lines were emitted. Each reading of a log begins with them anew, with more of them than
/// before, or with others if SLURM started the job again.
final class EmittedPluginLines {

    /// No record is longer, but SLURM can go on complaining.
    private static final int MOST = 65_536;

    private final ByteArrayOutputStream seen = new ByteArrayOutputStream();
    private byte[] emitted = {};

    /// A reading begins.
    void begin() {
        seen.reset();
    }

    /// @param lines what comes next in this reading
    /// @return what of it was not emitted before
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
