package io.interlinkgateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.Requires;
import io.interlinkgateway.contract.JobsContract;
import io.interlinkgateway.contract.SampleJobs;
import io.interlinkgateway.credential.Credentials;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobFilter;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobQuery;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.NamedJob;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Replacement;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.pod.JobStore;
import io.interlinkgateway.pod.PlacedJob;
import io.interlinkgateway.representation.PodDocument;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Requires(Component.CONTROL_PLANE)
class KubernetesJobsIT extends JobsContract {

    private static final String POD =
            """
            apiVersion: v1
            kind: Pod
            metadata:
              name: by-hand
            spec:
              containers:
              - name: main
                image: /images/busybox.sif
                command: ["true"]
                resources: {limits: {cpu: "1", memory: 1Gi}}
              nodeSelector: {kubernetes.io/hostname: vega-new-vk}
              tolerations: [{key: virtual-node.interlink/no-schedule, operator: Exists}]
            """;

    private final TestCluster cluster = TestCluster.shared();

    @Override
    protected JobStore jobs() {
        return cluster.jobs();
    }

    @Override
    protected Credentials credentials() {
        return cluster.credentials();
    }

    @Override
    protected Workspace freshWorkspace() {
        return cluster.freshWorkspace();
    }

    @Override
    protected NodeName node() {
        return TestCluster.NODE;
    }

    @Test
    void aPodCreatedByKubectlIsAJobManagedByKubectl() {
        Workspace workspace = freshWorkspace();
        cluster.client()
                .resource(Serialization.unmarshal(POD, Pod.class))
                .inNamespace(workspace.value())
                .fieldManager("kubectl-client-side-apply")
                .serverSideApply();

        Job job = jobs().find(workspace, new JobName("by-hand")).orElseThrow();

        assertThat(job.managedBy()).isEqualTo("kubectl");
    }

    @Test
    void aPodOfAnotherNodeIsNotAJobAndIsNotReplaced() {
        Workspace workspace = freshWorkspace();
        Pod other =
                new PodBuilder(Serialization.unmarshal(POD, Pod.class))
                        .editSpec()
                        .withTolerations()
                        .endSpec()
                        .build();
        cluster.client().resource(other).inNamespace(workspace.value()).create();

        JobName name = new JobName("by-hand");
        assertThat(jobs().find(workspace, name)).isEmpty();
        assertThat(jobs().delete(workspace, name)).isEmpty();
        assertThatExceptionOfType(GatewayException.NameTaken.class)
                .isThrownBy(
                        () -> jobs().replace(placed(workspace), new Replacement(false, Set.of())));
        assertThat(cluster.client().pods().inNamespace(workspace.value()).list().getItems())
                .hasSize(1);
    }

    @Test
    void aPodThatWasBoundToAVirtualNodeIsAJob() {
        Pod bound =
                new PodBuilder(Serialization.unmarshal(POD, Pod.class))
                        .editSpec()
                        .withNodeSelector(null)
                        .withTolerations()
                        .withNodeName(node().value())
                        .endSpec()
                        .build();

        assertIsJob(bound);
    }

    @Test
    void aPodThatToleratesEverythingIsAJob() {
        Pod tolerant =
                new PodBuilder(Serialization.unmarshal(POD, Pod.class))
                        .editSpec()
                        .withTolerations(new TolerationBuilder().withOperator("Exists").build())
                        .endSpec()
                        .build();

        assertIsJob(tolerant);
    }

    private void assertIsJob(Pod pod) {
        Workspace workspace = freshWorkspace();
        cluster.client().resource(pod).inNamespace(workspace.value()).create();
        JobName name = new JobName("by-hand");
        JobQuery all =
                new JobQuery(
                        new JobFilter(
                                workspace, Optional.empty(), Set.of(), Optional.empty(), Map.of()),
                        10,
                        false,
                        Optional.empty());

        assertThat(jobs().find(workspace, name)).flatMap(Job::node).contains(node());
        await().untilAsserted(() ->
                assertThat(jobs().list(all).items()).extracting(Job::name).containsExactly(name));
        assertThat(cluster.logs().find(workspace, name, Optional.empty()).key().job())
                .isEqualTo(name);
        assertThat(jobs().delete(workspace, name)).isPresent();
    }

