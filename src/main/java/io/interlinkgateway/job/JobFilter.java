package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Selects jobs.
///
/// @param workspace the workspace of the jobs
/// @param name only the job of this name
/// @param states only jobs in these states; empty for all
/// @param node only jobs on this node
/// @param labels only jobs with these labels
public record JobFilter(
        Workspace workspace,
        Optional<JobName> name,
        Set<JobPhase> states,
        Optional<NodeName> node,
        Map<String, String> labels) {

    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9./_-]{1,317}");
    private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9._-]{0,63}");

    /// @throws InvalidValueException if a label is not valid
    public JobFilter {
        labels.forEach((key, value) -> {
            if (!KEY.matcher(key).matches() || !VALUE.matcher(value).matches()) {
                throw new InvalidValueException(
                        "No job can have the label \"" + Text.shown(key + "=" + value) + "\".",
                        "Use key=value with a valid label name and value of Kubernetes.");
            }
        });
        if (states.stream().anyMatch(Objects::isNull)) {
            // Spring converts a blank to null.
            throw new InvalidValueException(
                    "A state is blank.", "Use " + Arrays.toString(JobPhase.values()) + ".");
        }
        states = Set.copyOf(states);
        labels = Ordered.copyOf(labels);
    }

    /// Whether a job matches, without a check of its workspace.
    ///
    /// @param job any job
    /// @return true if it matches
    public boolean matches(Job job) {
        return matches(JobPhase.of(job.state())) && matchesInAnyState(job);
    }

    /// Whether a job matches, without a check of its workspace and state.
    ///
    /// @param job any job
    /// @return true if it matches
    public boolean matchesInAnyState(Job job) {
        return matches(job.name(), job.node(), job.labels());
    }

    /// @param state the kind of a job's state
    /// @return whether such jobs match
    public boolean matches(JobPhase state) {
        return states.isEmpty() || states.contains(state);
    }

    /// @param jobName a job's name
    /// @param jobNode its node
    /// @param jobLabels its labels
    /// @return whether such jobs match
    public boolean matches(
            JobName jobName, Optional<NodeName> jobNode, Map<String, String> jobLabels) {
        return (name.isEmpty() || name.get().equals(jobName))
                && (node.isEmpty() || node.equals(jobNode))
                && jobLabels.entrySet().containsAll(labels.entrySet());
    }
}
