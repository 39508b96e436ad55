/// The adapters of all ports to a Kubernetes cluster, and the only user of the Kubernetes client. They use
/// `cluster.watch`, which caches the cluster's objects, and `cluster.api`, which calls the API server.
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
package io.interlinkgateway.cluster;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
