package io.interlinkgateway.job;

import java.util.Map;

/// What a job may use at most and needs at least, by Kubernetes' resource names (`cpu`, `memory`,
/// `nvidia.com/gpu`). SLURM is asked for the limits: without them the plugin asks for 1 CPU and 1 MB.
///
/// @param limits upper bounds, in the caller's order
/// @param requests lower bounds, in the caller's order
public record ComputeResources(Map<String, Quantity> limits, Map<String, Quantity> requests) {

    /// Copies the maps, keeping their order.
    public ComputeResources {
        limits = Ordered.copyOf(limits);
        requests = Ordered.copyOf(requests);
    }
}
