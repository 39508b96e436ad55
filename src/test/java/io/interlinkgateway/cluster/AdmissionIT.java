package io.interlinkgateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSecurityContextBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicy;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBinding;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBindingBuilder;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingAdmissionPolicyBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.Requires;
import io.interlinkgateway.cluster.api.ApiServer;
import io.interlinkgateway.contract.SampleJobs;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.pod.MetadataNames;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What the holder of the gateway's service account token can't do with it, in a namespace that is open to the
/// gateway and has no pod security of its own.
@Requires(Component.CONTROL_PLANE)
class AdmissionIT {

    private static final TestCluster CLUSTER = TestCluster.shared();
    private static final String TOKEN_TYPE = "interlink-gateway.io/api-token";
    private static @Nullable Workspace workspace;
    private static @Nullable KubernetesClient gatewaysClient;

    @BeforeAll
    static void deploy() {
        Deployment deployment = new Deployment(CLUSTER);
        workspace = deployment.freshWorkspace();
        label(workspace(), null);
        CLUSTER.client()
                .resource(
                        new ServiceAccountBuilder()
                                .withNewMetadata()
                                .withName("mighty")
                                .withNamespace(workspace().value())
                                .endMetadata()
                                .build())
                .create();
        gatewaysClient =
                ClusterConfiguration.clientFor(
                        Config.fromKubeconfig(deployment.kubeconfig()), CLUSTER.properties());
    }

    @AfterAll
    static void close() {
        Objects.requireNonNull(gatewaysClient).close();
    }

    private static void label(Workspace workspace, @Nullable String podSecurity) {
        String label = "pod-security.kubernetes.io/enforce";
        // spotless:off
        CLUSTER.client().namespaces().withName(workspace.value())
                .edit(namespace -> new NamespaceBuilder(namespace)
                        .editMetadata()
                            .removeFromLabels(label)
                            .addToLabels(podSecurity == null ? Map.of() : Map.of(label, podSecurity))
                        .endMetadata()
                        .build());
        // spotless:on
    }

    private static Workspace workspace() {
        return Objects.requireNonNull(workspace);
    }

    /// The API server, asked with the token of the gateway's service account.
    private static ApiServer gateway() {
        return new ApiServer(
                Objects.requireNonNull(gatewaysClient),
                Duration.ofSeconds(10),
                ObservationRegistry.NOOP);
    }

    private static ApiServer.Answer create(HasMetadata object) {
        return gateway().send("POST", folderOf(object), object);
    }

    private static ApiServer.Answer update(HasMetadata object) {
        return gateway().send("PUT", addressOf(object), object);
    }

    private static String folderOf(HasMetadata object) {
        return "/api/v1/namespaces/"
                + object.getMetadata().getNamespace()
                + "/"
                + object.getPlural();
    }

    private static String addressOf(HasMetadata object) {
        return folderOf(object) + "/" + object.getMetadata().getName();
    }

    private static String unused() {
        return "w-" + UUID.randomUUID();
    }

    private static Pod gatewaysPod() {
        return podIn(workspace());
    }

    private static Pod podIn(Workspace workspace) {
        return new SampleJobs(workspace, TestCluster.NODE).living(unused()).translated().pod();
    }

    @Test
    void aPodOfTheGatewayIsAdmitted() {
        assertThat(create(gatewaysPod()).code()).isEqualTo(201);
    }

    /// Why `deploy/workspace.yaml` advises baseline: interLink ignores security contexts, so its pods have none.
    @Test
    void thePodsOfTheGatewayPassBaselinePodSecurityAndNotRestricted() {
        Workspace open = CLUSTER.freshWorkspace();
        Pod pod = podIn(open);
        String address = folderOf(pod) + "?dryRun=All";

        assertThat(CLUSTER.apiServer().send("POST", address, pod).code()).isEqualTo(201);
        label(open, "restricted");
        assertThat(CLUSTER.apiServer().send("POST", address, pod).body())
                .contains("violates PodSecurity");
    }

