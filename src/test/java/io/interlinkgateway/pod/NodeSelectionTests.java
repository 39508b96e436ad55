package io.interlinkgateway.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.PodSpec;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.node.VirtualNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NodeSelectionTests {

    private static final VirtualNode NODE =
            new VirtualNode(
                    new NodeName("vega"),
                    "virtual-kubelet",
                    true,
                    "",
                    Map.of(),
                    Map.of(),
                    Map.of(),
                    List.of(),
                    Optional.empty(),
                    Map.of("kubernetes.io/os", "virtual-kubelet", "gpus", "4"));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{kubernetes.io/os: virtual-kubelet} | ''",
                "{} | ''",
                "{kubernetes.io/os: linux} | spec.nodeSelector[kubernetes.io/os]",
                "{disktype: ssd} | spec.nodeSelector[disktype]"
            })
    void aSelectorNeedsTheVeryLabel(String selector, String field) {
        assertThat(broken("nodeSelector: " + selector)).isEqualTo(field);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{key: gpus, operator: In, values: ['2', '4']} | true",
                "{key: gpus, operator: In, values: ['2']} | false",
                "{key: gpus, operator: NotIn, values: ['2']} | true",
                "{key: none, operator: NotIn, values: ['2']} | true",
                "{key: gpus, operator: NotIn, values: ['4']} | false",
                "{key: gpus, operator: Exists} | true",
                "{key: none, operator: Exists} | false",
                "{key: none, operator: DoesNotExist} | true",
                "{key: gpus, operator: DoesNotExist} | false",
                "{key: gpus, operator: Gt, values: ['3']} | true",
                "{key: gpus, operator: Gt, values: ['4']} | false",
                "{key: gpus, operator: Lt, values: ['5']} | true",
                "{key: kubernetes.io/os, operator: Lt, values: ['5']} | false",
                "{key: gpus, operator: Unheard, values: ['5']} | false"
            })
    void anAffinityFollowsTheRulesOfKubernetes(String requirement, boolean holds) {
        assertThat(
                        broken(
                                """
                                affinity:
                                  nodeAffinity:
                                    requiredDuringSchedulingIgnoredDuringExecution:
                                      nodeSelectorTerms:
                                      - {}
                                      - matchExpressions: [%s]
                                        matchFields: [{key: metadata.name, operator: In, values: [vega]}]
                                """
                                        .formatted(requirement)))
                .isEqualTo(
                        holds
                                ? ""
                                : "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution");
    }

    private static String broken(String spec) {
        return NodeSelection.unmatched(PodCase.SERIALIZATION.unmarshal(spec, PodSpec.class), NODE)
                .stream()
                .map(HpcRequest.FieldValue::field)
                .findFirst()
                .orElse("");
    }
}
