package io.interlinkgateway.history;

/// What is not written to the history yet.
public interface HistoryBacklog {

    /// @return how many observations of jobs wait in memory, 0 or more
    int waiting();
}
