package io.interlinkgateway.log;

import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.representation.DeletedJob;
import io.interlinkgateway.representation.JobResponse;
import java.time.Duration;
import java.util.Optional;

/// The end of a live job's log: the job in its final state, or which job was deleted.
///
/// @param log which log
/// @param jobs finds the job
record FinalState(ContainerLog.Key log, JobLookup jobs) implements LogFrame.Ending {

    /// How long the pod's status may lag behind the end of the log.
    private static final Duration LAG = Duration.ofSeconds(30);

    /// How often the pod's status is read in this period.
    private static final Duration LAG_INTERVAL = Duration.ofSeconds(1);

    /// All output was sent. The pod's status may lag behind, so this waits for it.
    @Override
    public Object data(Duration heartbeat) throws InterruptedException {
        long deadline = System.nanoTime() + LAG.toNanos();
        Optional<Job> job = job();
        while (job.isPresent()
                && !JobPhase.of(job.get().state()).ended()
                && System.nanoTime() < deadline) {
            Thread.sleep(LAG_INTERVAL.compareTo(heartbeat) < 0 ? LAG_INTERVAL : heartbeat);
            job = job();
        }
        return job.<Object>map(last -> JobResponse.from(last.withoutDefinition()))
                .orElseGet(() -> new DeletedJob(log.job().value(), log.uid(), null));
    }

    private Optional<Job> job() {
        return jobs.find(log.workspace(), log.job()).filter(job -> job.uid().equals(log.uid()));
    }
}
