package io.interlinkgateway.caller;

import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Who may ask, and where their jobs go.
///
/// @param defaultWorkspace the workspace of requests that name none
/// @param allowedOrigins web origins whose pages may call the API (CORS), such as
///     `https://portal.example.org`; none unless configured
@ConfigurationProperties("gateway.caller")
record CallerProperties(
        @DefaultValue("default") String defaultWorkspace,
        @DefaultValue List<String> allowedOrigins) {}
