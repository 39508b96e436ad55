package io.interlinkgateway.caller;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How callers are treated.
///
/// @param defaultWorkspace the workspace of requests that name none, where the gateway is open
/// @param allowedOrigins web origins whose pages may call the API (CORS), such as
///     `https://portal.example.org`; none unless configured
/// @param requestsPerSecond how many requests each caller may send in the long run, per replica of the gateway;
///     this and the next two count only where callers are known
/// @param burst how many at once after a pause
/// @param openRequests how many requests each caller may have open, streams included, per replica
@ConfigurationProperties("gateway.caller")
record CallerProperties(
        @DefaultValue("default") String defaultWorkspace,
        @DefaultValue List<String> allowedOrigins,
        @DefaultValue("50") int requestsPerSecond,
        @DefaultValue("200") int burst,
        @DefaultValue("200") int openRequests) {

    CallerProperties {
        if (requestsPerSecond < 1 || burst < 1 || openRequests < 1) {
            throw new IllegalArgumentException("Every limit of gateway.caller is 1 or more.");
        }
    }
}
