package io.interlinkgateway.representation;

import io.interlinkgateway.job.JobDefinition;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.NodeName;
import java.util.Optional;

/// A job as requested, before it is checked and placed.
///
/// @param name the name; if empty, the gateway generates one
/// @param namePrefix the prefix of a generated name
/// @param node the virtual node to run it on
/// @param definition what to run
public record RequestedJob(
        Optional<JobName> name,
        JobName.Prefix namePrefix,
        NodeName node,
        JobDefinition definition) {

    /// A job with the default prefix for a generated name.
    ///
    /// @param name the name; if empty, the gateway generates one
    /// @param node the virtual node to run it on
    /// @param definition what to run
    public RequestedJob(Optional<JobName> name, NodeName node, JobDefinition definition) {
        this(name, JobName.Prefix.DEFAULT, node, definition);
    }
}
