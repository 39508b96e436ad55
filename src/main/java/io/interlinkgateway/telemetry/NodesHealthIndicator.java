package io.interlinkgateway.telemetry;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.node.VirtualNode;
import io.interlinkgateway.node.VirtualNodes;
import java.util.List;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/// Whether the cluster answers, and how many of its virtual nodes are ready. Part of neither liveness nor
/// readiness: without the cluster a gateway still answers, with a problem that says so.
@Component
class NodesHealthIndicator implements HealthIndicator {

    private final VirtualNodes nodes;

    NodesHealthIndicator(VirtualNodes nodes) {
        this.nodes = nodes;
    }

    @Override
    public Health health() {
        try {
            List<VirtualNode> all = nodes.list();
            return Health.up()
                    .withDetail("nodes", all.size())
                    .withDetail("ready", all.stream().filter(VirtualNode::ready).count())
                    .build();
        } catch (GatewayException unavailable) {
            return Health.down()
                    .withDetail("problem", String.valueOf(unavailable.getMessage()))
                    .build();
        }
    }
}
