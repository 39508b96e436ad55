/// How the gateway is doing: health and metrics. May use the ports.
@NullMarked
package io.interlinkgateway.telemetry;

import org.jspecify.annotations.NullMarked;
