/// The embedded adapter: pods in memory, and in `sandbox.node` a local node that runs them as processes.
@ApplicationModule(
        allowedDependencies = {
            "failure",
            "job",
            "compute",
            "node",
            "event",
            "log",
            "credential",
            "token",
            "caller",
            "pod",
            "record",
            "status"
        })
@NullMarked
package io.interlinkgateway.sandbox;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
