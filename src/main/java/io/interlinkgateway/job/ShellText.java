package io.interlinkgateway.job;

import java.util.regex.Pattern;

/// Shell text that the HPC runs before the container, in the batch script of `sbatch`.
public final class ShellText {

    private static final Pattern DIRECTIVE = Pattern.compile("(?m)^\\s*#(SBATCH|PBS|BSUB)");

    private ShellText() {}

    /// Refuses what would act in another way than as shell text: `sbatch` reads directives up to the first
    /// command, and the text stands where that is still to come.
    ///
    /// @param text any text
    /// @return the same text
    /// @throws InvalidValueException if it holds a directive or control characters
    public static String requireHarmless(String text) {
        if (DIRECTIVE.matcher(text).find()) {
            throw new InvalidValueException(
                    "The text has a line that sbatch would read as an option.",
                    "Give options in slurm, not as #SBATCH lines.");
        }
        if (text.chars().anyMatch(c -> (c < ' ' && c != '\n' && c != '\t') || c == 0x7f)) {
            throw new InvalidValueException(
                    "The text holds control characters.",
                    "Use printable text, tabs and newlines only.");
        }
        return text;
    }
}
