package io.interlinkgateway.cluster.watch;

import org.springframework.boot.context.properties.bind.DefaultValue;

/// How many log requests a virtual node answers.
///
/// @param perSecond requests a second, from all who read logs on the node. interLink's virtual kubelet answers 5
/// @param burst requests at once after a pause. interLink's virtual kubelet answers 10
/// @param ownPerSecond the maximum number of requests a second that the gateway sends itself, in order to know states.
///     With several replicas, divide it by their number: each has its own budget
public record LogRequestLimits(
        @DefaultValue("5") double perSecond,
        @DefaultValue("10") int burst,
        @DefaultValue("4") double ownPerSecond) {

    /// Checks the ranges.
    public LogRequestLimits {
        if (perSecond <= 0 || burst < 1 || ownPerSecond <= 0) {
            throw new IllegalArgumentException(
                    "gateway.cluster.log-requests: per-second, burst and own-per-second must be"
                            + " positive.");
        }
    }
}
