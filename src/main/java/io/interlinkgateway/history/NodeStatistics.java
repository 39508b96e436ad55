package io.interlinkgateway.history;

import io.interlinkgateway.job.JobState.FailureReason;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// How jobs fared on a node in the last period.
///
/// @param partitions by SLURM partition, sorted by name; a job without a known partition has none
/// @param succeeded how many jobs ended with success
/// @param failed how many failed, by reason
public record NodeStatistics(
        List<Partition> partitions, long succeeded, Map<FailureReason, Long> failed) {

    /// The jobs of a partition.
    ///
    /// @param name the partition; empty for jobs whose partition is not known
    /// @param jobs how many started or ended in the period
    /// @param queueWait the time from the creation of a job to its start
    /// @param runTime the time from the start of a job to its end
    public record Partition(
            Optional<String> name,
            long jobs,
            Optional<Quantiles> queueWait,
            Optional<Quantiles> runTime) {}

    /// Quantiles of a duration, in whole seconds.
    ///
    /// @param median half of the jobs took at most this
    /// @param p90 nine of ten jobs took at most this
    /// @param longest all jobs took at most this
    public record Quantiles(Duration median, Duration p90, Duration longest) {}
}
