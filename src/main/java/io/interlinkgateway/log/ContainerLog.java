package io.interlinkgateway.log;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.record.PluginLog;
import java.time.Duration;

/// One container's log from its node. It includes the plugin's lines, and always starts at the beginning, because
/// nodes do not support offsets.
public interface ContainerLog {

    /// Identifies a log.
    ///
    /// @param workspace the job's workspace
    /// @param job its name
    /// @param uid its pod's UID
    /// @param container the container's name
    record Key(Workspace workspace, JobName job, String uid, String container) {}

    /// @return the log's key
    Key key();

    /// Requests the log from the beginning.
    ///
    /// @param follow whether to continue until the node reports that the container has ended
    /// @return the log, which must be closed
    /// @throws GatewayException.NotFound if the pod was deleted, or another one has its name
    /// @throws GatewayException.ClusterUnavailable if the log, or the secrets to mask in it, can't be read now
    /// @throws GatewayException.ClusterRefused if the cluster refuses access to it
    Opened open(boolean follow);

    /// Requests the log as [#open] does without `follow`, once the node has answered all requests that somebody waits
    /// for.
    ///
    /// @param patience how long to wait at most
    /// @return the log, which must be closed
    /// @throws GatewayException as [#open]; [GatewayException.ClusterUnavailable] also if the node has too many requests
    /// @throws InterruptedException if the thread is interrupted while it waits
    default Opened openAfterOthers(Duration patience) throws InterruptedException {
        return open(false);
    }

    /// An open log.
    ///
    /// @param stream its bytes
    /// @param plugin separates the job's bytes from the plugin's; in its initial state
    /// @param redaction masks secrets in the job's bytes; in its initial state
    record Opened(LogStream stream, PluginLog plugin, Redaction redaction)
            implements AutoCloseable {

        @Override
        public void close() {
            stream.close();
        }
    }
}
