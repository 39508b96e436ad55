package io.interlinkgateway.token;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// API tokens.
///
/// @param lifetime the lifetime of an API token if its creation names none
/// @param maxLifetime the maximum lifetime of an API token
/// @param maxPerOwner the maximum number of API tokens of each owner
/// @param cacheTtl how long the result of looking up a token is cached, and so how long a deleted token may still be
///     accepted by another replica
@ConfigurationProperties("gateway.tokens")
public record ApiTokenProperties(
        @DefaultValue("30d") Duration lifetime,
        @DefaultValue("90d") Duration maxLifetime,
        @DefaultValue("20") int maxPerOwner,
        @DefaultValue("10s") Duration cacheTtl) {}
