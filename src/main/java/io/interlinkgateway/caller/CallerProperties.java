package io.interlinkgateway.caller;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How callers are treated.
///
/// @param defaultWorkspace the workspace of requests that name none, where authentication is off
///     (`gateway.security.mode=open`)
/// @param allowedOrigins web origins whose pages may call the API (CORS), such as `https://portal.example.org`;
///     requests from other origins are refused. None unless configured
/// @param requestsPerSecond how many requests each authenticated caller may send per second in the long run, per
///     replica; beyond it the answer is `429` with `Retry-After`
/// @param burst how many requests each authenticated caller may send at once after a pause, per replica
/// @param openRequests how many requests each authenticated caller may have open at a time, streams included, per
///     replica
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
