package io.interlinkgateway.event;

import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobName;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.springframework.stereotype.Component;

/// Creates the [WalltimeMarks] of the workspaces. They share one thread, which waits for the next mark of all of them.
@Component
public final class WalltimeTimer implements AutoCloseable {

    private final List<Duration> marks;
    private final Clock clock;
    private final ScheduledThreadPoolExecutor timer =
            new ScheduledThreadPoolExecutor(1, Thread.ofVirtual().factory());

    /// @param properties with the marks
    /// @param clock the current time
    public WalltimeTimer(EventProperties properties, Clock clock) {
        this.marks = properties.walltimeMarks();
        this.clock = clock;
        timer.setRemoveOnCancelPolicy(true);
    }

    /// @param jobs reads a job of a workspace as it is now
    /// @return the marks of this workspace's jobs
    public WalltimeMarks of(Function<JobName, Optional<Job>> jobs) {
        return new WalltimeMarks(marks, jobs, clock, this::at);
    }

    private Runnable at(Instant time, Runnable action) {
        long delay = Duration.between(clock.instant(), time).toMillis();
        Future<?> alarm = timer.schedule(new LoggedTask(action), delay, TimeUnit.MILLISECONDS);
        return () -> alarm.cancel(false);
    }

    @Override
    public void close() {
        timer.shutdownNow();
    }
}
