package io.interlinkgateway.node;

import io.interlinkgateway.caller.RequiredRole;
import io.interlinkgateway.caller.Role;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Quantity;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping(
        path = "/api/v1/nodes",
        produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.APPLICATION_YAML_VALUE})
@Tag(name = "Nodes")
class NodeController {

    private final VirtualNodes nodes;
    private final Clock clock;

    NodeController(VirtualNodes nodes, Clock clock) {
        this.nodes = nodes;
        this.clock = clock;
    }

    @Schema(name = "Nodes")
    record Items(List<NodeResponse> items) {}

    @Schema(name = "Node", description = "A virtual node, which represents an HPC.")
    record NodeResponse(
            String name,
            @Schema(example = "virtual-kubelet") String type,
            boolean ready,
            @Schema(description = "Why it is not ready, or its last message.") String reason,
            Map<String, String> capacity,
            Map<String, String> allocatable,
            @Schema(description = "The models of its accelerators.")
                    Map<String, String> accelerators,
            List<VirtualNode.Taint> taints,
            @Nullable @Schema(description = "The virtual kubelet's last heartbeat.")
                    Instant lastPing,
            @Nullable @Schema(description = "How long ago that was.", example = "PT12S")
                    Duration lastPingAge) {

        static NodeResponse from(VirtualNode node, Instant now) {
            return new NodeResponse(
                    node.name().value(),
                    node.type(),
                    node.ready(),
                    node.reason(),
                    texts(node.capacity()),
                    texts(node.allocatable()),
                    new TreeMap<>(node.accelerators()),
                    node.taints(),
                    node.lastPing().orElse(null),
                    node.lastPing()
                            .map(ping ->
                                    Duration.between(ping, now).truncatedTo(ChronoUnit.SECONDS))
                            .orElse(null));
        }

        private static Map<String, String> texts(Map<String, Quantity> amounts) {
            Map<String, String> texts = new TreeMap<>();
            amounts.forEach((name, amount) -> texts.put(name, amount.text()));
            return texts;
        }
    }

    @RequiredRole(Role.VIEWER)
    @GetMapping
    @Operation(operationId = "listNodes", summary = "List the virtual nodes")
    Items list() {
        Instant now = clock.instant();
        return new Items(nodes.list().stream().map(node -> NodeResponse.from(node, now)).toList());
    }

    @RequiredRole(Role.VIEWER)
    @GetMapping("/{name}")
    @Operation(operationId = "getNode", summary = "Get a virtual node")
    NodeResponse get(@PathVariable NodeName name) {
        return nodes.find(name)
                .map(node -> NodeResponse.from(node, clock.instant()))
                .orElseThrow(() -> new GatewayException.NotFound("node", name.value()));
    }
}
