package io.interlinkgateway.history;

import io.interlinkgateway.job.Job;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/// A job as the history has it, live or not.
///
/// @param job the job as it was last observed; with its definition only if it was read alone
/// @param version the resource version of that observation
/// @param firstSeenAt when a gateway first observed it
/// @param seenAt when a gateway last observed a change of it
/// @param removedAt when its pod was removed; empty while the pod exists
/// @param mlflow where its results are, as far as known
/// @param logs its archived logs, in the order of its containers; empty until one is archived
/// @param maskedFields the paths of the fields of its definition that had a password or a token, which is masked in what
///     is stored; empty if it was not read alone
public record PastJob(
        Job job,
        long version,
        Instant firstSeenAt,
        Instant seenAt,
        Optional<Instant> removedAt,
        MlflowLink mlflow,
        List<ArchivedLog> logs,
        List<String> maskedFields) {

    /// Copies the lists.
    public PastJob {
        logs = List.copyOf(logs);
        maskedFields = List.copyOf(maskedFields);
    }

    /// @return whether its pod exists, as far as the history knows
    public boolean isLive() {
        return removedAt.isEmpty();
    }
}
