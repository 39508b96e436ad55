package io.interlinkgateway.job;

import java.util.Optional;
import java.util.Set;

/// Which existing job a new one may replace.
///
/// @param restart whether a job of the same definition that has not ended is replaced too
/// @param uids of the jobs that may be replaced; empty for any
/// @param gracePeriod how long the old job's pod stays; empty for the default
public record Replacement(boolean restart, Set<String> uids, Optional<GracePeriod> gracePeriod) {

    public Replacement {
        uids = Set.copyOf(uids);
    }

    /// With the default grace period.
    ///
    /// @param restart whether a job of the same definition that has not ended is replaced too
    /// @param uids of the jobs that may be replaced; empty for any
    public Replacement(boolean restart, Set<String> uids) {
        this(restart, uids, Optional.empty());
    }
}
