package io.interlinkgateway.representation;

import io.interlinkgateway.job.JobDefinition;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.NodeName;
import java.util.Optional;

/// What a caller asked for, before it has its place.
///
/// @param name the name, unless the gateway shall give one
/// @param namePrefix what the gateway's name begins with
/// @param node the virtual node that it shall run on
/// @param definition what to run
public record RequestedJob(
        Optional<JobName> name,
        JobName.Prefix namePrefix,
        NodeName node,
        JobDefinition definition) {

    /// With a usual name if the gateway gives one.
    ///
    /// @param name the name, unless the gateway shall give one
    /// @param node the virtual node that it shall run on
    /// @param definition what to run
    public RequestedJob(Optional<JobName> name, NodeName node, JobDefinition definition) {
        this(name, JobName.Prefix.USUAL, node, definition);
    }
}
