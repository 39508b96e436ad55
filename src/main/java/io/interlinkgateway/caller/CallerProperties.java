package io.interlinkgateway.caller;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Limits for callers, and their default workspace.
///
/// @param defaultWorkspace the workspace of requests without the parameter `workspace`, if authentication is off
///     (`gateway.security.mode=open`)
/// @param requestsPerSecond how many requests per second each authenticated caller may send on average, per replica;
///     further requests get `429` with `Retry-After`
/// @param burst how many requests each authenticated caller may send at once after a pause, per replica
/// @param maxConcurrentRequests how many requests each authenticated caller may have open at the same time, including
///     streams, per replica
@ConfigurationProperties("gateway.caller")
record CallerProperties(
        @DefaultValue("default") String defaultWorkspace,
        @DefaultValue("50") int requestsPerSecond,
        @DefaultValue("200") int burst,
        @DefaultValue("200") int maxConcurrentRequests) {

    CallerProperties {
        if (requestsPerSecond < 1 || burst < 1 || maxConcurrentRequests < 1) {
            throw new IllegalArgumentException("Every limit of gateway.caller must be 1 or more.");
        }
    }
}
