package io.interlinkgateway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.contract.VirtualNodesContract;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Quantity;
import io.interlinkgateway.node.VirtualNode;
import io.interlinkgateway.node.VirtualNodes;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SandboxVirtualNodesTests extends VirtualNodesContract {

    private final SandboxProperties properties =
            new SandboxProperties("sandbox", 8, Duration.ofSeconds(5), Duration.ofSeconds(60));
    private final VirtualNodes nodes = new SandboxVirtualNodes(properties, Clock.systemUTC());

    @Override
    protected VirtualNodes nodes() {
        return nodes;
    }

    @Override
    protected NodeName node() {
        return new NodeName("sandbox");
    }

    @Test
    void theNodeIsThisMachine() {
        VirtualNode node = nodes.find(node()).orElseThrow();

        assertThat(node.type()).isEqualTo("sandbox");
        assertThat(node.capacity())
                .containsEntry(
                        "cpu",
                        new Quantity(Integer.toString(Runtime.getRuntime().availableProcessors())));
        assertThat(nodes.list()).hasSize(1);
    }
}
