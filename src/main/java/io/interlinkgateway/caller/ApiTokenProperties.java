package io.interlinkgateway.caller;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// API tokens.
///
/// @param lifetime how long one lasts whose maker says nothing
/// @param longestLifetime how long one may last
/// @param perOwner how many each owner may have
/// @param keptFor how long a token that was looked up is believed, and so how long a deleted one may still be
///     taken by another replica
@ConfigurationProperties("gateway.tokens")
record ApiTokenProperties(
        @DefaultValue("30d") Duration lifetime,
        @DefaultValue("90d") Duration longestLifetime,
        @DefaultValue("20") int perOwner,
        @DefaultValue("10s") Duration keptFor) {}
