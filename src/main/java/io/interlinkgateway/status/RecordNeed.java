package io.interlinkgateway.status;

/// Whether a job's own record is to be read in its log.
public enum RecordNeed {
    /// The HPC does not have the job, SLURM never started it, or its record is final.
    NONE,
    /// The HPC has the job, and neither its pod's status nor SLURM reports an end.
    WATCH,
    /// The pod's status or SLURM reports an end that no record confirms.
    SEARCH
}
