package io.interlinkgateway.log;

import io.interlinkgateway.record.BytePattern;
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

    private final List<BytePattern.Search> values;
    private byte[] held = {};

    private Redaction(List<BytePattern.Search> values) {
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
                        .map(value -> BytePattern.of(value).search())
                        .toList());
    }

    /// @param bytes what comes next
    /// @return what can be given on now
    public byte[] next(byte[] bytes) {
        byte[] all = Arrays.copyOf(held, held.length + bytes.length);
        System.arraycopy(bytes, 0, all, held.length, bytes.length);
        int open = 0;
        for (BytePattern.Search value : values) {
            hide(value, bytes, all);
            open = Math.max(open, value.matched());
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
        values.forEach(BytePattern.Search::restart);
        return rest;
    }

    /// @param next what comes next
    /// @param all ends with the same bytes; before them stands what was held back
    private static void hide(BytePattern.Search value, byte[] next, byte[] all) {
        int before = all.length - next.length;
        int end = value.endOfNext(next, 0, next.length);
        while (end != BytePattern.NOT_FOUND) {
            Arrays.fill(all, before + end - value.length(), before + end, (byte) '*');
            end = value.endOfNext(next, end, next.length);
        }
    }
}
