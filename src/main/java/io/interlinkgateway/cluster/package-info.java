/// The adapter to a real cluster and the only user of the Kubernetes client: the ports' adapters on
/// `cluster.watch`, which keeps what the cluster has, and `cluster.api`, which calls the API server.
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
package io.interlinkgateway.cluster;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
