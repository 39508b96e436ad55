package io.interlinkgateway.cluster.watch;

import org.springframework.boot.context.properties.bind.DefaultValue;

/// How many log requests a virtual node answers.
///
/// @param perSecond requests a second, from all who read logs on the node. interLink's virtual kubelet answers 5
/// @param burst requests at once after a pause. interLink's virtual kubelet answers 10
/// @param ownPerSecond the maximum number of requests a second that the gateway sends itself, in order to know states;
///     all replicas together
/// @param replicas how many replicas read logs on the node. They do not know of each other: each takes its part of
///     own-per-second and of burst
public record LogRequestLimits(
        @DefaultValue("5") double perSecond,
        @DefaultValue("10") int burst,
        @DefaultValue("4") double ownPerSecond,
        @DefaultValue("1") int replicas) {

    /// Checks the ranges.
    public LogRequestLimits {
        if (perSecond <= 0 || burst < 1 || ownPerSecond <= 0 || replicas < 1) {
            throw new IllegalArgumentException(
                    "gateway.cluster.log-requests: per-second, burst, own-per-second and"
                            + " replicas must be positive.");
        }
    }
}