    /// As the comment in the manifest advises.
    @Test
    void podsCanBeRestrictedToNamedVirtualNodes() {
        Workspace open = CLUSTER.freshWorkspace();
        Pod pod = podIn(open);
        String address = folderOf(pod) + "?dryRun=All";
        List<HasMetadata> made = List.of();
        try {
            made = policyFor(open, "[\"leonardo-vk\"]");
            await().until(() ->
                    CLUSTER.apiServer()
                            .send("POST", address, pod)
                            .body()
                            .contains("select a virtual node"));
            made = policyFor(open, "[\"leonardo-vk\", \"" + TestCluster.NODE + "\"]");
            await().until(() -> CLUSTER.apiServer().send("POST", address, pod).code() == 201);
        } finally {
            made.forEach(object -> CLUSTER.client().resource(object).delete());
        }
    }

    /// The policy for pods once more, for one workspace.
    private static List<HasMetadata> policyFor(Workspace workspace, String nodes) {
        String name = "interlink-gateway-named-nodes";
        ValidatingAdmissionPolicy policy =
                CLUSTER.client()
                        .resources(ValidatingAdmissionPolicy.class)
                        .withName("interlink-gateway-pods")
                        .get();
        // spotless:off
        ValidatingAdmissionPolicy other = new ValidatingAdmissionPolicyBuilder(policy)
                .withNewMetadata().withName(name).endMetadata()
                .editSpec()
                    .editMatchingVariable(variable -> variable.getName().equals("nodes"))
                        .withExpression(nodes)
                    .endVariable()
                .endSpec()
                .withStatus(null)
                .build();
        ValidatingAdmissionPolicyBinding binding = new ValidatingAdmissionPolicyBindingBuilder()
                .withNewMetadata().withName(name).endMetadata()
                .withNewSpec()
                    .withPolicyName(name)
                    .withValidationActions("Deny")
                    .withNewMatchResources()
                        .withNewNamespaceSelector()
                            .addToMatchLabels("kubernetes.io/metadata.name", workspace.value())
                        .endNamespaceSelector()
                    .endMatchResources()
                .endSpec()
                .build();
        // spotless:on
        return List.of(
                CLUSTER.client().resource(binding).serverSideApply(),
                CLUSTER.client().resource(other).forceConflicts().serverSideApply());
    }

    private static Named<Consumer<PodSpec>> spec(String name, Consumer<PodSpec> change) {
        return Named.of(name, change);
    }

    private static Named<Consumer<PodSpec>> volume(String name, Consumer<VolumeBuilder> source) {
        VolumeBuilder volume = new VolumeBuilder().withName("host");
        source.accept(volume);
        Volume built = volume.build();
        return spec(name, pod -> pod.getVolumes().add(built));
    }

    private static Stream<Named<Consumer<PodSpec>>> container(
            String name, Consumer<SecurityContextBuilder> change) {
        SecurityContextBuilder builder = new SecurityContextBuilder();
        change.accept(builder);
        SecurityContext context = builder.build();
        Container first =
                new ContainerBuilder()
                        .withName("first")
                        .withImage("busybox")
                        .withSecurityContext(context)
                        .build();
        return Stream.of(
                spec(name, pod -> pod.getContainers().getFirst().setSecurityContext(context)),
                spec(name + " of an init container", pod -> pod.getInitContainers().add(first)));
    }

