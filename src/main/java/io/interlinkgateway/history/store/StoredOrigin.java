package io.interlinkgateway.history.store;

import io.interlinkgateway.history.MlflowLink;
import io.interlinkgateway.job.Job;
import java.util.List;
import java.util.Optional;

/// What a job was created from, as it is stored.
record StoredOrigin(
        Optional<byte[]> definition,
        Optional<byte[]> manifest,
        List<String> containers,
        MlflowLink mlflow) {

    /// Of a job whose definition can't be read.
    static StoredOrigin unknown(Job job) {
        return new StoredOrigin(
                Optional.empty(),
                Optional.empty(),
                job.containers().stream().map(Job.ContainerExit::name).toList(),
                MlflowLink.NONE);
    }
}
