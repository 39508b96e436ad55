/// Where long computations run, so that they delay no other request: [io.interlinkgateway.compute.ComputeThreads].
@ApplicationModule(allowedDependencies = {"failure"})
@NullMarked
package io.interlinkgateway.compute;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