    static Stream<Named<Consumer<PodSpec>>> mightyPods() {
        // spotless:off
        return Stream.of(
                Stream.of(
                        spec("node's network", pod -> pod.setHostNetwork(true)),
                        spec("node's processes", pod -> pod.setHostPID(true)),
                        spec("node's shared memory", pod -> pod.setHostIPC(true)),
                        spec("node by name", pod -> pod.setNodeName(TestCluster.NODE.value())),
                        spec("any node", pod -> pod.setNodeSelector(Map.of())),
                        spec("node by another label", pod ->
                                pod.setNodeSelector(Map.of("kubernetes.io/os", "linux"))),
                        spec("other account", pod -> pod.setServiceAccountName("mighty")),
                        spec("before all others", pod ->
                                pod.setPriorityClassName("system-node-critical")),
                        spec("SELinux", pod -> pod.setSecurityContext(
                                new PodSecurityContextBuilder()
                                        .withNewSeLinuxOptions().withType("spc_t").endSeLinuxOptions()
                                        .build())),
                        spec("unmasked /proc", pod -> {
                            pod.setHostUsers(false);
                            pod.getContainers().getFirst().setSecurityContext(
                                    new SecurityContextBuilder().withProcMount("Unmasked").build());
                        }),
                        spec("token", pod -> pod.setAutomountServiceAccountToken(true)),
                        spec("token by default", pod -> pod.setAutomountServiceAccountToken(null))),
                Stream.of(
                        volume("node's files", volume ->
                                volume.withNewHostPath().withPath("/").endHostPath()),
                        volume("NFS", volume ->
                                volume.withNewNfs().withServer("nfs").withPath("/").endNfs()),
                        volume("driver", volume ->
                                volume.withNewCsi().withDriver("secrets.example.org").endCsi()),
                        volume("projected token", volume ->
                                volume.withNewProjected()
                                        .addNewSource()
                                            .withNewServiceAccountToken()
                                                .withPath("token")
                                            .endServiceAccountToken()
                                        .endSource()
                                    .endProjected())),
                container("privileged", context -> context.withPrivileged(true)),
                container("escalation", context -> context.withAllowPrivilegeEscalation(true)),
                container("SELinux of a container", context ->
                        context.withNewSeLinuxOptions().withType("spc_t").endSeLinuxOptions()),
                container("capability", context ->
                        context.withNewCapabilities().withAdd("NET_RAW").endCapabilities()))
                .flatMap(cases -> cases);
        // spotless:on
    }

    @ParameterizedTest
    @MethodSource("mightyPods")
    void aPodWithAccessBeyondItsJobIsRefused(Consumer<PodSpec> change) {
        Pod pod = gatewaysPod();
        change.accept(pod.getSpec());
        ApiServer.Answer answer = create(pod);

        assertThat(answer.code()).as(answer.body()).isEqualTo(422);
        assertThat(answer.body()).contains("'interlink-gateway-pods'");
    }

    /// Of somebody who may do more than the gateway.
    private static Pod othersPod() {
        // spotless:off
        return CLUSTER.client()
                .resource(new PodBuilder(gatewaysPod())
                        .editMetadata().addToAnnotations("of", "others").endMetadata()
                        .editSpec()
                            .withHostNetwork(true)
                            .addNewVolume()
                                .withName("host").withNewHostPath().withPath("/").endHostPath()
                            .endVolume()
                        .endSpec()
                        .build())
                .create();
        // spotless:on
    }

    @Test
    void theRecordCanBeWrittenToPodsOfOthers() {
        Pod pod = othersPod();

        ApiServer.Answer answer =
                gateway()
                        .patch(
                                addressOf(pod),
                                Map.of(
                                        "metadata",
                                        Map.of(
                                                "annotations",
                                                Map.of(MetadataNames.JOB_RECORD, "{}"))));

        assertThat(answer.code()).as(answer.body()).isEqualTo(200);
    }

    static Stream<Named<Map<String, Object>>> changes() {
        Map<String, Object> none = new LinkedHashMap<>();
        none.put("of", null);
        return Stream.of(
                Named.of("deadline", Map.of("spec", Map.of("activeDeadlineSeconds", 1))),
                Named.of("annotation", metadata("annotations", Map.of("of", "the gateway"))),
                Named.of("new annotation", metadata("annotations", Map.of("new", "one"))),
                Named.of("annotation that is gone", metadata("annotations", none)),
                Named.of("label", metadata("labels", Map.of("app", "database"))),
                Named.of("finalizer", metadata("finalizers", List.of("example.org/for-ever"))));
    }

    private static Map<String, Object> metadata(String field, Object value) {
        return Map.of("metadata", Map.of(field, value));
    }

    @ParameterizedTest
    @MethodSource("changes")
    void otherChangesOfAPodAreRefused(Map<String, Object> change) {
        requireRefused(othersPod(), change);
    }

    @Test
    void aChangeOfAPodsImageIsRefused() {
        Pod pod = othersPod();
        pod.getSpec().getContainers().getFirst().setImage("evil");

        requireRefused(pod, Map.of("spec", Map.of("containers", pod.getSpec().getContainers())));
    }

