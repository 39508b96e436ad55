package io.interlinkgateway.telemetry;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.node.VirtualNode;
import io.interlinkgateway.node.VirtualNodes;
import java.util.List;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.stereotype.Component;

/// Shows whether the cluster responds, and how many of its virtual nodes are ready. It is not part of liveness and
/// readiness: without the cluster, the gateway still responds, with a problem.
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
        } catch (GatewayException failure) {
            return Health.down()
                    .withDetail("problem", String.valueOf(failure.getMessage()))
                    .build();
        }
    }
}
