package io.interlinkgateway.sandbox;

import io.interlinkgateway.job.NodeName;
import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// How the sandbox runs jobs.
///
/// @param node the name of the sandbox's one node; with an HPC's name, manifests written for that HPC can be tried
/// @param runningJobs the most jobs that run at a time, at least 1; further jobs wait as in SLURM's queue
/// @param terminationGrace how long the processes of a deleted job may take to end by themselves
/// @param replaceTimeout how long a replacement (`PUT` with `replace=true`) waits for the old job's end
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
}
