package io.interlinkgateway.history;

import java.util.List;
import java.util.Optional;

/// A page of jobs.
///
/// @param items the jobs, newest first, without their definitions and logs
/// @param nextCursor the position of the next page; empty on the last page
public record HistoryPage(List<PastJob> items, Optional<String> nextCursor) {

    /// Copies the list.
    public HistoryPage {
        items = List.copyOf(items);
    }
}
