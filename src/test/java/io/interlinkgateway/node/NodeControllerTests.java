package io.interlinkgateway.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Quantity;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.boot.webmvc.test.autoconfigure.WebMvcTest;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.ComponentScan;
import org.springframework.context.annotation.FilterType;
import org.springframework.context.annotation.Primary;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/// The endpoints of nodes over three nodes, alone: without callers and their roles.
@WebMvcTest(
        useDefaultFilters = false,
        includeFilters =
                @ComponentScan.Filter(
                        type = FilterType.REGEX,
                        pattern = "io\\.interlinkgateway\\.(node\\..*|problem\\.ProblemAdvice)"))
@AutoConfigureMockMvc(addFilters = false)
class NodeControllerTests {

    private static final Instant NOW = Instant.parse("2026-11-24T09:00:12.9Z");

    private static final VirtualNode FULL =
            new VirtualNode(
                    new NodeName("vega-new-vk"),
                    "virtual-kubelet",
                    true,
                    "interLink answers.",
                    Map.of("memory", new Quantity("256Gi"), "cpu", new Quantity("128")),
                    Map.of("cpu", new Quantity("100")),
                    Map.of("nvidia-gpu-type", "A100"),
                    List.of(
                            new VirtualNode.Taint(
                                    VirtualNode.INTERLINK_TAINT, "true", "NoSchedule")),
                    Optional.of(Instant.parse("2026-11-24T09:00:00Z")),
                    Map.of());
    private static final VirtualNode SILENT =
            new VirtualNode(
                    new NodeName("silent"),
                    "virtual-kubelet",
                    false,
                    "interLink does not answer.",
                    Map.of(),
                    Map.of(),
                    Map.of(),
                    List.of(),
                    Optional.empty(),
                    Map.of());

    @Autowired private MockMvcTester mvc = MockMvcTester.of(List.of());

    @TestConfiguration(proxyBeanMethods = false)
    static class Nodes {

        @Bean
        VirtualNodes nodes() {
            return new VirtualNodes() {
                @Override
                public List<VirtualNode> list() {
                    return List.of(SILENT, FULL);
                }

                @Override
                public Optional<VirtualNode> find(NodeName name) {
                    if (name.value().equals("unavailable")) {
                        throw new GatewayException.ClusterUnavailable("No answer.");
                    }
                    return list().stream().filter(node -> node.name().equals(name)).findFirst();
                }
            };
        }

        @Bean
        @Primary
        Clock stopped() {
            return Clock.fixed(NOW, ZoneOffset.UTC);
        }
    }

    @Test
    void aNodeIsAnsweredWithAllThatItHas() {
        assertThat(mvc.get().uri("/api/v1/nodes/vega-new-vk"))
                .hasStatusOk()
                .bodyJson()
                .isStrictlyEqualTo(
                        """
                        {"name": "vega-new-vk", "type": "virtual-kubelet", "ready": true,
                         "reason": "interLink answers.",
                         "capacity": {"cpu": "128", "memory": "256Gi"},
                         "allocatable": {"cpu": "100"},
                         "accelerators": {"nvidia-gpu-type": "A100"},
                         "taints": [{"key": "virtual-node.interlink/no-schedule", "value": "true",
                                     "effect": "NoSchedule"}],
                         "lastPing": "2026-11-24T09:00:00Z", "lastPingAge": "PT12S"}
                        """);
    }

    @Test
    void whatIsNotKnownIsLeftOut() {
        assertThat(mvc.get().uri("/api/v1/nodes/silent"))
                .hasStatusOk()
                .bodyJson()
                .doesNotHavePath("$.lastPing")
                .doesNotHavePath("$.lastPingAge");
    }

    @Test
    void theListHasEachNodeInTheOrderOfThePort() {
        assertThat(mvc.get().uri("/api/v1/nodes"))
                .hasStatusOk()
                .bodyJson()
                .extractingPath("$.items[*].name")
                .asArray()
                .containsExactly("silent", "vega-new-vk");
    }

    @Test
    void yamlHasTheSameFields() {
        MvcTestResult yaml =
                mvc.get().uri("/api/v1/nodes/vega-new-vk").accept("application/yaml").exchange();

        assertThat(yaml).hasStatusOk();
        assertThat(yaml).bodyText().contains("lastPingAge: \"PT12S\"", "- key: \"virtual-node.");
    }

    @Test
    void aNodeThatIsNotThereIsNotFound() {
        assertThat(mvc.get().uri("/api/v1/nodes/elsewhere"))
                .hasStatus(404)
                .bodyJson()
                .extractingPath("$.type")
                .isEqualTo("/problems/not-found");
    }

    @Test
    void aNameThatNoNodeCanHaveIsRefused() {
        assertThat(mvc.get().uri("/api/v1/nodes/Not_A_Name"))
                .hasStatus(400)
                .bodyJson()
                .extractingPath("$.type")
                .isEqualTo("/problems/malformed-request");
    }

    @Test
    void aClusterThatDoesNotAnswerIsUnavailable() {
        MvcTestResult answer = mvc.get().uri("/api/v1/nodes/unavailable").exchange();

        assertThat(answer).hasStatus(503).hasHeader("Retry-After", "5");
        assertThat(answer)
                .bodyJson()
                .extractingPath("$.type")
                .isEqualTo("/problems/cluster-unavailable");
    }
}
