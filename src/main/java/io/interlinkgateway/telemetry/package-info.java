/// The gateway's health.
@ApplicationModule(allowedDependencies = {"failure", "node", "history"})
@NullMarked
package io.interlinkgateway.telemetry;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
