package io.interlinkgateway.console;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// The web console.
///
/// @param enabled whether it is served at `/console/`, and browsers that open the gateway's address are redirected there
@ConfigurationProperties("gateway.console")
record ConsoleProperties(@DefaultValue("true") boolean enabled) {

    /// The name of [#enabled], for conditions.
    static final String ENABLED = "gateway.console.enabled";
}
