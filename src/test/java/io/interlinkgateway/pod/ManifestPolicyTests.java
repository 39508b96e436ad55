package io.interlinkgateway.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.interlinkgateway.contract.SampleJobs;
import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.job.Workspace;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestPolicyTests {

    private static final String CONTAINERS = "containers: [{name: c, image: /a.sif, %s}]";

    private static List<Finding> refusals(Pod pod) {
        return ManifestPolicy.refusals(
                        pod,
                        new SampleJobs(new Workspace("default"), new NodeName("node"))
                                .named("job", new PodManifest(Map.of()), null))
                .toList();
    }

    private static List<Finding> refusals(String spec) {
        return refusals(
                PodCase.SERIALIZATION.unmarshal("metadata: {}\nspec:\n  " + spec, Pod.class));
    }

    @Test
    void anElementTooManyIsRefusedBeforeTheElementsAreChecked() {
        Pod pod =
                new PodBuilder()
                        .withNewMetadata()
                        .endMetadata()
                        .withNewSpec()
                        .addNewContainer()
                        .withImage("/a.sif")
                        .withEnv(Collections.nCopies(1001, new EnvVar()))
                        .endContainer()
                        .endSpec()
                        .build();

        assertThat(refusals(pod))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.rule()).isEqualTo("too-many");
                    assertThat(finding.field()).isEqualTo("spec.containers[0].env");
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "livenessProbe: {exec: {command: [\"$(id)\"]}} | livenessProbe.exec.command[0]",
                "startupProbe: {exec: {command: [a, '`id`']}} | startupProbe.exec.command[1]",
                "readinessProbe: {tcpSocket: {host: '`id`', port: 80}} |"
                        + " readinessProbe.tcpSocket.host",
                "livenessProbe: {tcpSocket: {port: '$(id)'}} | livenessProbe.tcpSocket.port",
                "livenessProbe: {grpc: {port: 80, service: a;b}} | livenessProbe.grpc.service",
                "livenessProbe: {httpGet: {port: 80, path: /a b}} | livenessProbe.httpGet.path",
                "livenessProbe: {httpGet: {port: 80, httpHeaders: [{name: a, value: '\"; id'}]}}"
                        + " | livenessProbe.httpGet.httpHeaders[0].value",
                "lifecycle: {preStop: {exec: {command: ['\"']}}} |"
                        + " lifecycle.preStop.exec.command[0]",
                "volumeMounts: [{name: v, mountPath: '/x,/etc:/mnt'}] | volumeMounts[0].mountPath",
                "volumeMounts: [{name: v, mountPath: '/x:/y'}] | volumeMounts[0].mountPath",
                "volumeMounts: [{name: v, mountPath: /a/../etc}] | volumeMounts[0].mountPath",
                "volumeMounts: [{name: v, mountPath: relative}] | volumeMounts[0].mountPath",
                "volumeMounts: [{name: v, mountPath: /a, subPath: ../b}] | volumeMounts[0].subPath",
                "volumeMounts: [{name: v, mountPath: /a, subPath: /b}] | volumeMounts[0].subPath",
                "volumeMounts: [{name: v, mountPath: /a, subPathExpr: $(A)}]"
                        + " | volumeMounts[0].subPathExpr"
            })
    void whatTheScriptWouldTakeForSomethingElseIsRefused(String part, String field) {
        assertThat(refusals(CONTAINERS.formatted(part)))
                .singleElement()
                .satisfies(finding -> {
                    assertThat(finding.rule()).isEqualTo("pasted-text");
                    assertThat(finding.field()).isEqualTo("spec.containers[0]." + field);
                });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "livenessProbe: {exec: {command: [sh, -c, 'test -e /tmp/ready && echo ok']}}",
                "readinessProbe: {httpGet: {port: http, path: /healthz, scheme: HTTPS}}",
                "volumeMounts: [{name: v, mountPath: /data/a.b_c@d+e~f=g-h, subPath: a/b}]"
            })
    void harmlessTextsAreTaken(String part) {
        assertThat(refusals(CONTAINERS.formatted(part))).isEmpty();
    }

    @Test
    void anArgumentIsAtMostAsLongAsLinuxAllows() {
        assertThat(refusals(CONTAINERS.formatted("args: [" + "a".repeat(131_071) + "]"))).isEmpty();
        assertThat(refusals(CONTAINERS.formatted("args: [" + "a".repeat(131_072) + "]")))
                .extracting(Finding::field)
                .containsExactly("spec.containers[0].args[0]");
    }
}
