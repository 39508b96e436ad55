package io.interlinkgateway.sandbox;

import com.sun.management.OperatingSystemMXBean;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.node.VirtualNode;
import io.interlinkgateway.node.VirtualNodes;
import io.interlinkgateway.pod.MetadataNames;
import io.interlinkgateway.status.PodReading;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// This machine as the only virtual node, with the labels and conditions that interLink gives its nodes.
final class SandboxVirtualNodes implements VirtualNodes {

    private static final long MEBIBYTE = 1024 * 1024;

    private final SandboxProperties properties;
    private final Clock clock;

    SandboxVirtualNodes(SandboxProperties properties, Clock clock) {
        this.properties = properties;
        this.clock = clock;
    }

    @Override
    public List<VirtualNode> list() {
        return PodReading.nodeFrom(node()).stream().toList();
    }

    @Override
    public Optional<VirtualNode> find(NodeName name) {
        return list().stream().filter(node -> node.name().equals(name)).findFirst();
    }

    private Node node() {
        String name = properties.node();
        String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
        Map<String, Quantity> resources = resources();
        // spotless:off
        return new NodeBuilder()
                .withNewMetadata()
                    .withName(name)
                    .withLabels(Map.of(
                            MetadataNames.HOSTNAME, name,
                            MetadataNames.NODE_TYPE, "sandbox",
                            "kubernetes.io/os", "virtual-kubelet",
                            "kubernetes.io/role", "agent"))
                .endMetadata()
                .withNewSpec()
                    .withProviderID("external:///" + name)
                    .addNewTaint()
                        .withKey(VirtualNode.INTERLINK_TAINT)
                        .withValue("true")
                        .withEffect("NoSchedule")
                    .endTaint()
                .endSpec()
                .withNewStatus()
                    .withCapacity(resources)
                    .withAllocatable(resources)
                    .addNewCondition()
                        .withType("Ready")
                        .withStatus("True")
                        .withReason("SandboxReady")
                        .withMessage("Jobs run as processes of the gateway's machine.")
                        .withLastHeartbeatTime(now)
                        .withLastTransitionTime(now)
                    .endCondition()
                .endStatus()
                .build();
        // spotless:on
    }

    private static Map<String, Quantity> resources() {
        long memory =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class)
                        .getTotalMemorySize();
        return Map.of(
                "cpu",
                new Quantity(Integer.toString(Runtime.getRuntime().availableProcessors())),
                "memory",
                new Quantity(Long.toString(memory / MEBIBYTE), "Mi"),
                "pods",
                new Quantity("10000"));
    }
}
