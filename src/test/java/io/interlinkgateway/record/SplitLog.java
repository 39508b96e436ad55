package io.interlinkgateway.record;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.status.PodReading;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;

/// A log as split by a [PluginLog]. Bytes are shown as the characters with the same numbers (ISO 8859-1).
///
/// @param own the job's bytes
/// @param plugin the plugin's
/// @param whole both in the order in which they came
/// @param record what the plugin's say
public record SplitLog(String own, String plugin, String whole, Optional<JobRecord> record) {

    public static SplitLog of(Pod pod, String container, String log) {
        return of(pod, container, log.getBytes(StandardCharsets.UTF_8), log.length() + 1);
    }

    /// @param chunk how many bytes come at a time; 0 for a different number each time
    public static SplitLog of(Pod pod, String container, byte[] log, int chunk) {
        Parts parts = new Parts();
        PluginLog reader = PluginLog.of(PodReading.logContextOf(pod), container);
        Random sizes = new Random(log.length);
        for (int at = 0; at < log.length; ) {
            int to = Math.min(log.length, at + (chunk > 0 ? chunk : 1 + sizes.nextInt(40)));
            // The reader may not keep the array.
            byte[] read = Arrays.copyOfRange(log, at, to);
            reader.read(read, 0, read.length, parts);
            Arrays.fill(read, (byte) '#');
            at = to;
        }
        reader.end(parts);
        return new SplitLog(
                parts.own.toString(StandardCharsets.ISO_8859_1),
                parts.plugin.toString(StandardCharsets.ISO_8859_1),
                parts.whole.toString(StandardCharsets.ISO_8859_1),
                reader.record());
    }

    String ownText() {
        return new String(own.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }

    private static final class Parts implements PluginLog.Sink {

        final ByteArrayOutputStream own = new ByteArrayOutputStream();
        final ByteArrayOutputStream plugin = new ByteArrayOutputStream();
        final ByteArrayOutputStream whole = new ByteArrayOutputStream();

        @Override
        public void own(byte[] bytes, int from, int to) {
            own.write(bytes, from, to - from);
            whole.write(bytes, from, to - from);
        }

        @Override
        public void plugin(byte[] bytes, int from, int to) {
            plugin.write(bytes, from, to - from);
            whole.write(bytes, from, to - from);
        }
    }
}