    private static void requireRefused(Pod pod, Map<String, Object> change) {
        ApiServer.Answer answer = gateway().patch(addressOf(pod), change);

        assertThat(answer.code()).as(answer.body()).isEqualTo(422);
        assertThat(answer.body()).contains("'interlink-gateway-pod-changes'");
    }

    private static SecretBuilder secret(String type) {
        String text = Base64.getEncoder().encodeToString(new byte[] {'x'});
        // spotless:off
        return new SecretBuilder()
                .withNewMetadata()
                    .withName(unused())
                    .withNamespace(workspace().value())
                .endMetadata()
                .withType(type)
                .withData(Map.of("username", text, "password", text));
        // spotless:on
    }

    private static SecretBuilder ofAccount(SecretBuilder secret, String account) {
        // spotless:off
        return secret.editMetadata()
                    .addToAnnotations("kubernetes.io/service-account.name", account)
                .endMetadata();
        // spotless:on
    }

    static Stream<Named<Secret>> mightySecrets() {
        // spotless:off
        return Stream.of(
                Named.of("token of an account",
                        ofAccount(secret("kubernetes.io/service-account-token"), "mighty").build()),
                Named.of("token of the gateway's own account",
                        ofAccount(secret("kubernetes.io/service-account-token"), Deployment.NAME)
                                .editMetadata().withNamespace(Deployment.NAME).endMetadata().build()),
                Named.of("name of an account", ofAccount(secret("Opaque"), "mighty").build()),
                Named.of("token for joining the cluster", secret("bootstrap.kubernetes.io/token").build()),
                Named.of("other type", secret("example.org/any").build()),
                Named.of("API token in a workspace", secret(TOKEN_TYPE).build()),
                Named.of("credential in the gateway's own namespace",
                        secret("Opaque").editMetadata().withNamespace(Deployment.NAME).endMetadata().build()),
                Named.of("no credential", secret("Opaque").withData(Map.of()).build()));
        // spotless:on
    }

    @ParameterizedTest
    @MethodSource("mightySecrets")
    void aSecretOfAnotherKindIsRefused(Secret secret) {
        ApiServer.Answer answer = create(secret);

        assertThat(answer.code()).as(answer.body()).isEqualTo(422);
        assertThat(answer.body()).contains("'interlink-gateway-secrets'");
    }

    @Test
    void aCredentialWithATokenIsAdmitted() {
        String text = Base64.getEncoder().encodeToString(new byte[] {'x'});
        Secret token = secret("Opaque").withData(Map.of("mlflow-token", text)).build();

        assertThat(create(token).code()).isEqualTo(201);
        assertThat(
                        update(
                                        new SecretBuilder(token)
                                                .withData(
                                                        Map.of("username", text, "password", text))
                                                .build())
                                .code())
                .isEqualTo(200);
    }

    @Test
    void aCredentialCanNotBecomeAServiceAccountsToken() {
        Secret credential = secret("Opaque").build();
        assertThat(create(credential).code()).isEqualTo(201);

        ApiServer.Answer answer =
                update(ofAccount(new SecretBuilder(credential), "mighty").build());

        assertThat(answer.code()).as(answer.body()).isEqualTo(422);
        assertThat(answer.body()).contains("'interlink-gateway-secrets'");
    }

    @Test
    void aSecretThatIsNotACredentialCanNotBeOverwritten() {
        Secret others =
                CLUSTER.client().resource(secret("Opaque").withData(Map.of()).build()).create();

        ApiServer.Answer answer =
                update(
                        secret("Opaque")
                                .editMetadata()
                                .withName(others.getMetadata().getName())
                                .endMetadata()
                                .build());

        assertThat(answer.code()).as(answer.body()).isEqualTo(422);
        assertThat(answer.body()).contains("'interlink-gateway-secrets'");
    }

    @Test
    void credentialsAndApiTokensAreAdmitted() {
        Secret credential = secret("Opaque").build();
        assertThat(create(credential).code()).isEqualTo(201);
        assertThat(update(credential).code()).isEqualTo(200);
        assertThat(
                        create(
                                        secret(TOKEN_TYPE)
                                                .editMetadata()
                                                .withNamespace(Deployment.NAME)
                                                .endMetadata()
                                                .build())
                                .code())
                .isEqualTo(201);
    }
}
