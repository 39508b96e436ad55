package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The resource limits and requests of a job, by Kubernetes' resource names (`cpu`, `memory`, `nvidia.com/gpu`). The
/// plugin requests the limits from SLURM; without limits, 1 CPU and 1 MB.
///
/// @param limits upper bounds, in the caller's order
/// @param requests lower bounds, in the caller's order
public record ComputeResources(Map<String, Quantity> limits, Map<String, Quantity> requests) {

    /// Copies the maps, keeping their order. A request that equals its limit is omitted, because that is Kubernetes'
    /// default for a missing request.
    ///
    /// @throws InvalidValueException if a request exceeds its limit
    public ComputeResources {
        limits = Ordered.copyOf(limits);
        Map<String, Quantity> other = new LinkedHashMap<>(requests);
        other.entrySet().removeAll(limits.entrySet());
        requests = Ordered.copyOf(other);
        Map<String, Quantity> most = limits;
        requests.forEach(
                (resource, request) -> requireWithin(resource, request, most.get(resource)));
    }

    private static void requireWithin(String resource, Quantity request, @Nullable Quantity limit) {
        if (limit != null && request.amount().compareTo(limit.amount()) > 0) {
            throw new InvalidValueException(
                    "The job requests more "
                            + Text.shown(resource)
                            + " ("
                            + request
                            + ") than its limit ("
                            + limit
                            + ").",
                    "Lower the request or raise the limit.");
        }
    }
}
