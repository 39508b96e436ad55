package io.interlinkgateway.pod;

import static io.interlinkgateway.job.ObjectReference.Kind.CONFIG_MAP;
import static io.interlinkgateway.job.ObjectReference.Kind.SECRET;
import static io.interlinkgateway.job.ObjectReference.Use.ENVIRONMENT;
import static io.interlinkgateway.job.ObjectReference.Use.PROJECTED_VOLUME;
import static io.interlinkgateway.job.ObjectReference.Use.VOLUME;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.interlinkgateway.job.CredentialName;
import io.interlinkgateway.job.ObjectReference;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ObjectReferencesTests {

    private static final Pod POD =
            Serialization.unmarshal(
                    """
                    apiVersion: v1
                    kind: Pod
                    metadata: {name: train}
                    spec:
                      initContainers:
                      - name: fetch
                        envFrom:
                        - configMapRef: {name: init-settings}
                        env:
                        - {name: A, value: plain}
                        - {name: B, valueFrom: {secretKeyRef: {name: init-token, key: token}}}
                      containers:
                      - name: main
                        envFrom:
                        - secretRef: {name: mlflow-server}
                        - {prefix: P_, secretRef: {name: maybe, optional: true}}
                        env:
                        - {name: C, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
                        - {name: D, valueFrom: {configMapKeyRef: {name: settings, key: rate, optional: true}}}
                        - {name: E, valueFrom: {configMapKeyRef: {name: settings, key: size, optional: false}}}
                      - name: side
                        env:
                        - {name: F, valueFrom: {secretKeyRef: {name: mlflow-server, key: password}}}
                      volumes:
                      - {name: scratch, emptyDir: {}}
                      - {name: whole, secret: {secretName: certificate}}
                      - name: part
                        secret:
                          secretName: certificate
                          optional: true
                          items: [{key: tls.crt, path: a}, {key: tls.key, path: b}]
                      - {name: config, configMap: {name: dataset, items: [{key: list, path: l}]}}
                      - name: mixed
                        projected:
                          sources:
                          - downwardAPI: {items: []}
                          - secret: {name: projected-secret}
                          - configMap: {name: projected-config, optional: true, items: [{key: ca.crt, path: c}]}
                    """,
                    Pod.class);

    @Test
    void everyKindOfReferenceIsFoundWithItsPlace() {
        assertThat(ObjectReferences.of(POD))
                .containsExactly(
                        new ObjectReference(
                                CONFIG_MAP,
                                "init-settings",
                                Set.of(),
                                false,
                                ENVIRONMENT,
                                "spec.initContainers[0].envFrom[0].configMapRef"),
                        new ObjectReference(
                                SECRET,
                                "init-token",
                                Set.of("token"),
                                false,
                                ENVIRONMENT,
                                "spec.initContainers[0].env[1].valueFrom.secretKeyRef"),
                        new ObjectReference(
                                SECRET,
                                "mlflow-server",
                                Set.of(),
                                false,
                                ENVIRONMENT,
                                "spec.containers[0].envFrom[0].secretRef"),
                        new ObjectReference(
                                SECRET,
                                "maybe",
                                Set.of(),
                                true,
                                ENVIRONMENT,
                                "spec.containers[0].envFrom[1].secretRef"),
                        new ObjectReference(
                                CONFIG_MAP,
                                "settings",
                                Set.of("rate"),
                                true,
                                ENVIRONMENT,
                                "spec.containers[0].env[1].valueFrom.configMapKeyRef"),
                        new ObjectReference(
                                CONFIG_MAP,
                                "settings",
                                Set.of("size"),
                                false,
                                ENVIRONMENT,
                                "spec.containers[0].env[2].valueFrom.configMapKeyRef"),
                        new ObjectReference(
                                SECRET,
                                "mlflow-server",
                                Set.of("password"),
                                false,
                                ENVIRONMENT,
                                "spec.containers[1].env[0].valueFrom.secretKeyRef"),
                        new ObjectReference(
                                SECRET,
                                "certificate",
                                Set.of(),
                                false,
                                VOLUME,
                                "spec.volumes[1].secret"),
                        new ObjectReference(
                                SECRET,
                                "certificate",
                                Set.of("tls.crt", "tls.key"),
                                true,
                                VOLUME,
                                "spec.volumes[2].secret"),
                        new ObjectReference(
                                CONFIG_MAP,
                                "dataset",
                                Set.of("list"),
                                false,
                                VOLUME,
                                "spec.volumes[3].configMap"),
                        new ObjectReference(
                                SECRET,
                                "projected-secret",
                                Set.of(),
                                false,
                                PROJECTED_VOLUME,
                                "spec.volumes[4].projected.sources[1].secret"),
                        new ObjectReference(
                                CONFIG_MAP,
                                "projected-config",
                                Set.of("ca.crt"),
                                true,
                                PROJECTED_VOLUME,
                                "spec.volumes[4].projected.sources[2].configMap"));
    }

    @Test
    void credentialsAreTheSecretsThatAPodMayBeGivenOptionalOrNot() {
        assertThat(ObjectReferences.credentialsOf(POD))
                .map(CredentialName::value)
                .containsExactlyInAnyOrder(
                        "init-token", "mlflow-server", "maybe", "certificate", "projected-secret");
    }

    @Test
    void whatHasNoNameOrNoPossibleOneIsNoCredential() {
        Pod pod =
                Serialization.unmarshal(
                        """
                        apiVersion: v1
                        kind: Pod
                        spec:
                          containers:
                          - name: main
                            envFrom: [{}, {secretRef: {}}, {secretRef: {name: "../nodes"}}]
                            env: [{name: A, valueFrom: {secretKeyRef: {}}}]
                          volumes: [{name: a, secret: {}}, {name: b, projected: {}}]
                        """,
                        Pod.class);

        assertThat(ObjectReferences.of(pod)).map(ObjectReference::name).containsExactly("../nodes");
        assertThat(ObjectReferences.credentialsOf(pod)).isEmpty();
    }

    @Test
    void aPodWithoutAnythingRefersToNothing() {
        Pod pod = Serialization.unmarshal("kind: Pod\napiVersion: v1\nspec: {}\n", Pod.class);

        assertThat(ObjectReferences.of(pod)).isEmpty();
    }
}
