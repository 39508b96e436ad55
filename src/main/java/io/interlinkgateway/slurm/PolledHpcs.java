package io.interlinkgateway.slurm;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.HpcJob;
import io.interlinkgateway.job.NodeName;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/// All HPCs that have a slurmrestd, with their metrics.
@Component
final class PolledHpcs implements HpcJobs, AutoCloseable, MeterBinder {

    private static final Logger LOG = LoggerFactory.getLogger(PolledHpcs.class);

    private final Map<String, PolledHpc> byNode = new TreeMap<>();
    private final List<Consumer<Set<String>>> listeners = new CopyOnWriteArrayList<>();

    /// @throws IllegalStateException if a file of trusted certificates can't be read
    PolledHpcs(NodeProperties properties, Clock clock) {
        properties
                .nodes()
                .forEach((name, settings) -> {
                    if (settings.slurmrestd() != null) {
                        byNode.put(
                                name,
                                new PolledHpc(
                                        new NodeName(name),
                                        settings.slurmrestd(),
                                        clock,
                                        this::changed));
                    }
                });
        byNode.values().forEach(PolledHpc::start);
    }

    private void changed(Set<String> uids) {
        for (Consumer<Set<String>> listener : listeners) {
            try {
                listener.accept(uids);
            } catch (RuntimeException defect) {
                LOG.error("A listener to SLURM's changes failed.", defect);
            }
        }
    }

    Collection<PolledHpc> all() {
        return byNode.values();
    }

    /// @throws GatewayException.NotFound if the node has no slurmrestd
    PolledHpc of(NodeName node) {
        return Optional.ofNullable(byNode.get(node.value()))
                .orElseThrow(() ->
                        new GatewayException.NotFound(
                                "No slurmrestd is configured for a node named \"" + node + "\"."));
    }

    @Override
    public Optional<HpcJob> find(NodeName node, String uid, Optional<String> id) {
        return Optional.ofNullable(byNode.get(node.value())).flatMap(hpc -> hpc.find(uid, id));
    }

    @Override
    public void listen(Consumer<Set<String>> listener) {
        listeners.add(listener);
    }

    @Override
    public void bindTo(MeterRegistry meters) {
        for (PolledHpc hpc : all()) {
            String node = hpc.node().value();
            TimeGauge.builder(
                            "gateway.slurmrestd.age",
                            hpc,
                            TimeUnit.MILLISECONDS,
                            one -> one.age().toMillis())
                    .description("Age of the last usable response of the node's slurmrestd")
                    .tag("node", node)
                    .register(meters);
            Gauge.builder("gateway.slurmrestd.jobs", hpc, PolledHpc::jobs)
                    .description("Jobs in the last response that can be jobs of pods")
                    .tag("node", node)
                    .register(meters);
            requests(meters, hpc, "answered", PolledHpc::answered);
            requests(meters, hpc, "failed", PolledHpc::failed);
        }
    }

    private static void requests(
            MeterRegistry meters,
            PolledHpc hpc,
            String outcome,
            ToDoubleFunction<PolledHpc> count) {
        FunctionCounter.builder("gateway.slurmrestd.requests", hpc, count)
                .description("Requests for all jobs to the node's slurmrestd")
                .tag("node", hpc.node().value())
                .tag("outcome", outcome)
                .register(meters);
    }

    @Override
    public void close() {
        byNode.values().forEach(PolledHpc::close);
    }
}
