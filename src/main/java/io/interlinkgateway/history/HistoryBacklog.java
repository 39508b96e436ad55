package io.interlinkgateway.history;

/// What is not written to the history yet.
public interface HistoryBacklog {

    /// Without a database nothing waits.
    HistoryBacklog NONE =
            new HistoryBacklog() {
                @Override
                public int waiting() {
                    return 0;
                }

                @Override
                public int workspacesWithoutCredentials() {
                    return 0;
                }
            };

    /// @return how many observations of jobs wait in memory, 0 or more
    int waiting();

    /// @return of how many workspaces observations wait because their credentials, which are masked in what is stored,
    ///     can't be read; 0 or more
    int workspacesWithoutCredentials();
}
