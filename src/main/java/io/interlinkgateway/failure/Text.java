package io.interlinkgateway.failure;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/// Rules for text from outside, and how it is shown in messages: short, on one line, without control characters.
public final class Text {

    private static final int LONGEST = 80;
    private static final String BLANKS = " \t\n\r";

    /// Linux: `MAX_ARG_STRLEN` without the NUL at the end, for arguments and for `NAME=value`.
    private static final int LONGEST_ARGUMENT = 131_071;

    private Text() {}

    /// The text with control characters replaced by `?` and cut to 80 characters.
    ///
    /// @param text any text
    /// @return the text to show in a message
    public static String shown(String text) {
        return shown(text, LONGEST);
    }

    /// The text with control characters replaced by `?` and cut.
    ///
    /// @param text any text
    /// @param longest the maximum number of characters
    /// @return the text to show in a message
    public static String shown(String text, int longest) {
        String line = text.replaceAll("\\p{Cntrl}", "?");
        return line.length() <= longest ? line : line.substring(0, longest) + "…";
    }

    /// The range of signed whole numbers with a number of bits.
    ///
    /// @param bits at least 1
    /// @return such as `-128 to 127`
    public static String rangeOf(int bits) {
        BigInteger most = BigInteger.ONE.shiftLeft(bits - 1);
        return most.negate() + " to " + most.subtract(BigInteger.ONE);
    }

    /// Whether a text can be used as a name in lists and logs without looking like another one: one line of assigned
    /// and visible characters, with blanks only between them.
    ///
    /// @param text any text
    /// @param longest the maximum number of UTF-16 characters
    /// @return whether it is not empty, not longer, does not start or end with a blank, and has no control or format
    ///     character, line or paragraph separator, unpaired surrogate, private or unassigned character
    public static boolean isName(String text, int longest) {
        return !text.isEmpty()
                && text.length() <= longest
                && !isBlank(text.codePointAt(0))
                && !isBlank(text.codePointBefore(text.length()))
                && text.codePoints().allMatch(Text::isVisible);
    }

    private static boolean isBlank(int character) {
        return Character.getType(character) == Character.SPACE_SEPARATOR;
    }

    private static boolean isVisible(int character) {
        return switch (Character.getType(character)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED ->
                    false;
            default -> true;
        };
    }

    /// The text without surrounding blanks, tabs and line breaks. No other characters are removed, because a shell
    /// does not treat them as white space.
    ///
    /// @param text any text
    /// @return the trimmed text
    public static String trimmed(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && BLANKS.indexOf(text.charAt(from)) >= 0) {
            from++;
        }
        while (to > from && BLANKS.indexOf(text.charAt(to - 1)) >= 0) {
            to--;
        }
        return text.substring(from, to);
    }

    /// Refuses text that can't be passed to a process: NUL ends an argument, and an unpaired surrogate can't be
    /// encoded in UTF-8.
    ///
    /// @param what the value's name, as the start of a sentence
    /// @param text any text; it is not shown, because it may be a secret
    /// @return the same text
    /// @throws InvalidValueException if it contains NUL or an unpaired surrogate
    public static String requireUnicode(String what, String text) {
        if (text.indexOf('\0') >= 0 || !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
            throw new InvalidValueException(
                    what + " contains NUL or half a Unicode character (an unpaired surrogate).",
                    "Send valid Unicode text without NUL, or Base64.");
        }
        return text;
    }

    /// Refuses text that can't be passed to a process as one argument or variable.
    ///
    /// @param what the value's name, as the start of a sentence
    /// @param text any text; it is not shown, because it may be a secret
    /// @return the same text
    /// @throws InvalidValueException as [#requireUnicode], or if it is longer than Linux allows
    public static String requireArgument(String what, String text) {
        requireUnicode(what, text);
        if (text.length() > LONGEST_ARGUMENT
                || text.getBytes(StandardCharsets.UTF_8).length > LONGEST_ARGUMENT) {
            throw new InvalidValueException(
                    what + " is longer than 131,071 bytes, the limit of Linux for one argument.",
                    "Put it into a file on the HPC, and use the file's path.");
        }
        return text;
    }
}
