package io.interlinkgateway.job;

import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Which jobs to list.
///
/// @param workspace where to look
/// @param states the names of [JobState]'s kinds, as [JobPhase] has them; empty for all
/// @param node only jobs sent there
/// @param labels only jobs with these labels
/// @param limit the most jobs on the page, 1 to 500
/// @param cursor where the page before ended
public record JobQuery(
        Workspace workspace,
        Set<JobPhase> states,
        Optional<NodeName> node,
        Map<String, String> labels,
        int limit,
        Optional<String> cursor) {

    /// The most jobs on a page.
    public static final int MAX_LIMIT = 500;

    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9./_-]{1,317}");
    private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9._-]{0,63}");

    /// @throws InvalidValueException if the limit is out of its range, or no label can be such
    public JobQuery {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new InvalidValueException(
                    "A page can't hold " + limit + " jobs.", "Ask for 1 to 500.");
        }
        labels.forEach((key, value) -> {
            if (!KEY.matcher(key).matches() || !VALUE.matcher(value).matches()) {
                throw new InvalidValueException(
                        "No job has the label \"" + Text.shown(key + "=" + value) + "\".",
                        "Ask for key=value as Kubernetes allows them.");
            }
        });
        states = Set.copyOf(states);
        labels = Ordered.copyOf(labels);
    }

    /// Whether a job answers the query, its workspace aside.
    ///
    /// @param job any job
    /// @return true if it belongs on the page
    public boolean matches(Job job) {
        return (states.isEmpty() || states.contains(JobPhase.of(job.state())))
                && (node.isEmpty() || node.equals(job.node()))
                && job.labels().entrySet().containsAll(labels.entrySet());
    }
}
