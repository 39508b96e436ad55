package io.interlinkgateway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.contract.VirtualNodesContract;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.node.VirtualNode;
import io.interlinkgateway.node.VirtualNodes;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SandboxVirtualNodesTests extends VirtualNodesContract {

    private final VirtualNodes nodes = create();

    private static VirtualNodes create() {
        return new SandboxVirtualNodes(
                new SandboxProperties("sandbox", 8, Duration.ofSeconds(5), Duration.ofSeconds(60)),
                Clock.systemUTC());
    }

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
        assertThat(nodes.list()).hasSize(1);
        assertThat(Objects.requireNonNull(node.capacity().get("memory")).amount())
                .as("bytes, of which the heap is a part")
                .isGreaterThanOrEqualTo(BigDecimal.valueOf(Runtime.getRuntime().maxMemory()));
    }

    /// On a machine with three processors, as far as its Java can see.
    @Test
    void theNodeHasTheProcessorsThatTheGatewayMayUse() throws Exception {
        Process java =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:ActiveProcessorCount=3",
                                "-cp",
                                System.getProperty("java.class.path"),
                                Processors.class.getName())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();

        assertThat(new String(java.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("3");
    }

    /// Prints how many processors the node has.
    static final class Processors {

        private Processors() {}

        public static void main(String[] arguments) {
            System.out.print(create().list().getFirst().capacity().get("cpu"));
        }
    }
}
