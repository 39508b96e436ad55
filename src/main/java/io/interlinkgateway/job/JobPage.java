package io.interlinkgateway.job;

import java.util.List;
import java.util.Optional;

/// A page of jobs.
///
/// @param items the jobs, by name
/// @param nextCursor where the next page begins, unless this is the last
public record JobPage(List<Job> items, Optional<String> nextCursor) {

    /// Copies the list.
    public JobPage {
        items = List.copyOf(items);
    }
}
