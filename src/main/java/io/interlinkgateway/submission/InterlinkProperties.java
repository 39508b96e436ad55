package io.interlinkgateway.submission;

import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// What of interLink operators open to callers' own pods.
///
/// @param allowedAnnotations annotations by their whole names, such as `interlink.eu/wstunnel-extra-ports`; none
///     unless configured. Those that interLink or the gateway set themselves can't be opened.
@ConfigurationProperties("gateway.interlink")
record InterlinkProperties(@DefaultValue Set<String> allowedAnnotations) {}
