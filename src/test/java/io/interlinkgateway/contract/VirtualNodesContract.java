package io.interlinkgateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.node.VirtualNode;
import io.interlinkgateway.node.VirtualNodes;
import java.util.Comparator;
import org.junit.jupiter.api.Test;

/// What [VirtualNodes] promises.
public abstract class VirtualNodesContract {

    /// @return the port
    protected abstract VirtualNodes nodes();

    /// @return a virtual node that takes jobs
    protected abstract NodeName node();

    @Test
    void listContainsTheNodeAndIsSortedByName() {
        assertThat(nodes().list())
                .map(VirtualNode::name)
                .contains(node())
                .doesNotHaveDuplicates()
                .isSortedAccordingTo(Comparator.comparing(NodeName::value));
    }

    @Test
    void findReturnsTheNodesOfTheList() {
        VirtualNode found = nodes().find(node()).orElseThrow();

        assertThat(found.name()).isEqualTo(node());
        assertThat(nodes().list())
                .filteredOn(node -> node.name().equals(node()))
                .map(VirtualNode::type)
                .containsExactly(found.type());
    }

    @Test
    void theNodeIsReadyAndReportsItsResources() {
        VirtualNode node = nodes().find(node()).orElseThrow();

        assertThat(node.ready()).isTrue();
        assertThat(node.reason()).isNotBlank();
        assertThat(node.type()).isNotBlank();
        assertThat(node.capacity()).containsKeys("cpu", "memory");
        assertThat(node.allocatable())
                .containsKeys("cpu", "memory")
                .allSatisfy((_, quantity) -> assertThat(quantity.amount()).isNotNegative());
    }

    @Test
    void theNodeHasTheTaintOfInterlink() {
        assertThat(nodes().find(node()).orElseThrow().taints())
                .contains(new VirtualNode.Taint(VirtualNode.INTERLINK_TAINT, "true", "NoSchedule"));
    }

    @Test
    void anUnknownNodeIsNotFound() {
        assertThat(nodes().find(new NodeName("no-such-node"))).isEmpty();
    }
}
