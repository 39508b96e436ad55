package io.interlinkgateway.log;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/// Puts a `*` in the place of each byte of the values that must not be seen, wherever the log is cut. The number of
/// bytes stays the same, so positions in the log hold (docs/adr/0015-logs-without-passwords.md).
///
/// What may be the beginning of a value is held back until more has come: less than the longest value. For one reading
/// of a log, and for one thread at a time.
public final class Redaction {

    /// Shorter values turn up in ordinary words, and half the log would be stars.
    private static final int SHORTEST = 6;

    private final List<Value> values;
    private byte[] held = {};

    private Redaction(List<Value> values) {
        this.values = values;
    }

    /// @param values what must not be seen; those of less than six bytes, and blanks around the others, are let through
    /// @return for a log of which nothing was read yet
    public static Redaction of(Collection<String> values) {
        return new Redaction(
                values.stream()
                        .map(String::strip)
                        .map(value -> value.getBytes(StandardCharsets.UTF_8))
                        .filter(value -> value.length >= SHORTEST)
                        .map(Value::new)
                        .toList());
    }

    /// @param bytes what comes next
    /// @return what can be given on now
    public byte[] next(byte[] bytes) {
        byte[] all = Arrays.copyOf(held, held.length + bytes.length);
        System.arraycopy(bytes, 0, all, held.length, bytes.length);
        int open = 0;
        for (Value value : values) {
            value.hide(bytes, all);
            open = Math.max(open, value.matched);
        }
        held = Arrays.copyOfRange(all, all.length - open, all.length);
        return Arrays.copyOf(all, all.length - open);
    }

    /// Nothing more comes that belongs to what came before. A value that is cut off is one, too, if enough of it is there.
    ///
    /// @return what was held back
    public byte[] end() {
        byte[] rest = held;
        if (rest.length >= SHORTEST) {
            Arrays.fill(rest, (byte) '*');
        }
        held = new byte[0];
        values.forEach(value -> value.matched = 0);
        return rest;
    }

    /// The algorithm of Knuth, Morris and Pratt: each byte is looked at once, whatever a job prints.
    private static final class Value {

        private final byte[] bytes;

        /// For each beginning of the value the length of its longest proper end that the value begins with, too.
        private final int[] overlaps;

        private int matched;

        Value(byte[] bytes) {
            this.bytes = bytes;
            this.overlaps = new int[bytes.length];
            for (int at = 1; at < bytes.length; at++) {
                advance(bytes[at]);
                overlaps[at] = matched;
            }
            matched = 0;
        }

        private void advance(byte next) {
            while (matched > 0 && bytes[matched] != next) {
                matched = overlaps[matched - 1];
            }
            matched += bytes[matched] == next ? 1 : 0;
        }

        /// @param next what comes next
        /// @param all ends with the same, before which stands what was held back
        void hide(byte[] next, byte[] all) {
            for (int at = 0; at < next.length; at++) {
                advance(next[at]);
                if (matched == bytes.length) {
                    int end = all.length - next.length + at + 1;
                    Arrays.fill(all, end - bytes.length, end, (byte) '*');
                    matched = overlaps[matched - 1];
                }
            }
        }
    }
}
