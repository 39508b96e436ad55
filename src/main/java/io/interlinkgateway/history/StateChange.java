package io.interlinkgateway.history;

import io.interlinkgateway.job.Job;
import java.time.Instant;

/// A change of a job's state.
///
/// @param version the resource version of the pod
/// @param seenAt when a gateway observed it
/// @param job the job after the change, without its definition
public record StateChange(long version, Instant seenAt, Job job) {}
