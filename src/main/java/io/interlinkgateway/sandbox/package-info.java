/// The embedded adapters of all ports: pods in memory, and a node in `sandbox.node` that runs them as local
/// processes.
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
            "status",
            "slurm"
        })
@NullMarked
package io.interlinkgateway.sandbox;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
