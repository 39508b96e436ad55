package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;
import java.util.stream.Stream;

/// Shell text that the HPC runs before the container, in the batch script of `sbatch`.
public final class ShellText {

    private ShellText() {}

    /// Refuses what would act in another way than as commands before the line that starts the containers:
    /// options of `sbatch`, control characters, and text that is not certain to leave that line a command of its
    /// own. `&&` may stand last; then the containers start only if the text went well, and the job fails otherwise.
    ///
    /// @param text any text; the time it takes is proportional to its length
    /// @return the same text
    /// @throws InvalidValueException if it is refused
    public static String requireHarmless(String text) {
        if (text.chars().anyMatch(c -> (c < ' ' && c != '\n' && c != '\t') || c == 0x7f)) {
            throw new InvalidValueException(
                    "The text holds control characters.",
                    "Use printable text, tabs and newlines only; end lines with a newline alone.");
        }
        // sbatch takes #SBATCH and #SLURM up to the first command, but #PBS and #BSUB also after
        // it,
        // wherever they stand: in here-documents as well.
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
