package io.interlinkgateway.history;

import io.interlinkgateway.caller.AuditLog;
import io.interlinkgateway.caller.ConfiguredWorkspaces;
import io.interlinkgateway.event.JobObserver;
import io.interlinkgateway.event.PresentJobs;
import io.interlinkgateway.job.DeletionListener;
import io.interlinkgateway.job.Jobs;
import io.interlinkgateway.job.RemovalAfterEnd;
import io.interlinkgateway.log.JobLogs;
import java.time.Clock;
import java.util.Optional;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Connects what observes jobs with the history, if there is a database.
@Configuration(proxyBeanMethods = false)
class RecordingConfiguration {

    @Bean
    HistoryWriters historyWriters(
            JobHistory history,
            LogArchive archive,
            JobLogs logs,
            WorkspaceRedaction redaction,
            HistoryProperties properties,
            Clock clock) {
        if (!history.isOn()) {
            return HistoryWriters.NONE;
        }
        LogStorage storage =
                new LogStorage(
                        logs,
                        archive,
                        redaction::ofLog,
                        properties.log().maxSize().toBytes(),
                        clock);
        return new HistoryWriters(
                Optional.of(new JobRecorder(history, clock)),
                Optional.of(new LogArchiver(storage, archive, clock)));
    }

    /// Closed by [HistoryRecording].
    @Bean(destroyMethod = "")
    JobObserver jobObserver(HistoryWriters writers) {
        return writers.recorder().map(JobObserver.class::cast).orElse(JobObserver.NONE);
    }

    /// Closed by [HistoryRecording].
    @Bean(destroyMethod = "")
    HistoryBacklog historyBacklog(HistoryWriters writers) {
        return writers.recorder().map(HistoryBacklog.class::cast).orElse(HistoryBacklog.NONE);
    }

    @Bean
    DeletionListener deletionListener(HistoryWriters writers) {
        return writers.archiver().map(LogArchiver::beforeDeletions).orElse(DeletionListener.NONE);
    }

    @Bean
    RemovalAfterEnd removalAfterEnd(HistoryWriters writers) {
        return () -> writers.archiver().isPresent();
    }

    @Bean
    HistoryRecording historyRecording(
            HistoryWriters writers,
            LogArchive archive,
            Jobs jobs,
            PresentJobs present,
            ConfiguredWorkspaces workspaces,
            HistoryProperties properties,
            AuditLog audit,
            Clock clock) {
        return new HistoryRecording(
                writers,
                new JobExpiry(archive, jobs, properties::ttlAfterFinished, audit::expired, clock),
                present,
                workspaces.names());
    }
}
