package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Which jobs are meant.
///
/// @param workspace where to look
/// @param name only the job of this name
/// @param states the names of [JobState]'s kinds, as [JobPhase] has them; empty for all
/// @param node only jobs sent there
/// @param labels only jobs with these labels
public record JobFilter(
        Workspace workspace,
        Optional<JobName> name,
        Set<JobPhase> states,
        Optional<NodeName> node,
        Map<String, String> labels) {

    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9./_-]{1,317}");
    private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9._-]{0,63}");

    /// @throws InvalidValueException if no label can be such
    public JobFilter {
        labels.forEach((key, value) -> {
            if (!KEY.matcher(key).matches() || !VALUE.matcher(value).matches()) {
                throw new InvalidValueException(
                        "No job has the label \"" + Text.shown(key + "=" + value) + "\".",
                        "Ask for key=value as Kubernetes allows them.");
            }
        });
        if (states.stream().anyMatch(Objects::isNull)) {
            // Which the framework makes of a blank.
            throw new InvalidValueException(
                    "A state is blank.", "Ask for " + Arrays.toString(JobPhase.values()) + ".");
        }
        states = Set.copyOf(states);
        labels = Ordered.copyOf(labels);
    }

    /// Whether a job is meant, its workspace aside.
    ///
    /// @param job any job
    /// @return true if it is
    public boolean matches(Job job) {
        return matches(JobPhase.of(job.state())) && matchesWhateverItsState(job);
    }

    /// Whether a job is meant, its workspace and its state aside.
    ///
    /// @param job any job
    /// @return true if it is
    public boolean matchesWhateverItsState(Job job) {
        return matches(job.name(), job.node(), job.labels());
    }

    /// @param state the kind of a job's state
    /// @return whether such jobs are meant
    public boolean matches(JobPhase state) {
        return states.isEmpty() || states.contains(state);
    }

    /// @param jobName a job's name
    /// @param jobNode where it was sent
    /// @param jobLabels its labels
    /// @return whether such jobs are meant
    public boolean matches(
            JobName jobName, Optional<NodeName> jobNode, Map<String, String> jobLabels) {
        return (name.isEmpty() || name.get().equals(jobName))
                && (node.isEmpty() || node.equals(jobNode))
                && jobLabels.entrySet().containsAll(labels.entrySet());
    }
}
