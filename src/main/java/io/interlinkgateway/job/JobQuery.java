package io.interlinkgateway.job;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.failure.InvalidValueException;
import java.util.Optional;

/// Selects a page of jobs.
///
/// @param filter which jobs
/// @param limit the maximum number of jobs on the page, 1 to 500
/// @param definitions whether the jobs include their definitions
/// @param cursor the position after the previous page; empty for the first page
public record JobQuery(JobFilter filter, int limit, boolean definitions, Optional<String> cursor) {

    /// The highest limit of a page.
    public static final int MAX_LIMIT = 500;

    /// @throws InvalidValueException if the limit is out of its range
    public JobQuery {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new InvalidValueException(
                    "A page can't have " + limit + " jobs.", "Use 1 to 500.");
        }
    }

    /// @return the workspace of the jobs
    public Workspace workspace() {
        return filter.workspace();
    }

    /// @return the name after which the page starts; empty for the first page
    /// @throws GatewayException.CursorExpired if the cursor is not valid
    public String after() {
        return cursor.map(JobPage::nameAt).map(JobName::value).orElse("");
    }

    /// Whether a job belongs on the page, without a check of its workspace.
    ///
    /// @param job any job
    /// @return true if it belongs on the page
    public boolean matches(Job job) {
        return filter.matches(job);
    }
}
