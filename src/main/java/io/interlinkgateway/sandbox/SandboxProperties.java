package io.interlinkgateway.sandbox;

import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.sandbox.node.LocalNode;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How the sandbox runs jobs.
///
/// @param node the name of the sandbox's only node; with the name of an HPC's node, manifests for that HPC can be
///     tried out
/// @param runningJobs the maximum number of jobs that run at the same time, at least 1; further jobs wait in a queue,
///     as with SLURM
/// @param terminationGrace how long the processes of a deleted job may take to end after SIGTERM; then they are
///     killed
/// @param replaceTimeout how long a replacement (`PUT` with `replace=true`) waits for the old job to end
@ConfigurationProperties("gateway.sandbox")
public record SandboxProperties(
        @DefaultValue("sandbox") String node,
        @DefaultValue("8") int runningJobs,
        @DefaultValue("5s") Duration terminationGrace,
        @DefaultValue("60s") Duration replaceTimeout) {

    public SandboxProperties {
        if (runningJobs < 1) {
            throw new IllegalArgumentException(
                    "gateway.sandbox.running-jobs must be 1 or more, not " + runningJobs + ".");
        }
    }

    NodeName nodeName() {
        return new NodeName(node);
    }

    LocalNode.Settings nodeSettings() {
        return new LocalNode.Settings(node, runningJobs, terminationGrace);
    }
}
