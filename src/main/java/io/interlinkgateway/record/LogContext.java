package io.interlinkgateway.record;

import java.util.List;
import java.util.Optional;

/// What is known of a job before its log is read.
///
/// @param pod the pod's name
/// @param uid the pod's UID; empty if it has none
/// @param remoteJobId SLURM's id of the job; empty if the pod does not have it
/// @param preExec whether the job runs something before its containers
/// @param inits the init containers, in the pod's order
/// @param containers the containers, in the pod's order
public record LogContext(
        String pod,
        String uid,
        Optional<String> remoteJobId,
        boolean preExec,
        List<Program> inits,
        List<Program> containers) {

    public LogContext {
        inits = List.copyOf(inits);
        containers = List.copyOf(containers);
    }

    /// What a container runs.
    ///
    /// @param container the container's name
    /// @param image the image in the pod; empty if it has none
    /// @param command the first word of the command; empty if the image's own runs
    public record Program(String container, String image, String command) {}
}
