package io.interlinkgateway.pod;

import java.time.Instant;
import java.util.Optional;

/// What is known about a job beside its pod, at the time when the pod was read.
///
/// @param observedAt when the pod was read
/// @param missingSecret a Secret that the pod needs and that does not exist, if that was looked for
/// @param lostContactAt when the job's node was last heard of, if it is silent now; empty if it is in contact
///     or that was not looked for
public record Circumstances(
        Instant observedAt, Optional<String> missingSecret, Optional<Instant> lostContactAt) {

    /// Nothing but the pod.
    ///
    /// @param observedAt when it was read
    /// @return circumstances without any facts
    public static Circumstances at(Instant observedAt) {
        return new Circumstances(observedAt, Optional.empty(), Optional.empty());
    }
}
