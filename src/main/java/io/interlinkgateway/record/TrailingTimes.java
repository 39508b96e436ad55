package io.interlinkgateway.record;

import io.interlinkgateway.record.PluginLog.Sink;
import java.nio.charset.StandardCharsets;

/// Separates a container's output from the three lines that bash's `time` writes after it. The pending bytes
/// are those that may become these lines.
final class TrailingTimes {

    /// `#` is a time such as `0m3.164s`, or `0m3,164s` in some locales.
    private static final byte[] LINES =
            "\nreal\t#\nuser\t#\nsys\t#\n".getBytes(StandardCharsets.UTF_8);

    /// The most bytes of all three lines.
    private static final int LONGEST = 100;

    private final LookaheadBuffer pending;

    /// The next byte of [#LINES]; 0 exactly if nothing is pending.
    private int next;

    TrailingTimes(LookaheadBuffer pending) {
        this.pending = pending;
    }

    void read(byte[] bytes, int from, int to, Sink sink) {
        int at = from;
        while (at < to) {
            at = next == 0 ? readOutput(bytes, at, to, sink) : readTimes(bytes, at, to, sink);
        }
    }

    /// @return after the times so far
    private int readTimes(byte[] bytes, int from, int to, Sink sink) {
        int longest = Math.min(to, from + LONGEST - pending.size());
        int at = from;
        while (at < longest && accepts(bytes[at])) {
            at++;
        }
        pending.add(bytes, from, at);
        if (at < to) {
            reject(sink);
        }
        return at;
    }

    /// Reads up to the first line end that may begin the times.
    ///
    /// @return after that line end, or the end of the bytes
    private int readOutput(byte[] bytes, int from, int to, Sink sink) {
        int lineEnd = from;
        while (lineEnd < to && !mayBegin(bytes, lineEnd, to)) {
            lineEnd++;
        }
        if (from < lineEnd) {
            sink.own(bytes, from, lineEnd);
        }
        if (lineEnd == to) {
            return to;
        }
        pending.add(bytes[lineEnd]);
        next = 1;
        return lineEnd + 1;
    }

    private static boolean mayBegin(byte[] bytes, int at, int to) {
        return bytes[at] == LINES[0] && (at + 1 == to || bytes[at + 1] == LINES[1]);
    }

    private boolean accepts(byte read) {
        if (next == LINES.length) {
            return false;
        }
        byte expected = LINES[next];
        if (expected == '#') {
            next += read == 's' ? 1 : 0;
            return read == 's' || isInTime(read);
        }
        next += expected == read ? 1 : 0;
        return expected == read;
    }

    private static boolean isInTime(byte read) {
        return (read >= '0' && read <= '9') || read == 'm' || read == '.' || read == ',';
    }

    /// The pending bytes are output. Their line end may begin the times anew.
    private void reject(Sink sink) {
        boolean endsLine = pending.size() > 1 && pending.last() == '\n';
        next = endsLine ? 1 : 0;
        pending.releaseOwn(pending.size() - next, sink);
    }

    /// The log is at its end.
    void end(Sink sink) {
        // The very last line end can be missing.
        if (next >= LINES.length - 1) {
            pending.releasePlugins(sink);
        }
        settle(sink);
    }

    /// No bytes came for a moment. The times come at once, so a single line end is output.
    void pause(Sink sink) {
        if (next == 1) {
            settle(sink);
        }
    }

    /// The log is not at its end.
    void settle(Sink sink) {
        next = 0;
        pending.releaseOwn(sink);
    }
}
