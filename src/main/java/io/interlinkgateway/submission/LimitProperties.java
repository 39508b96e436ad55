package io.interlinkgateway.submission;

import io.interlinkgateway.job.Quantity;
import io.interlinkgateway.job.Workspace;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Limits for jobs, by workspace.
///
/// @param workspaces the limits of individual workspaces, by name; each has the properties of `gateway.limits.others`
/// @param others the limits of all other workspaces; by default there are none
@ConfigurationProperties("gateway.limits")
record LimitProperties(
        @DefaultValue Map<String, WorkspaceLimits> workspaces, @Nullable WorkspaceLimits others) {

    Optional<WorkspaceLimits> of(Workspace workspace) {
        return Optional.ofNullable(workspaces.getOrDefault(workspace.value(), others));
    }

    /// The limits of one workspace. An omitted limit means unlimited; an empty list allows nothing.
    ///
    /// @param nodes the virtual nodes that jobs may use
    /// @param partitions the SLURM partitions that jobs may use; if set, a job must name one. The same applies to
    ///     accounts and qos
    /// @param accounts the SLURM accounts that jobs may use
    /// @param qos the SLURM qualities of service that jobs may use
    /// @param flags the other options of `sbatch` that jobs may use, by their long names, in addition to those for
    ///     the size of a job
    /// @param maxWalltime the maximum time limit of a job; if set, a job must have a time limit
    /// @param maxGpus the maximum number of GPUs of one job, on all its nodes together
    /// @param maxMemory the maximum memory of one job, on all its nodes together, such as `512Gi`
    /// @param maxJobs the maximum number of jobs that have not ended. Simultaneous submissions may exceed it; to
    ///     prevent that, set a quota of the namespace
    /// @param images the prefixes of allowed images, such as `docker://ghcr.io/example/` or `/ceph/images/`
    /// @param mounts the prefixes of allowed sources of mounts
    /// @param runtimeOptions the allowed options of the container runtime; if it is omitted and images or mounts are
    ///     limited, those that give no access to files
    /// @param preExec whether commands may run on the HPC outside of a container. If so, shell commands can bypass
    ///     the limits of images and mounts
    record WorkspaceLimits(
            @Nullable Set<String> nodes,
            @Nullable Set<String> partitions,
            @Nullable Set<String> accounts,
            @Nullable Set<String> qos,
            @Nullable Set<String> flags,
            @Nullable Duration maxWalltime,
            @Nullable Long maxGpus,
            @Nullable Quantity maxMemory,
            @Nullable Integer maxJobs,
            @Nullable List<String> images,
            @Nullable List<String> mounts,
            @Nullable Set<String> runtimeOptions,
            @DefaultValue("true") boolean preExec) {}
}
