package io.interlinkgateway.failure;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/// Text from outside: what it must be, and how it is shown in messages (short, on one line, without control
/// characters).
public final class Text {

    private static final int LONGEST = 80;
    private static final String BLANKS = " \t\n\r";

    /// Linux: `MAX_ARG_STRLEN` without the NUL at the end, for arguments and for `NAME=value`.
    private static final int LONGEST_ARGUMENT = 131_071;

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

    /// The whole numbers of so many bits, the first negative.
    ///
    /// @param bits at least 1
    /// @return such as `-128 to 127`
    public static String rangeOf(int bits) {
        BigInteger most = BigInteger.ONE.shiftLeft(bits - 1);
        return most.negate() + " to " + most.subtract(BigInteger.ONE);
    }

    /// Whether a text can stand as a name in lists and logs, and look there like no other: one line of characters that
    /// are assigned and not invisible, with blanks only between them.
    ///
    /// @param text any text
    /// @param longest the most UTF-16 characters
    /// @return whether it is not empty, not longer, begins and ends with no blank, and has no control or format
    ///     character, line or paragraph separator, half a surrogate pair, private or unassigned character
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

    /// The text without blanks, tabs and line breaks around it. Nothing else counts as white space, for nothing else does
    /// to a shell.
    ///
    /// @param text any text
    /// @return the part between
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

    /// Refuses what no process can be given as one argument or variable.
    ///
    /// @param what the value's name, the beginning of a sentence
    /// @param text any text; it is not shown, for it may be a secret
    /// @return the same text
    /// @throws InvalidValueException as [#requireUnicode], or if it is longer than Linux allows
    public static String requireArgument(String what, String text) {
        requireUnicode(what, text);
        if (text.length() > LONGEST_ARGUMENT
                || text.getBytes(StandardCharsets.UTF_8).length > LONGEST_ARGUMENT) {
            throw new InvalidValueException(
                    what + " is longer than the 131,071 bytes that Linux gives to one argument.",
                    "Keep it in a file on the HPC, and give the file's path.");
        }
        return text;
    }
}
