package io.interlinkgateway.record;

import io.interlinkgateway.failure.Text;
import io.interlinkgateway.record.JobRecord.Fault;
import io.interlinkgateway.record.JobRecord.FaultKind;
import java.util.List;
import java.util.Optional;

/// Why Singularity or Apptainer could not start a container: its message begins with `FATAL:`, and the exit code
/// is 255. A job can print and do the same. So the message counts only as the last line of the output, with
/// nothing but the runtime's own messages before it, and only if it names the pod's image or command
/// (recordings `image-missing`, `command-missing`).
///
/// @param image the image in the pod without its scheme
/// @param command the first word of the command in the pod; empty if there is none
record RuntimeFault(String image, String command) {

    static final int EXIT_CODE = 255;

    private static final int LONGEST_SHOWN = 1000;
    private static final String FATAL = "FATAL:   ";

    static RuntimeFault of(LogContext.Program program) {
        return new RuntimeFault(
                program.image().substring(program.image().indexOf("://") + 1), program.command());
    }

    /// @param output all output of the container
    /// @return empty if the container was started
    Optional<Fault> in(String output) {
        List<String> lines = output.lines().filter(line -> !line.isBlank()).toList();
        if (lines.isEmpty()
                || !lines.getLast().startsWith(FATAL)
                || !lines.subList(0, lines.size() - 1).stream().allMatch(RuntimeFault::isMessage)) {
            return Optional.empty();
        }
        String message = lines.getLast().substring(FATAL.length());
        boolean noCommand =
                !command.isEmpty()
                        && (message.equals("stat " + command + ": no such file or directory")
                                || message.equals(
                                        "\"" + command + "\": executable file not found in $PATH"));
        if (noCommand) {
            return Optional.of(new Fault(FaultKind.COMMAND, shown(message)));
        }
        return !image.isEmpty() && message.contains(image)
                ? Optional.of(new Fault(FaultKind.IMAGE, shown(message)))
                : Optional.empty();
    }

    private static boolean isMessage(String line) {
        return line.startsWith("INFO:    ") || line.startsWith("WARNING: ");
    }

    private static String shown(String message) {
        return Text.shown(message, LONGEST_SHOWN);
    }
}
