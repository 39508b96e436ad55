package io.interlinkgateway.slurm;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Workspace;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/// The jobs in SLURM whose pod does not exist any more. They are counted every five minutes, for each node with a
/// slurmrestd and each workspace that has jobs there and that the gateway can read.
///
/// A job's workspace is known from the folder of its script. Pods of another cluster that sends jobs to the same HPC, as
/// the same user and from a namespace with the same name, can't be distinguished.
@Component
final class Orphans implements AutoCloseable, MeterBinder {

    private static final Logger LOG = LoggerFactory.getLogger(Orphans.class);
    private static final Duration BETWEEN_COUNTS = Duration.ofMinutes(5);
    private static final int MAX_COUNTED_WORKSPACES = 100;

    /// interLink may have submitted a job just before the deletion of its pod reached it.
    private static final Duration MIN_AGE = Duration.ofMinutes(1);

    private final PolledHpcs hpcs;
    private final LivePods pods;
    private final Clock clock;
    private final Map<NodeName, Integer> counts = new ConcurrentHashMap<>();
    private final Thread thread;

    Orphans(PolledHpcs hpcs, LivePods pods, Clock clock) {
        this.hpcs = hpcs;
        this.pods = pods;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("orphans").unstarted(this::run);
        if (!hpcs.all().isEmpty()) {
            thread.start();
        }
    }

    /// Lists jobs that have not ended, were submitted for a pod of the workspace more than a minute ago, and whose pod
    /// does not exist.
    ///
    /// @return the jobs, by id
    /// @throws GatewayException.NotFound if the node has no slurmrestd
    /// @throws GatewayException.HpcUnavailable if SLURM's last response is too old
    /// @throws GatewayException.ClusterUnavailable if the pods can't be read in time
    /// @throws GatewayException.ClusterRefused if the gateway has no permission to read the workspace
    List<SlurmJob> list(NodeName node, Workspace workspace) {
        return list(hpcs.of(node), workspace);
    }

    private List<SlurmJob> list(PolledHpc hpc, Workspace workspace) {
        Instant latest = clock.instant().minus(MIN_AGE);
        List<SlurmJob> active =
                hpc.active()
                        .filter(job -> job.job().submittedAt().map(latest::isAfter).orElse(true))
                        .filter(job -> job.workspace().filter(workspace::equals).isPresent())
                        .toList();
        if (active.isEmpty()) {
            return List.of();
        }
        // Read after SLURM's response, so that a job's pod can't be newer than this.
        Set<String> uids = pods.uids(workspace);
        return active.stream()
                .filter(job -> !uids.contains(job.uid()))
                .sorted(Comparator.comparingLong(SlurmJob::number))
                .toList();
    }

    /// Has SLURM end one of these jobs.
    ///
    /// @param id its id in SLURM
    /// @throws GatewayException.NotFound if there is no such orphan, or the node has no slurmrestd
    /// @throws GatewayException.SwitchedOff if this is not enabled for the node
    /// @throws GatewayException.HpcUnavailable if SLURM refuses or does not respond
    void cancel(NodeName node, Workspace workspace, String id) {
        if (list(node, workspace).stream().noneMatch(orphan -> orphan.job().id().equals(id))) {
            throw new GatewayException.NotFound("orphan", id);
        }
        hpcs.of(node).cancel(id);
    }

    private void run() {
        try {
            while (true) {
                Thread.sleep(BETWEEN_COUNTS);
                hpcs.all().forEach(this::count);
            }
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private void count(PolledHpc hpc) {
        try {
            counts.put(
                    hpc.node(),
                    hpc.active()
                            .flatMap(job -> job.workspace().stream())
                            .distinct()
                            .limit(MAX_COUNTED_WORKSPACES)
                            .mapToInt(workspace -> count(hpc, workspace))
                            .sum());
        } catch (GatewayException unknown) {
            counts.remove(hpc.node());
        } catch (RuntimeException defect) {
            LOG.error("The orphans of {} can't be counted.", hpc.node(), defect);
            counts.remove(hpc.node());
        }
    }

    /// A namespace that the gateway can't read is no workspace of this gateway, and its jobs are not its orphans.
    private int count(PolledHpc hpc, Workspace workspace) {
        try {
            return list(hpc, workspace).size();
        } catch (GatewayException.ClusterRefused noWorkspace) {
            return 0;
        }
    }

    @Override
    public void bindTo(MeterRegistry meters) {
        for (PolledHpc hpc : hpcs.all()) {
            Gauge.builder("gateway.slurmrestd.orphans", hpc, this::lastCount)
                    .description("Jobs in SLURM whose pod did not exist at the last count")
                    .tag("node", hpc.node().value())
                    .register(meters);
        }
    }

    private double lastCount(PolledHpc hpc) {
        Integer count = counts.get(hpc.node());
        return count == null ? Double.NaN : count;
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
