/// The gateway's health, and which traces it exports.
@ApplicationModule(allowedDependencies = {"failure", "node", "history"})
@NullMarked
package io.interlinkgateway.telemetry;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
