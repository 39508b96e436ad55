package io.interlinkgateway.job;

import java.nio.charset.StandardCharsets;

/// Text from outside: what it must be, and how it is shown in messages (short, on one line, without control
/// characters).
public final class Text {

    private static final int LONGEST = 80;

    private Text() {}

    /// The text with control characters replaced by `?` and cut to 80 characters.
    ///
    /// @param text anything
    /// @return what may stand in a message
    public static String shown(String text) {
        return shown(text, LONGEST);
    }

    /// The text with control characters replaced by `?` and cut.
    ///
    /// @param text anything
    /// @param longest the most characters
    /// @return what may stand in a message
    public static String shown(String text, int longest) {
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() <= longest ? line : line.substring(0, longest) + "…";
    }

    /// Refuses what no process can be given: NUL ends an argument, and half a surrogate pair has no UTF-8.
    ///
    /// @param what the value's name, the beginning of a sentence
    /// @param text any text; it is not shown, for it may be a secret
    /// @return the same text
    /// @throws InvalidValueException if it holds NUL or half a surrogate pair
    public static String requireUnicode(String what, String text) {
        if (text.indexOf('\0') >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new InvalidValueException(
                    what + " holds NUL or half a Unicode character.",
                    "Send valid Unicode text without NUL, or Base64.");
        }
        return text;
    }
}
