package io.interlinkgateway.pod;

import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.JobState.QueueReason;
import io.interlinkgateway.job.Text;
import java.time.Instant;
import java.util.Optional;

/// Why Kubernetes' scheduler finds no place for a job, in plain words.
final class SchedulersWords {

    private SchedulersWords() {}

    static JobState.Queued read(String message, Optional<Instant> since) {
        QueueReason reason =
                message.contains("Insufficient")
                        ? QueueReason.NODE_FULL
                        : QueueReason.NODE_NOT_READY;
        return new JobState.Queued(
                reason, "Kubernetes can't place the job: " + Text.shown(message), since);
    }
}
