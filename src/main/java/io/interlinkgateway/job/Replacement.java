package io.interlinkgateway.job;

import java.util.Set;

/// Which existing job a new one may replace.
///
/// @param restart whether a job of the same definition that has not ended is replaced too
/// @param uids of the jobs that may be replaced; empty for any
public record Replacement(boolean restart, Set<String> uids) {

    public Replacement {
        uids = Set.copyOf(uids);
    }
}
