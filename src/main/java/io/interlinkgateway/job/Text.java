package io.interlinkgateway.job;

/// How text from outside is shown in messages: short, on one line, without control characters.
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
}
