package io.interlinkgateway.log;

import io.interlinkgateway.record.BytePattern;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/// Replaces each byte of the secret values by `*`, even if a value is split between reads. The number of bytes does
/// not change, so positions in the log remain valid (docs/adr/0015-logs-without-passwords.md).
///
/// Bytes that may be the start of a value are held back until more bytes arrive; they are fewer than the longest
/// value has. For one reading of a log. Not thread-safe.
public final class Redaction {

    /// Shorter values also occur in ordinary words, and masking them would make logs unreadable.
    private static final int MIN_LENGTH = 6;

    private final List<BytePattern.Search> values;
    private byte[] held = {};

    private Redaction(List<BytePattern.Search> values) {
        this.values = values;
    }

    /// @param values the secret values. Values of less than six bytes are not masked, nor are blanks around the
    ///     others
    /// @return a redaction for the start of a log
    public static Redaction of(Collection<String> values) {
        return new Redaction(
                values.stream()
                        .map(String::strip)
                        .map(value -> value.getBytes(StandardCharsets.UTF_8))
                        .filter(value -> value.length >= MIN_LENGTH)
                        .map(value -> BytePattern.of(value).search())
                        .toList());
    }

    /// Masks a whole text. What only begins like a value at its end stays, because nothing follows it.
    ///
    /// @param text a text that belongs to no log
    /// @return the text with masked values; the same text if it has none
    public String whole(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        byte[] masked = bytes.clone();
        for (BytePattern.Search value : values) {
            hide(value, bytes, masked);
            value.restart();
        }
        return Arrays.equals(bytes, masked) ? text : new String(masked, StandardCharsets.UTF_8);
    }

    /// @param bytes the next bytes
    /// @return the bytes that can be passed on now
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

    /// Ends the log. An incomplete value at the end is masked too, if it is long enough.
    ///
    /// @return the bytes that were held back
    public byte[] end() {
        byte[] rest = held;
        if (rest.length >= MIN_LENGTH) {
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
