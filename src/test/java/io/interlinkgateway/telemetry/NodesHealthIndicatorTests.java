package io.interlinkgateway.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.node.VirtualNode;
import io.interlinkgateway.node.VirtualNodes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

class NodesHealthIndicatorTests {

    private static VirtualNode node(String name, boolean ready) {
        return new VirtualNode(
                new NodeName(name),
                "virtual-kubelet",
                ready,
                "interLink answers.",
                Map.of(),
                Map.of(),
                Map.of(),
                List.of(),
                Optional.empty(),
                Map.of());
    }

    private static Health healthWith(Supplier<List<VirtualNode>> all) {
        return new NodesHealthIndicator(
                        new VirtualNodes() {
                            @Override
                            public List<VirtualNode> list() {
                                return all.get();
                            }

                            @Override
                            public Optional<VirtualNode> find(NodeName name) {
                                throw new AssertionError("only the list is needed");
                            }
                        })
                .health();
    }

    /// Nodes that are not ready are no failure of the gateway.
    @Test
    void aClusterThatAnswersIsUpWithTheNumberOfItsNodes() {
        Health health =
                healthWith(() -> List.of(node("a", true), node("b", false), node("c", true)));

        assertThat(health.getStatus()).isEqualTo(Status.UP);
        assertThat(health.getDetails()).containsEntry("nodes", 3).containsEntry("ready", 2L);
    }

    @Test
    void aClusterWithoutNodesIsUp() {
        assertThat(healthWith(List::of).getStatus()).isEqualTo(Status.UP);
    }

    @Test
    void aClusterThatDoesNotAnswerIsDownWithTheProblem() {
        Health health =
                healthWith(() -> {
                    throw new GatewayException.ClusterUnavailable("No answer.");
                });

        assertThat(health.getStatus()).isEqualTo(Status.DOWN);
        assertThat(health.getDetails()).containsEntry("problem", "No answer.");
    }
}
