package io.interlinkgateway.token;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// API tokens.
///
/// @param lifetime how long an API token is valid if its creation names no lifetime
/// @param longestLifetime the longest lifetime that an API token may have
/// @param perOwner how many API tokens each owner may have
/// @param keptFor how long the result of looking up a token is cached, and so how long a deleted token may still be
///     accepted by another replica
@ConfigurationProperties("gateway.tokens")
public record ApiTokenProperties(
        @DefaultValue("30d") Duration lifetime,
        @DefaultValue("90d") Duration longestLifetime,
        @DefaultValue("20") int perOwner,
        @DefaultValue("10s") Duration keptFor) {}
