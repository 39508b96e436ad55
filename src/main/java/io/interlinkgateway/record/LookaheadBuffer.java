package io.interlinkgateway.record;

import io.interlinkgateway.record.PluginLog.Sink;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// The bytes of a log that were read and whose origin is not clear yet, in a buffer that grows.
final class LookaheadBuffer {

    private byte[] bytes = new byte[256];
    private int size;

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    byte get(int index) {
        return bytes[index];
    }

    /// @return the last byte of a buffer that is not empty
    byte last() {
        return bytes[size - 1];
    }

    void add(byte next) {
        if (size == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * size);
        }
        bytes[size++] = next;
    }

    /// @param from the first of the bytes that are added
    /// @param to after the last of them
    void add(byte[] next, int from, int to) {
        for (int at = from; at < to; at++) {
            add(next[at]);
        }
    }

    /// The last byte continues what was searched before.
    ///
    /// @return whether an occurrence ends with the last byte
    boolean endsOccurrence(BytePattern.Search search) {
        return search.endOfNext(bytes, size - 1, size) != BytePattern.NOT_FOUND;
    }

    /// Hands out the first bytes as the job's.
    void releaseOwn(int count, Sink sink) {
        if (count > 0) {
            sink.own(bytes, 0, count);
            drop(count);
        }
    }

    /// Hands out all bytes as the job's.
    void releaseOwn(Sink sink) {
        releaseOwn(size, sink);
    }

    /// Hands out these bytes and then others as the job's, but for the last ones, which stay here.
    ///
    /// @param kept how many of the last bytes stay
    /// @param others holds the others
    /// @param from the first of them
    /// @param to after the last of them
    void releaseOwnBut(int kept, byte[] others, int from, int to, Sink sink) {
        int keptOfOthers = Math.min(kept, to - from);
        releaseOwn(size - (kept - keptOfOthers), sink);
        if (from < to - keptOfOthers) {
            sink.own(others, from, to - keptOfOthers);
        }
        add(others, to - keptOfOthers, to);
    }

    /// Hands out all bytes as the plugin's.
    void releasePlugins(Sink sink) {
        if (size > 0) {
            sink.plugin(bytes, 0, size);
            size = 0;
        }
    }

    private void drop(int count) {
        System.arraycopy(bytes, count, bytes, 0, size - count);
        size -= count;
    }

    /// Empties the buffer.
    ///
    /// @return what was in it
    byte[] take() {
        byte[] taken = Arrays.copyOf(bytes, size);
        size = 0;
        return taken;
    }

    /// The last line without its line end. What is not UTF-8 becomes U+FFFD.
    String line() {
        int end = size > 0 && last() == '\n' ? size - 1 : size;
        int start = end;
        while (start > 0 && bytes[start - 1] != '\n') {
            start--;
        }
        return new String(bytes, start, end - start, StandardCharsets.UTF_8);
    }

    boolean startsWith(byte[] text) {
        return size >= text.length && Arrays.equals(bytes, 0, text.length, text, 0, text.length);
    }

    boolean endsWith(byte[] text) {
        return size >= text.length
                && Arrays.equals(bytes, size - text.length, size, text, 0, text.length);
    }

    boolean isPrefixOf(byte[] text) {
        return size <= text.length && Arrays.equals(bytes, 0, size, text, 0, size);
    }
}
