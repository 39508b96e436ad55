package io.interlinkgateway.record;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// Bytes that are held back, in a buffer that grows.
final class LookaheadBuffer {

    private byte[] bytes = new byte[256];
    private int size;

    int size() {
        return size;
    }

    byte get(int index) {
        return bytes[index];
    }

    /// The buffer itself; only the first [#size] bytes count, and only until the next change.
    byte[] array() {
        return bytes;
    }

    void add(byte next) {
        if (size == bytes.length) {
            bytes = Arrays.copyOf(bytes, 2 * size);
        }
        bytes[size++] = next;
    }

    void drop(int count) {
        System.arraycopy(bytes, count, bytes, 0, size - count);
        size -= count;
    }

    byte[] take() {
        byte[] taken = Arrays.copyOf(bytes, size);
        size = 0;
        return taken;
    }

    /// What is no UTF-8 becomes U+FFFD.
    String text(int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.UTF_8);
    }

    /// Where the last line begins.
    int lineStart() {
        int start = endOfText();
        while (start > 0 && bytes[start - 1] != '\n') {
            start--;
        }
        return start;
    }

    /// Where the last line ends, without its line end.
    int endOfText() {
        return size > 0 && bytes[size - 1] == '\n' ? size - 1 : size;
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
