package io.interlinkgateway.history;

import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.job.JobFilter;
import io.interlinkgateway.job.JobReason;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/// Selects a page of past and live jobs, newest first.
///
/// @param filter which jobs
/// @param reasons only jobs whose state has one of these reasons; empty for all
/// @param submittedBy only jobs that this caller submitted
/// @param since only jobs created at this time or later
/// @param until only jobs created before this time
/// @param text only jobs whose name, or the key or value of a label, contains this text; without regard to case
/// @param limit the maximum number of jobs on the page, 1 to 500
/// @param cursor the position after the previous page; empty for the first page
public record HistoryQuery(
        JobFilter filter,
        Set<JobReason> reasons,
        Optional<String> submittedBy,
        Optional<Instant> since,
        Optional<Instant> until,
        Optional<String> text,
        int limit,
        Optional<String> cursor) {

    private static final int MAX_LIMIT = 500;

    /// Each label is a condition of its own in the database.
    private static final int MAX_LABELS = 20;

    /// @throws InvalidValueException if the limit is out of its range, or the filter has too many labels
    public HistoryQuery {
        if (limit < 1 || limit > MAX_LIMIT) {
            throw new InvalidValueException(
                    "A page can't have " + limit + " jobs.", "Use 1 to " + MAX_LIMIT + ".");
        }
        if (filter.labels().size() > MAX_LABELS) {
            throw new InvalidValueException(
                    "A list can't be filtered by " + filter.labels().size() + " labels.",
                    "Use at most " + MAX_LABELS + ".");
        }
        reasons = Set.copyOf(reasons);
    }
}
