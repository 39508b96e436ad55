package io.interlinkgateway.inspection;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How changes of jobs are sent.
///
/// @param heartbeat how long a stream may be silent; a client that went away is noticed after two of these
@ConfigurationProperties("gateway.events")
record EventProperties(@DefaultValue("10s") Duration heartbeat) {}
