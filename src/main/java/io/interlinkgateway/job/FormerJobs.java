package io.interlinkgateway.job;

import io.interlinkgateway.failure.GatewayException;
import java.util.Optional;

/// Knows jobs whose pods no longer exist.
@FunctionalInterface
public interface FormerJobs {

    /// @param workspace a workspace
    /// @param name a job's name
    /// @return the UID of the job that had this name last; empty if none is known, or that can't be read now
    Optional<String> lastOf(Workspace workspace, JobName name);

    /// The failure of a request for a job that does not exist.
    ///
    /// @param workspace the job's workspace
    /// @param name the job's name
    /// @return the exception to throw
    default GatewayException missing(Workspace workspace, JobName name) {
        return lastOf(workspace, name)
                .<GatewayException>map(uid -> new GatewayException.JobGone(name.value(), uid))
                .orElseGet(() -> new GatewayException.NotFound("job", name.value()));
    }
}
