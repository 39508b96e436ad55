/// Runs long computations so that they do not delay other requests: [io.interlinkgateway.compute.ComputeThreads].
@ApplicationModule(allowedDependencies = {"failure"})
@NullMarked
package io.interlinkgateway.compute;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
