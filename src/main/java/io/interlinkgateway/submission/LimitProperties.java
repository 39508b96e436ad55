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

/// What jobs may ask for, by workspace.
///
/// @param workspaces the limits of single workspaces, by name; each has the properties of `gateway.limits.others`
/// @param others the limits of all other workspaces; none unless configured
@ConfigurationProperties("gateway.limits")
record LimitProperties(
        @DefaultValue Map<String, WorkspaceLimits> workspaces, @Nullable WorkspaceLimits others) {

    Optional<WorkspaceLimits> of(Workspace workspace) {
        return Optional.ofNullable(workspaces.getOrDefault(workspace.value(), others));
    }

    /// The limits of one workspace. A limit that is left out does not exist; an empty list allows nothing.
    ///
    /// @param nodes the virtual nodes that jobs may use
    /// @param partitions the SLURM partitions that jobs may use; a job then has to name one, as with accounts and
    ///     qos
    /// @param accounts the SLURM accounts that jobs may use
    /// @param qos the SLURM qualities of service that jobs may use
    /// @param flags the other options of `sbatch` that jobs may use, by their long names, besides those for the
    ///     size of a job
    /// @param maxWalltime the longest time limit of a job; a job then has to name one
    /// @param maxGpus the most GPUs of one job, on all its nodes together
    /// @param maxMemory the most memory of one job, on all its nodes together, such as `512Gi`
    /// @param maxJobs the most jobs at a time that have not ended. Simultaneous submissions may exceed it; a quota
    ///     of the namespace can't be exceeded
    /// @param images what images must begin with, such as `docker://ghcr.io/example/` or `/ceph/images/`
    /// @param mounts what the sources of mounts must begin with
    /// @param runtimeOptions the allowed options of the container runtime; where images or mounts are limited and
    ///     this is left out, those that give no access to files
    /// @param preExec whether commands may run on the HPC outside of a container. Where they may, limits of images
    ///     and mounts can be bypassed by a shell command
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
