package io.interlinkgateway.cluster.watch;

import io.interlinkgateway.job.NodeName;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// The budget of log requests of each virtual node, with its metrics.
public final class LogBudgets implements MeterBinder {

    /// The name for all pods without a valid node name, which share one budget.
    private static final NodeName NO_NODE = new NodeName("no-node");

    private final LogRequestLimits limits;
    private final Map<NodeName, LogBudget> budgets = new ConcurrentHashMap<>();

    private @Nullable MeterRegistry meters;

    /// @param limits what each node answers
    public LogBudgets(LogRequestLimits limits) {
        this.limits = limits;
    }

    /// @param node the node to which a pod is assigned
    /// @return its budget
    public LogBudget of(Optional<NodeName> node) {
        return budgets.computeIfAbsent(node.orElse(NO_NODE), this::measured);
    }

    private synchronized LogBudget measured(NodeName node) {
        LogBudget budget = new LogBudget(limits);
        if (meters != null) {
            register(meters, node, budget);
        }
        return budget;
    }

    @Override
    public synchronized void bindTo(MeterRegistry registry) {
        meters = registry;
        budgets.forEach((node, budget) -> register(registry, node, budget));
    }

    private static void register(MeterRegistry registry, NodeName node, LogBudget budget) {
        FunctionCounter.builder("gateway.log.requests", budget, LogBudget::sentByCallers)
                .description("Log requests that were sent to a virtual node")
                .tags("node", node.value(), "for", "callers")
                .register(registry);
        FunctionCounter.builder("gateway.log.requests", budget, LogBudget::sentByGateway)
                .description("Log requests that were sent to a virtual node")
                .tags("node", node.value(), "for", "states")
                .register(registry);
        Gauge.builder("gateway.log.requests.available", budget, LogBudget::available)
                .description("Log requests that a virtual node still answers at once")
                .tags("node", node.value())
                .register(registry);
        Gauge.builder("gateway.log.requests.waiting", budget, LogBudget::waiting)
                .description("Log requests for states that wait for the node's budget")
                .tags("node", node.value())
                .register(registry);
    }
}
