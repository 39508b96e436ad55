/// What can go wrong, as values: the sealed family [io.interlinkgateway.failure.GatewayException], and
/// [io.interlinkgateway.failure.Finding] for one thing that is wrong with what a caller sent.
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.interlinkgateway.failure;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
