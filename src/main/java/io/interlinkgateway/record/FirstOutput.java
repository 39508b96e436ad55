package io.interlinkgateway.record;

import io.interlinkgateway.record.JobRecord.Fault;
import io.interlinkgateway.record.PluginLog.Sink;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The output of a container that may not have started, kept to find out why. A container with more output than
/// [#LONGEST] has started.
final class FirstOutput {

    /// The most output of a container runtime, in bytes.
    private static final int LONGEST = 8192;

    private final Optional<RuntimeFault> expected;

    /// Null if the container has started.
    private @Nullable ByteArrayOutputStream output;

    /// @param expected the fault that the container may have; empty if it has started
    FirstOutput(Optional<RuntimeFault> expected) {
        this.expected = expected;
        this.output = expected.isPresent() ? new ByteArrayOutputStream() : null;
    }

    /// @return false if the container has started
    boolean isKept() {
        return output != null;
    }

    /// @return hands on to the sink what it gets, and keeps the output
    Sink before(Sink sink) {
        return output == null ? sink : new KeepingSink(sink);
    }

    /// @return why the container was not started, if all of the output shows that
    Optional<Fault> fault() {
        return Optional.ofNullable(output)
                .map(bytes -> bytes.toString(StandardCharsets.UTF_8))
                .flatMap(text -> expected.flatMap(fault -> fault.in(text)));
    }

    private void keep(byte[] bytes, int from, int to) {
        if (output != null && output.size() + to - from <= LONGEST) {
            output.write(bytes, from, to - from);
        } else {
            output = null;
        }
    }

    private final class KeepingSink implements Sink {

        private final Sink sink;

        KeepingSink(Sink sink) {
            this.sink = sink;
        }

        @Override
        public void own(byte[] bytes, int from, int to) {
            keep(bytes, from, to);
            sink.own(bytes, from, to);
        }

        @Override
        public void plugin(byte[] bytes, int from, int to) {
            sink.plugin(bytes, from, to);
        }
    }
}
