package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;
import java.util.stream.Stream;

/// Shell text that runs on the HPC before the container, in the batch script of `sbatch`.
public final class ShellText {

    private ShellText() {}

    /// Refuses text that is not just commands before the line that starts the containers: options of `sbatch`,
    /// control characters, and text after which that line may not be a separate command. The text may end with `&&`;
    /// then the containers start only if the last command succeeded, and the job fails otherwise.
    ///
    /// @param text any text; the time is proportional to its length
    /// @return the same text
    /// @throws InvalidValueException if it is refused
    public static String requireHarmless(String text) {
        if (text.chars().anyMatch(c -> (c < ' ' && c != '\n' && c != '\t') || c == 0x7f)) {
            throw new InvalidValueException(
                    "The text contains control characters.",
                    "Use printable text, tabs and newlines only; end lines with a newline alone.");
        }
        // sbatch reads #SBATCH and #SLURM up to the first command, but #PBS and #BSUB anywhere,
        // even in here-documents.
        if (text.lines().map(String::stripLeading).anyMatch(ShellText::isDirective)) {
            throw new InvalidValueException(
                    "The text has a line that sbatch would read as an option.",
                    "Give options in slurm, not as #SBATCH lines.");
        }
        new ShellScanner(text).requireComplete();
        return text;
    }

    private static boolean isDirective(String line) {
        return Stream.of("#SBATCH", "#SLURM", "#PBS", "#BSUB").anyMatch(line::startsWith);
    }
}
