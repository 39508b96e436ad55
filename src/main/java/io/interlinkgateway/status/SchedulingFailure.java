package io.interlinkgateway.status;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.failure.Text;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.JobState.QueueReason;
import io.interlinkgateway.job.Quantity;
import io.interlinkgateway.pod.PodRequirements;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Why Kubernetes' scheduler finds no place for a job, in plain words. It counts its nodes by what is wrong
/// with them: `0/5 nodes are available: 1 Insufficient cpu, 1 Insufficient memory, 4 node(s) didn't match
/// Pod's node affinity/selector. no new claims to deallocate, preemption: …` (recording `init-and-two`). A job
/// names its node, so the nodes that do not match are the others, unless there is none that does.
final class SchedulingFailure {

    private static final Pattern COUNTED = Pattern.compile("(?:^|, )\\d+ (.+?)(?=, \\d+ |\\.?$)");

    /// What follows is about taking other jobs' place, which nothing here does.
    private static final Pattern AFTERTHOUGHT =
            Pattern.compile("\\.? (?:no new claims|preemption:).*", Pattern.DOTALL);

    private static final String START = " nodes are available: ";
    private static final String OTHER_NODES = "node(s) didn't match Pod's node affinity/selector";
    private static final String SHORT_OF = "Insufficient ";
    private static final int LONGEST_MESSAGE = 4096;
    private static final int LONGEST_SHOWN = 500;

    private static final List<String> UNITS = List.of("", "Ki", "Mi", "Gi", "Ti", "Pi");
    private static final BigDecimal UNIT = BigDecimal.valueOf(1024);

    private SchedulingFailure() {}

    /// @param message the condition's, may be anything
    /// @param since when the scheduler began to say so
    /// @param pod the job's
    /// @param allocatable what the node has in all for jobs, as far as that is known
    static JobState.Queued read(
            String message, Optional<Instant> since, Pod pod, Map<String, Quantity> allocatable) {
        List<String> counted = counted(message);
        List<String> reasons =
                counted.stream().filter(reason -> !reason.startsWith(OTHER_NODES)).toList();
        List<String> scarce =
                reasons.stream()
                        .filter(reason -> reason.startsWith(SHORT_OF))
                        .map(reason -> reason.substring(SHORT_OF.length()))
                        .toList();
        if (!scarce.isEmpty()) {
            return new JobState.Queued(
                    QueueReason.NODE_FULL, tooLittle(scarce, asked(pod), allocatable), since);
        }
        if (reasons.stream().anyMatch(reason -> reason.startsWith("Too many pods"))) {
            return new JobState.Queued(
                    QueueReason.NODE_FULL, "The node has as many jobs as it takes.", since);
        }
        if (reasons.isEmpty() && !counted.isEmpty()) {
            return new JobState.Queued(
                    QueueReason.NODE_NOT_READY,
                    "Kubernetes has no such node, or it does not fit what the job asks of it.",
                    since);
        }
        return new JobState.Queued(
                QueueReason.NODE_NOT_READY,
                reasons.isEmpty()
                        ? "Kubernetes can't place the job: " + Text.shown(message, LONGEST_SHOWN)
                        : reasons.stream()
                                .map(SchedulingFailure::plain)
                                .distinct()
                                .collect(Collectors.joining(" ")),
                since);
    }

    private static List<String> counted(String message) {
        String bounded =
                message.length() > LONGEST_MESSAGE
                        ? message.substring(0, LONGEST_MESSAGE)
                        : message;
        int from = bounded.indexOf(START);
        if (from < 0) {
            return List.of();
        }
        String counts =
                AFTERTHOUGHT.matcher(bounded.substring(from + START.length())).replaceFirst("");
        return COUNTED.matcher(counts).results().map(result -> result.group(1)).toList();
    }

    private static String tooLittle(
            List<String> scarce, Map<String, BigDecimal> asked, Map<String, Quantity> allocatable) {
        List<String> told = new ArrayList<>();
        for (String resource : scarce) {
            List<String> amounts = new ArrayList<>();
            BigDecimal wanted = asked.get(resource);
            Quantity whole = allocatable.get(resource);
            if (wanted != null) {
                amounts.add(shown(resource, wanted) + " asked for");
            }
            if (whole != null) {
                amounts.add(shown(resource, whole.amount()) + " there in all");
            }
            told.add(
                    Text.shown(resource)
                            + (amounts.isEmpty() ? "" : " (" + String.join(", ", amounts) + ")"));
        }
        return "The node has too little free for the job: " + String.join(", ", told) + ".";
    }

    private static String shown(String resource, BigDecimal amount) {
        BigDecimal left = amount;
        int unit = 0;
        while (resource.equals("memory") && left.compareTo(UNIT) >= 0 && unit < UNITS.size() - 1) {
            left = left.divide(UNIT, 3, RoundingMode.HALF_UP);
            unit++;
        }
        return left.setScale(left.scale() > 1 ? 1 : left.scale(), RoundingMode.HALF_UP)
                        .stripTrailingZeros()
                        .toPlainString()
                + UNITS.get(unit);
    }

    private static Map<String, BigDecimal> asked(Pod pod) {
        try {
            return PodRequirements.of(pod).resources();
        } catch (RuntimeException notAmounts) {
            return Map.of();
        }
    }

    private static String plain(String reason) {
        if (reason.contains("untolerated taint")) {
            int taint = reason.indexOf('{');
            if (taint < 0) {
                return "The node is not ready, or keeps the job away by a taint.";
            }
            return reason.contains("node.kubernetes.io/")
                    ? "The node is not ready."
                    : "The node keeps the job away by the taint "
                            + Text.shown(reason.substring(taint))
                            + ".";
        }
        if (reason.startsWith("node(s) were unschedulable")) {
            return "The node takes no new jobs (it is cordoned).";
        }
        return "Kubernetes says of the node: " + Text.shown(reason, LONGEST_SHOWN) + ".";
    }
}
