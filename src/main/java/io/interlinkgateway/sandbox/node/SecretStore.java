package io.interlinkgateway.sandbox.node;

import io.interlinkgateway.job.Workspace;
import java.util.Map;
import java.util.Optional;

/// The Secrets that pods on the [LocalNode] can refer to.
public interface SecretStore {

    /// @param workspace the workspace of the pod
    /// @param name the Secret's name
    /// @return the Secret's keys and values, or nothing if there is no such Secret
    Optional<Map<String, String>> secret(Workspace workspace, String name);

    /// @return the number of changes so far
    long version();

    /// Waits for a change after a version.
    ///
    /// @param seen the version
    /// @param deadline a value of [System#nanoTime]
    /// @return false if there was no change before the deadline
    boolean awaitChangeAfter(long seen, long deadline) throws InterruptedException;
}
