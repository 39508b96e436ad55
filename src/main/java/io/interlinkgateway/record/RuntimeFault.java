package io.interlinkgateway.record;

import io.interlinkgateway.failure.Text;
import io.interlinkgateway.record.JobRecord.Fault;
import io.interlinkgateway.record.JobRecord.FaultKind;
import java.util.List;
import java.util.Optional;

/// Why Singularity or Apptainer could not start a container: it says `FATAL:` and ends with 255. A job can
/// print that, too, and end so. So it counts only as the last of what came out, with nothing but the
/// runtime's own words before, and only if it names the very image or command (recordings `image-missing`,
/// `command-missing`).
///
/// @param image what the pod says, without the scheme and the like before it
/// @param command the first word of its command; empty if it has none
record RuntimeFault(String image, String command) {

    static final int EXIT_CODE = 255;

    private static final int LONGEST_WORDS = 1000;
    private static final String FATAL = "FATAL:   ";

    /// Of a container that the pod does not have.
    static final RuntimeFault OF_NOTHING = new RuntimeFault("", "");

    static RuntimeFault of(LogContext.Program program) {
        return new RuntimeFault(
                program.image().substring(program.image().indexOf("://") + 1), program.command());
    }

    /// @param output all that came out of the container
    /// @return the fault, unless it was started
    Optional<Fault> in(String output) {
        List<String> lines = output.lines().filter(line -> !line.isBlank()).toList();
        if (lines.isEmpty()
                || !lines.getLast().startsWith(FATAL)
                || !lines.subList(0, lines.size() - 1).stream()
                        .allMatch(RuntimeFault::isRuntimes)) {
            return Optional.empty();
        }
        String words = lines.getLast().substring(FATAL.length());
        boolean noCommand =
                !command.isEmpty()
                        && (words.equals("stat " + command + ": no such file or directory")
                                || words.equals(
                                        "\"" + command + "\": executable file not found in $PATH"));
        if (noCommand) {
            return Optional.of(new Fault(FaultKind.COMMAND, shown(words)));
        }
        return !image.isEmpty() && words.contains(image)
                ? Optional.of(new Fault(FaultKind.IMAGE, shown(words)))
                : Optional.empty();
    }

    private static boolean isRuntimes(String line) {
        return line.startsWith("INFO:    ") || line.startsWith("WARNING: ");
    }

    private static String shown(String words) {
        return Text.shown(words, LONGEST_WORDS);
    }
}
