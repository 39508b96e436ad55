package io.interlinkgateway.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PluginLogTests {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    succeeds | out\\nerr\\n
                    exit-7 | boom\\n
                    timeout | start
                    pre-exec-fails | pulling
                    pre-exec-output | from pre-exec\\nmain\\n
                    """)
    void ownBytes(String recording, String own) {
        Pod pod = Recordings.pod(Recordings.podsOf(recording).get(4));
        String log = Recordings.read(recording).required("log").stringValue();
        Split split = new Split();
        PluginLog reader = PluginLog.of(pod, "c");
        byte[] bytes = log.getBytes(StandardCharsets.UTF_8);
        for (int at = 0; at < bytes.length; at++) {
            reader.read(bytes, at, at + 1, split);
        }
        reader.end(split);
        assertThat(split.own.toString()).isEqualTo(own.replace("\\n", "\n"));
    }

    private static final class Split implements PluginLog.Sink {
        final StringBuilder own = new StringBuilder();

        @Override
        public void own(byte[] bytes, int from, int to) {
            own.append(new String(bytes, from, to - from, StandardCharsets.UTF_8));
        }

        @Override
        public void plugin(byte[] bytes, int from, int to) {}
    }
}
