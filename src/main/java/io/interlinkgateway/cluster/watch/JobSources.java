package io.interlinkgateway.cluster.watch;

import io.interlinkgateway.slurm.HpcJobs;

/// What is known of jobs besides their pods.
///
/// @param nodes the virtual nodes
/// @param missing which Secrets and ConfigMaps are missing
/// @param records which jobs' records are watched
/// @param hpcs what SLURM reports
public record JobSources(
        WatchedNodes nodes, MissingObjects missing, RecordWatches records, HpcJobs hpcs) {}
