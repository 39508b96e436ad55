/// Failures as values: the sealed class [io.interlinkgateway.failure.GatewayException], and
/// [io.interlinkgateway.failure.Finding] for one error or warning about a request.
@ApplicationModule(allowedDependencies = {})
@NullMarked
package io.interlinkgateway.failure;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
