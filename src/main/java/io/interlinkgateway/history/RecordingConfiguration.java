package io.interlinkgateway.history;

import io.interlinkgateway.caller.ConfiguredWorkspaces;
import io.interlinkgateway.event.JobObserver;
import io.interlinkgateway.event.PresentJobs;
import io.interlinkgateway.job.DeletionListener;
import io.interlinkgateway.job.Jobs;
import io.interlinkgateway.job.RemovalAfterEnd;
import io.interlinkgateway.log.JobLogs;
import java.time.Clock;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/// Connects what observes jobs with the history, if there is a database.
@Configuration(proxyBeanMethods = false)
class RecordingConfiguration {

    @Bean
    HistoryWriters historyWriters(
            ObjectProvider<JobHistory> history,
            ObjectProvider<LogArchive> archive,
            ObjectProvider<JobLogs> logs,
            RecordingProperties properties,
            Clock clock) {
        return Optional.ofNullable(history.getIfAvailable())
                .filter(JobHistory::isOn)
                .map(on ->
                        new HistoryWriters(
                                Optional.of(new JobRecorder(on, clock)),
                                Optional.of(
                                        new LogArchiver(
                                                logs.getObject(),
                                                archive.getObject(),
                                                properties.log().maxSize().toBytes(),
                                                clock))))
                .orElse(HistoryWriters.NONE);
    }

    @Bean
    JobObserver jobObserver(HistoryWriters writers) {
        return writers.recorder().map(JobObserver.class::cast).orElse(JobObserver.NONE);
    }

    @Bean
    DeletionListener deletionListener(HistoryWriters writers) {
        return writers.archiver().map(DeletionListener.class::cast).orElse(DeletionListener.NONE);
    }

    @Bean
    RemovalAfterEnd removalAfterEnd(HistoryWriters writers) {
        return () -> writers.archiver().isPresent();
    }

    @Bean
    HistoryRecording historyRecording(
            HistoryWriters writers,
            ObjectProvider<LogArchive> archive,
            Jobs jobs,
            PresentJobs present,
            ConfiguredWorkspaces workspaces,
            RecordingProperties properties,
            Clock clock) {
        return new HistoryRecording(
                writers,
                new JobExpiry(
                        archive::getObject,
                        jobs,
                        workspace -> properties.ttlAfterFinished(workspace.value()),
                        clock),
                present,
                workspaces.names());
    }
}
