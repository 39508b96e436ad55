package io.interlinkgateway.history;

import io.interlinkgateway.event.PresentJobs;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.Workspace;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Set;
import org.springframework.context.SmartLifecycle;

/// Fills the history from the start of the gateway to its stop. It stops after the web server, so that what the last
/// requests change is recorded.
final class HistoryRecording implements SmartLifecycle, MeterBinder {

    /// Less than those of the web server.
    private static final int PHASE = Integer.MAX_VALUE - 8192;

    private final HistoryWriters writers;
    private final JobExpiry expiry;
    private final PresentJobs present;
    private final Set<Workspace> workspaces;
    private volatile boolean running;

    /// @param workspaces the workspaces to watch from the start
    HistoryRecording(
            HistoryWriters writers,
            JobExpiry expiry,
            PresentJobs present,
            Set<Workspace> workspaces) {
        this.writers = writers;
        this.expiry = expiry;
        this.present = present;
        this.workspaces = workspaces;
    }

    @Override
    public void start() {
        running = true;
        writers.archiver().ifPresent(LogArchiver::start);
        writers.recorder()
                .ifPresent(recorder -> {
                    expiry.start();
                    recorder.start(present, workspaces, this::written);
                });
    }

    private void written(Observation observation) {
        expiry.observed(observation);
        if (observation.presence() == Observation.Presence.REMOVED
                || JobPhase.of(observation.job().state()).ended()) {
            writers.archiver().ifPresent(LogArchiver::wake);
        }
    }

    @Override
    public void stop() {
        running = false;
        expiry.close();
        writers.archiver().ifPresent(LogArchiver::close);
        writers.recorder().ifPresent(JobRecorder::close);
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /// A recording that was stopped is not started again.
    @Override
    public boolean isPauseable() {
        return false;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        writers.recorder().ifPresent(recorder -> recorder.bindTo(registry));
    }
}
