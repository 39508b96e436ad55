package io.interlinkgateway.history;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A part of a text with a known length (RFC 9110, section 14).
///
/// @param start the position of the first byte
/// @param end the position after the last byte; more than `start`
/// @param length the length of the whole text
record ByteRange(long start, long end, long length) {

    private static final Pattern SINGLE =
            Pattern.compile("bytes=[ \t]*(?:([0-9]{1,18})-([0-9]{0,18})|-([0-9]{1,18}))[ \t]*");

    /// What a header `Range` requests.
    sealed interface Requested {

        /// @param range a part of the text
        record Part(ByteRange range) implements Requested {}

        /// The whole text: there is no header, or it requests several ranges, another unit or something malformed, which
        /// servers may ignore.
        record Whole() implements Requested {}

        /// Nothing of the text.
        record Nothing() implements Requested {}
    }

    /// @param headers all headers `Range` of a request
    /// @param length the length of the text in bytes
    /// @return what they request
    static Requested parse(Optional<List<String>> headers, long length) {
        return headers.filter(values -> values.size() == 1)
                .map(values -> SINGLE.matcher(values.getFirst()))
                .filter(Matcher::matches)
                .map(range -> requested(range, length))
                .orElseGet(Requested.Whole::new);
    }

    private static Requested requested(Matcher range, long length) {
        if (range.group(3) != null) {
            long last = Math.min(Long.parseLong(range.group(3)), length);
            return last == 0
                    ? new Requested.Nothing()
                    : new Requested.Part(new ByteRange(length - last, length, length));
        }
        long start = Long.parseLong(range.group(1));
        boolean open = range.group(2).isEmpty();
        long end = open ? length : Math.min(Long.parseLong(range.group(2)) + 1, length);
        if (!open && Long.parseLong(range.group(2)) < start) {
            return new Requested.Whole();
        }
        return start >= length
                ? new Requested.Nothing()
                : new Requested.Part(new ByteRange(start, end, length));
    }

    /// @return the value of the header `Content-Range`
    String contentRange() {
        return "bytes " + start + "-" + (end - 1) + "/" + length;
    }
}
