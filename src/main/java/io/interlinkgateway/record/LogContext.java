package io.interlinkgateway.record;

import java.util.List;
import java.util.Optional;

/// What is known of a job before its log is read.
///
/// @param pod the pod's name
/// @param uid the pod's UID; empty if it has none
/// @param remoteJobId the HPC's id of the job, if the pod says one
/// @param preExec whether the job runs something before its containers
/// @param inits the init containers, in their order
/// @param containers the containers, in their order
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
    /// @param image as the pod has it; empty if it has none
    /// @param command the first word of the command; empty if the image's own runs
    public record Program(String container, String image, String command) {}
}
