package io.interlinkgateway.log;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.record.PluginLog;

/// One container's log, as its node gives it: the plugin's lines stand in it, and it always begins at the
/// head, for nodes know no offsets.
public interface ContainerLog {

    /// Whose log it is.
    ///
    /// @param workspace where the job lives
    /// @param job its name
    /// @param uid its pod's UID, which no other job ever had
    /// @param container the container's name
    record Key(Workspace workspace, JobName job, String uid, String container) {}

    /// @return whose log it is
    Key key();

    /// Asks for the log, from its head on.
    ///
    /// @param follow whether it goes on until the node says that the container has ended
    /// @return the log, to be closed
    /// @throws GatewayException.NotFound if the pod is gone, or another has its name
    /// @throws GatewayException.ClusterUnavailable if the log, or what to hide in it, can't be read now
    /// @throws GatewayException.ClusterRefused if the cluster does not let it be read
    Opened open(boolean follow);

    /// A log that is being read.
    ///
    /// @param stream its bytes
    /// @param plugin separates the job's bytes from the plugin's; nothing was given to it yet
    /// @param redaction hides what must not be seen of them; nothing was given to it yet
    record Opened(LogStream stream, PluginLog plugin, Redaction redaction)
            implements AutoCloseable {

        @Override
        public void close() {
            stream.close();
        }
    }
}
