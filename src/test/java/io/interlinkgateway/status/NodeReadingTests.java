package io.interlinkgateway.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.fabric8.kubernetes.api.model.Node;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Quantity;
import io.interlinkgateway.node.VirtualNode;
import io.interlinkgateway.pod.MetadataNames;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

class NodeReadingTests {

    private static final VirtualNode.Taint INTERLINK =
            new VirtualNode.Taint(VirtualNode.INTERLINK_TAINT, "true", "NoSchedule");

    @Test
    void nodeFromReadsANodeThatTakesJobs() {
        Map<String, Quantity> amounts =
                Map.of(
                        "cpu", new Quantity("2"),
                        "memory", new Quantity("22807Mi"),
                        "nvidia.com/gpu", new Quantity("2"),
                        "pods", new Quantity("100"));
        VirtualNode node = read("node-ready");
        assertThat(node.name()).isEqualTo(new NodeName("vega-new-vk"));
        assertThat(node.type()).isEqualTo("virtual-kubelet");
        assertThat(node.ready()).isTrue();
        assertThat(node.reason()).startsWith("InterlinkPingSuccessful: Ping successful");
        assertThat(node.capacity()).isEqualTo(amounts);
        assertThat(node.allocatable()).isEqualTo(amounts);
        assertThat(node.accelerators()).containsOnlyKeys("nvidia-gpu-type");
        assertThat(node.taints()).containsExactly(INTERLINK);
        assertThat(node.lastPing()).contains(Instant.parse("2026-11-24T00:07:28Z"));
    }

    @Test
    void nodeFromReadsANodeWhosePluginIsDown() {
        VirtualNode node = read("node-plugin-down");
        assertThat(node.ready()).isFalse();
        assertThat(node.reason())
                .isEqualTo("InterlinkPingFailed: Ping failed with code -1. Response: 503");
        assertThat(node.taints())
                .contains(
                        INTERLINK,
                        new VirtualNode.Taint("node.kubernetes.io/not-ready", "", "NoSchedule"));
    }

    @Test
    void nodeFromLeavesOtherNodesOut() {
        ObjectNode json = (ObjectNode) Recordings.read("node-ready");
        ((ObjectNode) json.required("metadata").required("labels")).remove(MetadataNames.NODE_TYPE);
        assertThat(PodReading.nodeFrom(Recordings.node(json))).isEmpty();
    }

    @Test
    void aNodeThatWasPingedWithinThreePeriodsIsInContact() {
        Node node = Recordings.node(Recordings.read("node-ready"));

        assertThat(PodReading.lostContactAt(node, Instant.parse("2026-11-24T00:08:58Z"))).isEmpty();
    }

    @Test
    void aSilentVirtualKubeletWasLastHeardOfAtItsLastPing() {
        Node node = Recordings.node(Recordings.read("node-ready"));

        assertThat(PodReading.lostContactAt(node, Instant.parse("2026-11-24T00:08:59Z")))
                .contains(Instant.parse("2026-11-24T00:07:28Z"));
    }

    /// Its heartbeats go on; the taint tells since when they say that the HPC is silent.
    @Test
    void aNodeWhosePluginIsDownReportedUntilItGotItsTaint() {
        Node node = Recordings.node(Recordings.read("node-plugin-down"));

        assertThat(PodReading.lostContactAt(node, Instant.parse("2026-11-24T00:09:00Z")))
                .contains(Instant.parse("2026-11-24T00:07:58Z"));
    }

    @Test
    void nodeFromTakesNodesThatLackAnything() {
        for (String part : List.of("metadata", "spec", "status")) {
            ObjectNode json = (ObjectNode) Recordings.read("node-plugin-down");
            ObjectNode object = (ObjectNode) json.required(part);
            for (String name : List.copyOf(object.propertyNames())) {
                var value = object.get(name);
                object.putNull(name);
                read(json, part + "." + name);
                object.set(name, value);
                if (value instanceof ArrayNode elements) {
                    elements.forEach(element -> {
                        if (element instanceof ObjectNode fields) {
                            for (String field : List.copyOf(fields.propertyNames())) {
                                var kept = fields.get(field);
                                fields.putNull(field);
                                read(json, part + "." + name + "." + field);
                                fields.set(field, kept);
                            }
                        }
                    });
                }
            }
            json.putNull(part);
            read(json, part);
        }
    }

    private static void read(ObjectNode json, String without) {
        Node node = Recordings.node(json);
        assertThatCode(
                        () -> {
                            PodReading.nodeFrom(node);
                            PodReading.lostContactAt(node, Instant.EPOCH);
                        })
                .as("without " + without)
                .doesNotThrowAnyException();
    }

    private static VirtualNode read(String recording) {
        Optional<VirtualNode> node =
                PodReading.nodeFrom(Recordings.node(Recordings.read(recording)));
        assertThat(node).isPresent();
        return node.orElseThrow();
    }
}
