package io.interlinkgateway.record;

import org.jspecify.annotations.Nullable;

/// The bytes of a log that are to be read next. They come in segments of which the current one can be read as
/// an array.
final class Input {

    private byte[] bytes;
    private int at;
    private int end;

    /// What follows the current segment; null if nothing does.
    private @Nullable Input following;

    /// @param bytes holds the bytes
    /// @param from the first byte
    /// @param to after the last byte
    Input(byte[] bytes, int from, int to) {
        this.bytes = bytes;
        this.at = from;
        this.end = to;
    }

    boolean hasNext() {
        return at < end;
    }

    byte next() {
        byte next = bytes[at];
        skipTo(at + 1);
        return next;
    }

    /// The current segment, from [#at] up to [#end]. It may not be changed.
    byte[] bytes() {
        return bytes;
    }

    int at() {
        return at;
    }

    int end() {
        return end;
    }

    /// @param index in the current segment, or its end
    void skipTo(int index) {
        at = index;
        if (at == end && following != null) {
            bytes = following.bytes;
            at = following.at;
            end = following.end;
            following = following.following;
        }
    }

    /// Puts bytes before those that are to be read next.
    ///
    /// @param again at least one byte
    void replay(byte[] again) {
        if (hasNext()) {
            Input rest = new Input(bytes, at, end);
            rest.following = following;
            following = rest;
        }
        bytes = again;
        at = 0;
        end = again.length;
    }
}