    @Test
    void aMissingWorkspaceIsNotFound() {
        assertThatExceptionOfType(GatewayException.NotFound.class)
                .isThrownBy(() -> jobs().submit(placed(new Workspace("nowhere"))))
                .withMessageContaining("workspace");
    }

    /// The API server forgets events after an hour, and the job may live for weeks.
    @Test
    void aKeyCreatesNoJobWithAnotherNameAfterItsClaimHasExpired() {
        Workspace workspace = freshWorkspace();
        SampleJobs samples = new SampleJobs(workspace, node());
        jobs().submit(samples.living("train", "key-1"));
        assertThat(cluster.client().v1().events().inNamespace(workspace.value()).delete())
                .isNotEmpty();

        assertThatExceptionOfType(GatewayException.IdempotencyKeyReused.class)
                .isThrownBy(() -> jobs().submit(samples.living("other", "key-1")));
    }

    /// Who may make events in the namespace may write anything in them.
    @ParameterizedTest
    @ValueSource(strings = {"", "No_Name", "other"})
    void aForgedClaimCountsAsAnotherRequests(String name) {
        Workspace workspace = freshWorkspace();
        SampleJobs samples = new SampleJobs(workspace, node());
        jobs().submit(samples.living("train", "key-1"));
        jobs().delete(workspace, new JobName("train"));
        await().until(() -> jobs().find(workspace, new JobName("train")).isEmpty());
        Event claim =
                cluster
                        .client()
                        .v1()
                        .events()
                        .inNamespace(workspace.value())
                        .list()
                        .getItems()
                        .stream()
                        .filter(event -> "IdempotencyKeyClaimed".equals(event.getReason()))
                        .findFirst()
                        .orElseThrow();
        cluster.client().v1().events().resource(claim).delete();
        claim.getMetadata().setResourceVersion(null);
        claim.getInvolvedObject().setName(name);
        cluster.client().v1().events().resource(claim).create();

        assertThatExceptionOfType(GatewayException.IdempotencyKeyReused.class)
                .isThrownBy(() -> jobs().submit(samples.living("train", "key-1")));
    }

    /// The gateway ended between the claim and the pod, or the pod's create is still under way.
    @Test
    void aClaimAppliesBeforeItsPodExists() {
        Workspace workspace = freshWorkspace();
        SampleJobs samples = new SampleJobs(workspace, node());
        jobs().submit(samples.living("train", "key-1"));
        jobs().delete(workspace, new JobName("train"));
        await().until(() -> jobs().find(workspace, new JobName("train")).isEmpty());

        assertThatExceptionOfType(GatewayException.IdempotencyKeyReused.class)
                .isThrownBy(() -> jobs().submit(samples.living("other", "key-1")))
                .withMessageContaining("\"train\"");
        assertThat(jobs().submit(samples.living("train", "key-1")).created()).isTrue();
    }

    @Test
    void theSchedulersMessageExplainsWhyAJobWaits() {
        Workspace workspace = freshWorkspace();
        PlacedJob elsewhere =
                SampleJobs.placed(
                        new NamedJob(
                                new JobName("waits"),
                                workspace,
                                new NodeName("no-such-node"),
                                PodDocument.parse(POD.replace("vega-new-vk", "no-such-node"))
                                        .definition(),
                                Optional.empty(),
                                Optional.empty()));
        jobs().submit(elsewhere);

        await().untilAsserted(() ->
                assertThat(jobs().find(workspace, new JobName("waits")).orElseThrow().state())
                        .isInstanceOfSatisfying(
                                JobState.Queued.class,
                                queued ->
                                        assertThat(queued.reason())
                                                .isEqualTo(JobState.QueueReason.NODE_NOT_READY)));
    }

    private static PlacedJob placed(Workspace workspace) {
        return SampleJobs.placed(
                new NamedJob(
                        new JobName("by-hand"),
                        workspace,
                        TestCluster.NODE,
                        PodDocument.parse(POD).definition(),
                        Optional.empty(),
                        Optional.empty()));
    }
}
