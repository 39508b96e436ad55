package io.interlinkgateway.status;

/// Whether a job's own record is to be read in its log.
public enum RecordNeed {
    /// The HPC does not have the job, or its record is final.
    NONE,
    /// The HPC has the job, and its pod's status claims no end.
    WATCH,
    /// The pod's status claims an end that no record confirms.
    SEARCH
}
