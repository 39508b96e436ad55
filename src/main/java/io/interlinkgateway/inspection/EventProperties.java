package io.interlinkgateway.inspection;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How changes of jobs are sent.
///
/// @param heartbeat how often a stream of job events without events sends a heartbeat; a disconnected client is
///     detected after two of these
@ConfigurationProperties("gateway.events")
record EventProperties(@DefaultValue("10s") Duration heartbeat) {}
