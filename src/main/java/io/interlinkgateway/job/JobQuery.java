package io.interlinkgateway.job;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.failure.InvalidValueException;
import java.util.Optional;

/// Which page of jobs to list.
///
/// @param filter which jobs
/// @param limit the most jobs on the page, 1 to 500
/// @param definitions whether the jobs come with what they were made from
/// @param cursor where the page before ended
public record JobQuery(JobFilter filter, int limit, boolean definitions, Optional<String> cursor) {

    /// The most jobs on a page.
    public static final int MAX_LIMIT = 500;

    /// @throws InvalidValueException if the limit is out of its range
    public JobQuery {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new InvalidValueException(
                    "A page can't hold " + limit + " jobs.", "Ask for 1 to 500.");
        }
    }

    /// @return where to look
    public Workspace workspace() {
        return filter.workspace();
    }

    /// @return the name after which the page begins; empty for the first page
    /// @throws GatewayException.CursorExpired if the cursor is not one of a page
    public String after() {
        return cursor.map(JobPage::nameAt).map(JobName::value).orElse("");
    }

    /// Whether a job answers the query, its workspace aside.
    ///
    /// @param job any job
    /// @return true if it belongs on the page
    public boolean matches(Job job) {
        return filter.matches(job);
    }
}
