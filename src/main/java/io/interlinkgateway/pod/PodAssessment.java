package io.interlinkgateway.pod;

import io.interlinkgateway.job.Finding;
import java.util.List;

/// What there is to check about a job's pod before it is created.
///
/// @param demand what it needs of its node and workspace
/// @param use what it makes the HPC do
/// @param findings what interLink ignores, what the gateway added or changed, and why it can't be created
public record PodAssessment(Demand demand, HpcUse use, List<Finding> findings) {}
