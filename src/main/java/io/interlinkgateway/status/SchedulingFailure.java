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

/// Explains why Kubernetes' scheduler can't place a job. The scheduler's message counts nodes by reason: `0/5 nodes
/// are available: 1 Insufficient cpu, 1 Insufficient memory, 4 node(s) didn't match Pod's node affinity/selector. no
/// new claims to deallocate, preemption: …` (recording `init-and-two`). A job selects one node, so "didn't match"
/// refers to the other nodes, unless it is the only reason.
final class SchedulingFailure {

    private static final Pattern COUNTED = Pattern.compile("(?:^|, )\\d+ (.+?)(?=, \\d+ |\\.?$)");

    /// The rest of the message is about preempting other pods, which virtual nodes do not use.
    private static final Pattern PREEMPTION_PART =
            Pattern.compile("\\.? (?:no new claims|preemption:).*", Pattern.DOTALL);

    private static final String START = " nodes are available: ";
    private static final String OTHER_NODES = "node(s) didn't match Pod's node affinity/selector";
    private static final String INSUFFICIENT = "Insufficient ";
    private static final int LONGEST_MESSAGE = 4096;
    private static final int LONGEST_SHOWN = 500;

    private static final List<String> UNITS = List.of("", "Ki", "Mi", "Gi", "Ti", "Pi");
    private static final BigDecimal UNIT = BigDecimal.valueOf(1024);

    private SchedulingFailure() {}

    /// @param message the message of the pod's condition PodScheduled; any text
    /// @param since when the scheduler first reported this
    /// @param pod the job's pod
    /// @param allocatable the total resources that the node offers to pods; empty if unknown
    static JobState.Queued read(
            String message, Optional<Instant> since, Pod pod, Map<String, Quantity> allocatable) {
        List<String> counted = counted(message);
        List<String> reasons =
                counted.stream().filter(reason -> !reason.startsWith(OTHER_NODES)).toList();
        List<String> scarce =
                reasons.stream()
                        .filter(reason -> reason.startsWith(INSUFFICIENT))
                        .map(reason -> reason.substring(INSUFFICIENT.length()))
                        .toList();
        if (!scarce.isEmpty()) {
            return new JobState.Queued(
                    QueueReason.NODE_FULL,
                    insufficient(scarce, requested(pod), allocatable),
                    since);
        }
        if (reasons.stream().anyMatch(reason -> reason.startsWith("Too many pods"))) {
            return new JobState.Queued(
                    QueueReason.NODE_FULL,
                    "The node has reached its maximum number of jobs.",
                    since);
        }
        if (reasons.isEmpty() && !counted.isEmpty()) {
            return new JobState.Queued(
                    QueueReason.NODE_NOT_READY,
                    "The cluster has no such node, or the node does not match the job's node"
                            + " selector and affinity.",
                    since);
        }
        return new JobState.Queued(
                QueueReason.NODE_NOT_READY,
                reasons.isEmpty()
                        ? "Kubernetes can't schedule the job: " + Text.shown(message, LONGEST_SHOWN)
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
                PREEMPTION_PART.matcher(bounded.substring(from + START.length())).replaceFirst("");
        return COUNTED.matcher(counts).results().map(result -> result.group(1)).toList();
    }

    private static String insufficient(
            List<String> scarce,
            Map<String, BigDecimal> requested,
            Map<String, Quantity> allocatable) {
        List<String> described = new ArrayList<>();
        for (String resource : scarce) {
            List<String> amounts = new ArrayList<>();
            BigDecimal wanted = requested.get(resource);
            Quantity total = allocatable.get(resource);
            if (wanted != null) {
                amounts.add(shown(resource, wanted) + " requested");
            }
            if (total != null) {
                amounts.add(shown(resource, total.amount()) + " in total");
            }
            described.add(
                    Text.shown(resource)
                            + (amounts.isEmpty() ? "" : " (" + String.join(", ", amounts) + ")"));
        }
        return "The node does not have enough free resources for the job: "
                + String.join(", ", described)
                + ".";
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

    private static Map<String, BigDecimal> requested(Pod pod) {
        try {
            return PodRequirements.of(pod).resources();
        } catch (RuntimeException _) {
            return Map.of();
        }
    }

    private static String plain(String reason) {
        if (reason.contains("untolerated taint")) {
            int taint = reason.indexOf('{');
            if (taint < 0) {
                return "The node is not ready, or has a taint that the job does not tolerate.";
            }
            return reason.contains("node.kubernetes.io/")
                    ? "The node is not ready."
                    : "The job does not tolerate the node's taint "
                            + Text.shown(reason.substring(taint))
                            + ".";
        }
        if (reason.startsWith("node(s) were unschedulable")) {
            return "The node accepts no new jobs (it is cordoned).";
        }
        return "Kubernetes reports about the node: " + Text.shown(reason, LONGEST_SHOWN) + ".";
    }
}
