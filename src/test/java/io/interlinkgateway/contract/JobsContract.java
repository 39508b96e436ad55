package io.interlinkgateway.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.interlinkgateway.credential.Credentials;
import io.interlinkgateway.credential.MlflowCredential;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.CredentialName;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobFilter;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobPage;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.JobQuery;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.MlflowAccess;
import io.interlinkgateway.job.NamedJob;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.job.Replacement;
import io.interlinkgateway.job.TrackingUri;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.pod.JobStore;
import io.interlinkgateway.pod.PlacedJob;
import io.interlinkgateway.pod.PodTranslation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What [Jobs] promises, whether or not anybody runs the pods. Pods that are deleted must go away, as a
/// virtual kubelet sees to: where nobody else does, the subclass does.
public abstract class JobsContract {

    private static final Set<JobPhase> LIVING =
            Set.of(JobPhase.QUEUED, JobPhase.STARTING, JobPhase.RUNNING);
    private static final JobName NAME = new JobName("train");

    private Workspace workspace = new Workspace("not-yet");
    private SampleJobs samples = new SampleJobs(workspace, new NodeName("not-yet"));

    /// @return the port
    protected abstract JobStore jobs();

    /// @return the port that goes with it
    protected abstract Credentials credentials();

    /// @return a workspace that is there and holds nothing, another at each call
    protected abstract Workspace freshWorkspace();

    /// @return a node that takes jobs
    protected abstract NodeName node();

    /// @return how long a deleted job may take until it is gone
    protected Duration patience() {
        return Duration.ofSeconds(30);
    }

    @BeforeEach
    void chooseWorkspace() {
        workspace = freshWorkspace();
        samples = new SampleJobs(workspace, node());
    }

    @Test
    void submitCreatesTheJob() {
        JobStore.Submission submission = jobs().submit(samples.living("train"));

        assertThat(submission.created()).isTrue();
        Job job = submission.job();
        assertThat(job.name()).isEqualTo(NAME);
        assertThat(job.workspace()).isEqualTo(workspace);
        assertThat(job.node()).contains(node());
        assertThat(job.uid()).isNotEmpty();
        assertThat(JobPhase.of(job.state())).isIn(LIVING);
        assertThat(job.managedBy()).isEqualTo("gateway");
        assertThat(job.labels()).containsExactly(Map.entry("experiment", "3dgan"));
        assertThat(jobs().find(workspace, NAME)).map(Job::uid).contains(job.uid());
    }

    @Test
    void repeatWithTheSameKeyIsTheSameJob() {
        Job first = jobs().submit(samples.living("train", "key-1")).job();

        JobStore.Submission repeat = jobs().submit(samples.living("train", "key-1"));

        assertThat(repeat.created()).isFalse();
        assertThat(repeat.job().uid()).isEqualTo(first.uid());
    }

    @Test
    void repeatWithTheSameKeyAndAnotherDefinitionIsRefused() {
        jobs().submit(samples.living("train", "key-1"));

        assertThatExceptionOfType(GatewayException.IdempotencyKeyReused.class)
                .isThrownBy(() -> jobs().submit(samples.another("train", "key-1")));
    }

    @Test
    void sameNameWithAnotherDefinitionIsRefused() {
        jobs().submit(samples.living("train"));

        assertThatExceptionOfType(GatewayException.NameTaken.class)
                .isThrownBy(() -> jobs().submit(samples.another("train")));
        assertThatExceptionOfType(GatewayException.NameTaken.class)
                .isThrownBy(() -> jobs().submit(samples.another("train", "key-1")));
    }

    @Test
    void sameDefinitionWithoutKeyIsTheSameJob() {
        Job first = jobs().submit(samples.living("train")).job();

        JobStore.Submission repeat = jobs().submit(samples.living("train"));

        assertThat(repeat.created()).isFalse();
        assertThat(repeat.job().uid()).isEqualTo(first.uid());
    }

    @Test
    void parallelSubmitsWithOneKeyCreateOneJob() throws Exception {
        List<JobStore.Submission> submissions =
                inParallel(20, () -> jobs().submit(samples.living("train", "key-1")));

        assertThat(submissions).filteredOn(JobStore.Submission::created).hasSize(1);
        assertThat(submissions).map(submission -> submission.job().uid()).containsOnly(uid());
        assertThat(names(jobs().list(query(100, null)))).containsExactly("train");
    }

    @Test
    void aUsedKeyCreatesNoJobWithAnotherName() {
        Job first = jobs().submit(samples.living("train", "key-1")).job();
        Job standing = jobs().submit(samples.living("stands")).job();

        assertThatExceptionOfType(GatewayException.IdempotencyKeyReused.class)
                .isThrownBy(() -> jobs().submit(samples.living("other", "key-1")))
                .withMessageContaining("\"train\"");
        for (String name : List.of("other", "stands")) {
            assertThatExceptionOfType(GatewayException.IdempotencyKeyReused.class)
                    .isThrownBy(() ->
                            jobs().replace(
                                            samples.another(name, "key-1"),
                                            new Replacement(false, Set.of())));
            assertThatExceptionOfType(GatewayException.IdempotencyKeyReused.class)
                    .isThrownBy(() ->
                            jobs().replace(
                                            samples.living(name, "key-1"),
                                            new Replacement(true, Set.of())));
        }
        assertThat(uid()).isEqualTo(first.uid());
        assertThat(jobs().find(workspace, standing.name())).map(Job::uid).contains(standing.uid());
        assertThat(jobs().find(workspace, new JobName("other"))).isEmpty();
    }

    @Test
    void aKeyBelongsToItsWorkspace() {
        jobs().submit(samples.living("train", "key-1"));

        assertThat(
                        jobs().submit(
                                        new SampleJobs(freshWorkspace(), node())
                                                .living("other", "key-1"))
                                .created())
                .isTrue();
    }

    @Test
    void parallelSubmitsOfManyNamesWithOneKeyCreateOneJob() throws Exception {
        AtomicInteger names = new AtomicInteger();

        List<Boolean> created =
                inParallel(
                        20,
                        () -> {
                            String name = "train-" + names.incrementAndGet();
                            try {
                                return jobs().submit(samples.living(name, "key-1")).created();
                            } catch (GatewayException.IdempotencyKeyReused _) {
                                return false;
                            }
                        });

        assertThat(created).containsOnlyOnce(true);
        assertThat(names(jobs().list(query(100, null)))).hasSize(1);
    }

    @Test
    void replaceReplacesALiveJob() {
        Job old = jobs().submit(samples.living("train")).job();

        JobStore.Submission replacement =
                jobs().replace(samples.another("train"), new Replacement(false, Set.of()));

        assertThat(replacement.created()).isTrue();
        assertThat(replacement.job().uid()).isNotEqualTo(old.uid());
        assertThat(uid()).isEqualTo(replacement.job().uid());
        assertThat(jobs().find(workspace, NAME))
                .flatMap(Job::definition)
                .contains(samples.another("train").translated().job().definition());
    }

    @Test
    void replaceKeepsALiveJobWithTheSameDefinition() {
        Job old = jobs().submit(samples.living("train", "key-1")).job();

        JobStore.Submission again =
                jobs().replace(samples.living("train"), new Replacement(false, Set.of()));
        JobStore.Submission withAKey =
                jobs().replace(samples.living("train", "key-2"), new Replacement(false, Set.of()));

        assertThat(again.created()).isFalse();
        assertThat(withAKey.created()).isFalse();
        assertThat(uid()).isEqualTo(old.uid());
        assertThat(JobPhase.of(jobs().find(workspace, NAME).orElseThrow().state())).isIn(LIVING);
    }

    @Test
    void replaceReplacesAJobThatIsBeingDeleted() {
        Job old = jobs().submit(samples.living("train")).job();
        jobs().delete(workspace, NAME);

        JobStore.Submission replacement =
                jobs().replace(samples.living("train"), new Replacement(false, Set.of()));

        assertThat(replacement.created()).isTrue();
        assertThat(uid()).isEqualTo(replacement.job().uid()).isNotEqualTo(old.uid());
    }

    @Test
    void restartCreatesANewJobWithTheSameDefinition() {
        Job old = jobs().submit(samples.living("train", "key-1")).job();

        JobStore.Submission replacement =
                jobs().replace(samples.living("train", "key-2"), new Replacement(true, Set.of()));

        assertThat(replacement.created()).isTrue();
        assertThat(replacement.job().uid()).isNotEqualTo(old.uid());
    }

    @Test
    void restartRepeatedWithTheSameKeyChangesNothing() {
        jobs().submit(samples.living("train"));
        Job restarted =
                jobs().replace(samples.living("train", "key-1"), new Replacement(true, Set.of()))
                        .job();

        JobStore.Submission repeat =
                jobs().replace(samples.living("train", "key-1"), new Replacement(true, Set.of()));

        assertThat(repeat.created()).isFalse();
        assertThat(uid()).isEqualTo(restarted.uid());
    }

    @Test
    void replaceRepeatedWithTheSameKeyChangesNothing() {
        jobs().submit(samples.living("train", "key-1"));
        Job replaced =
                jobs().replace(samples.another("train", "key-2"), new Replacement(false, Set.of()))
                        .job();

        JobStore.Submission repeat =
                jobs().replace(samples.another("train", "key-2"), new Replacement(false, Set.of()));

        assertThat(repeat.created()).isFalse();
        assertThat(repeat.job().uid()).isEqualTo(replaced.uid());
        assertThat(uid()).isEqualTo(replaced.uid());
    }

    @Test
    void replaceWithAUsedKeyAndAnotherDefinitionIsRefused() {
        Job job = jobs().submit(samples.living("train", "key-1")).job();

        assertThatExceptionOfType(GatewayException.IdempotencyKeyReused.class)
                .isThrownBy(() ->
                        jobs().replace(
                                        samples.another("train", "key-1"),
                                        new Replacement(false, Set.of())));
        assertThat(uid()).isEqualTo(job.uid());
    }

    @Test
    void parallelReplacesWithOneKeyCreateOneJob() throws Exception {
        Job old = jobs().submit(samples.living("train")).job();

        List<JobStore.Submission> submissions =
                inParallel(
                        5,
                        () ->
                                jobs().replace(
                                                samples.another("train", "key-1"),
                                                new Replacement(false, Set.of())));

        assertThat(submissions).filteredOn(JobStore.Submission::created).hasSize(1);
        assertThat(submissions)
                .map(submission -> submission.job().uid())
                .containsOnly(uid())
                .doesNotContain(old.uid());
    }

    @Test
    void replaceCreatesAMissingJob() {
        JobStore.Submission submission =
                jobs().replace(samples.living("train"), new Replacement(false, Set.of()));

        assertThat(submission.created()).isTrue();
        assertThat(uid()).isEqualTo(submission.job().uid());
    }

    @Test
    void previewShowsThePodAndTheBatchLinesAndCreatesNothing() {
        JobStore.Preview preview = jobs().preview(samples.living("train").translated()).orReject();

        Pod pod = Serialization.unmarshal(preview.manifest(), Pod.class);
        assertThat(pod.getMetadata().getName()).isEqualTo("train");
        assertThat(pod.getSpec().getNodeSelector())
                .containsEntry("kubernetes.io/hostname", node().value());
        assertThat(preview.batchLines())
                .contains(
                        "#SBATCH --partition=gpu",
                        "#SBATCH --time=10",
                        "#SBATCH --cpus-per-task=1",
                        "#SBATCH --mem=256");
        assertThat(jobs().find(workspace, NAME)).isEmpty();
        assertThat(jobs().list(query(100, null)).items()).isEmpty();
    }

    @Test
    void previewIsPossibleWhileAnotherJobHasTheName() {
        Job job = jobs().submit(samples.living("train")).job();

        jobs().preview(samples.another("train").translated()).orReject();

        assertThat(uid()).isEqualTo(job.uid());
    }

    @Test
    void aMissingJobIsNotFound() {
        assertThat(jobs().find(workspace, NAME)).isEmpty();
        assertThat(jobs().manifest(workspace, NAME)).isEmpty();
        assertThat(jobs().delete(workspace, NAME)).isEmpty();
        JobPage page = jobs().list(query(100, null));
        assertThat(page.items()).isEmpty();
        assertThat(page.nextCursor()).isEmpty();
    }

    @Test
    void listIsSortedByName() {
        submitAll("c", "a", "b-2", "b-10");

        assertThat(names(jobs().list(query(100, null)))).containsExactly("a", "b-10", "b-2", "c");
    }

    @Test
    void listedJobsHaveTheirDefinitionsOnlyIfRequested() {
        Job job = jobs().submit(samples.living("train")).job();

        assertThat(jobs().list(query(100, null)).items())
                .extracting(Job::definition)
                .containsExactly(Optional.empty());
        assertThat(
                        jobs().list(
                                        new JobQuery(
                                                query(100, null).filter(),
                                                100,
                                                true,
                                                Optional.empty()))
                                .items())
                .extracting(Job::definition)
                .containsExactly(job.definition());
    }

    @Test
    void aPageOfLargeJobsHasFewerThanItsLimit() {
        for (int number = 10; number < 16; number++) {
            jobs().submit(samples.large("large-" + number));
        }

        JobPage first = jobs().list(query(100, null));
        JobPage second = jobs().list(query(100, first.nextCursor().orElseThrow()));

        assertThat(first.items()).hasSizeBetween(2, 5);
        assertThat(Stream.concat(first.items().stream(), second.items().stream()))
                .extracting(job -> job.name().value())
                .containsExactly(
                        "large-10", "large-11", "large-12", "large-13", "large-14", "large-15");
    }

    @Test
    void jobsAreCountedUpToANumber() {
        submitAll("a", "b", "c");
        JobFilter all = query(100, null).filter();
        JobFilter one =
                new JobFilter(
                        workspace,
                        Optional.of(new JobName("b")),
                        Set.of(),
                        Optional.empty(),
                        Map.of());

        assertThat(jobs().count(all, 100)).isEqualTo(3);
        assertThat(jobs().count(all, 2)).isEqualTo(2);
        assertThat(jobs().count(one, 100)).isEqualTo(1);
    }

    @Test
    void listWalksAllJobsExactlyOnceWhileOthersAreAdded() {
        List<String> first =
                IntStream.range(0, 7).mapToObj(number -> "job-" + number + "0").toList();
        first.forEach(name -> jobs().submit(samples.living(name)));

        List<String> seen = new ArrayList<>();
        Optional<String> cursor = Optional.empty();
        int pages = 0;
        do {
            JobPage page = jobs().list(query(2, cursor.orElse(null)));
            assertThat(page.items()).hasSizeLessThanOrEqualTo(2);
            seen.addAll(names(page));
            cursor = page.nextCursor();
            jobs().submit(samples.living("job-" + pages + "5"));
            pages++;
        } while (cursor.isPresent() && pages < 20);

        assertThat(cursor).isEmpty();
        assertThat(seen).isSorted().doesNotHaveDuplicates().containsAll(first);
    }

    @Test
    void listHasNoCursorIfThePageHasAllJobs() {
        submitAll("a", "b");

        assertThat(jobs().list(query(2, null)).nextCursor()).isEmpty();
    }

    @Test
    void listFiltersByLabel() {
        JobSpec spec = SampleJobs.spec("exec sleep 600");
        jobs().submit(
                        samples.placed(
                                "a",
                                SampleJobs.withLabels(spec, Map.of("team", "x", "run", "1")),
                                null));
        jobs().submit(
                        samples.placed(
                                "b",
                                SampleJobs.withLabels(spec, Map.of("team", "x", "run", "2")),
                                null));
        jobs().submit(samples.placed("c", SampleJobs.withLabels(spec, Map.of("team", "y")), null));

        assertThat(walk(Set.of(), Optional.empty(), Map.of("team", "x"))).containsExactly("a", "b");
        assertThat(walk(Set.of(), Optional.empty(), Map.of("team", "x", "run", "2")))
                .containsExactly("b");
        assertThat(walk(Set.of(), Optional.empty(), Map.of("team", "z"))).isEmpty();
    }

    @Test
    void listFiltersByNode() {
        submitAll("a", "b");

        assertThat(walk(Set.of(), Optional.of(node()), Map.of())).containsExactly("a", "b");
        assertThat(walk(Set.of(), Optional.of(new NodeName("elsewhere")), Map.of())).isEmpty();
    }

    @Test
    void listFiltersByState() {
        submitAll("a", "b");

        assertThat(walk(LIVING, Optional.empty(), Map.of())).containsExactly("a", "b");
        assertThat(walk(Set.of(JobPhase.SUCCEEDED, JobPhase.FAILED), Optional.empty(), Map.of()))
                .isEmpty();
    }

    @Test
    void listRefusesACursorThatItDidNotReturn() {
        submitAll("a");

        assertThatExceptionOfType(GatewayException.CursorExpired.class)
                .isThrownBy(() -> jobs().list(query(10, "not a cursor")));
        assertThatExceptionOfType(GatewayException.CursorExpired.class)
                .isThrownBy(() -> jobs().list(query(10, "Z2FyYmFnZSE")));
    }

    @Test
    void workspacesAreSeparate() {
        Workspace other = freshWorkspace();
        Job here = jobs().submit(samples.living("train")).job();
        Job there = jobs().submit(new SampleJobs(other, node()).another("train")).job();

        assertThat(there.uid()).isNotEqualTo(here.uid());
        assertThat(names(jobs().list(query(100, null)))).containsExactly("train");
        assertThat(uid()).isEqualTo(here.uid());
        jobs().delete(other, NAME);
        await().atMost(patience()).until(() -> jobs().find(other, NAME).isEmpty());
        assertThat(uid()).isEqualTo(here.uid());
    }

    @Test
    void manifestIsThePodAsYaml() {
        Job job = jobs().submit(samples.living("train")).job();

        String yaml = jobs().manifest(workspace, NAME).orElseThrow();

        Pod pod = Serialization.unmarshal(yaml, Pod.class);
        assertThat(pod.getKind()).isEqualTo("Pod");
        assertThat(pod.getMetadata().getUid()).isEqualTo(job.uid());
        assertThat(pod.getSpec().getContainers().getFirst().getArgs())
                .containsExactly("exec sleep 600");
    }

    @Test
    void passwordsAreNeitherInTheManifestNorInTheJob() {
        String password = "Gr8-S3cret-of-the-contract";
        credentials()
                .put(
                        workspace,
                        new CredentialName("mlflow-server"),
                        new MlflowCredential("ada", password, Optional.empty()));
        PlacedJob job =
                samples.placed(
                        "train",
                        SampleJobs.withMlflow(SampleJobs.spec("exec sleep 600"), mlflow()),
                        null);

        jobs().submit(job);

        String base64 =
                Base64.getEncoder().encodeToString(password.getBytes(StandardCharsets.UTF_8));
        assertThat(jobs().manifest(workspace, NAME).orElseThrow())
                .contains("mlflow-server")
                .doesNotContain(password, base64);
        assertThat(jobs().find(workspace, NAME).orElseThrow().toString())
                .doesNotContain(password, base64);
        assertThat(jobs().preview(job.translated()).orReject().manifest())
                .doesNotContain(password, base64);
    }

    @Test
    void theDefinitionIsReadBackAsSubmitted() {
        JobSpec spec =
                SampleJobs.withPreExec(
                        SampleJobs.withMlflow(
                                SampleJobs.withEnvironment(
                                        SampleJobs.spec("echo \"$HOME\" 'a  b'\necho äö"),
                                        Map.of("GREETING", "$HOME `id` $(X) $$ \"quoted\" ü")),
                                mlflow()),
                        "module load cuda\n");

        jobs().submit(samples.placed("train", spec, null));

        assertThat(jobs().find(workspace, NAME)).flatMap(Job::definition).contains(spec);
    }

    @Test
    void aDefinitionWithoutRequestsIsReadBackWithoutThem() {
        JobSpec spec = SampleJobs.withoutRequests(SampleJobs.spec("exec sleep 600"));

        jobs().submit(samples.placed("train", spec, null));

        assertThat(jobs().find(workspace, NAME)).flatMap(Job::definition).contains(spec);
    }

    @Test
    void deleteEndsALiveJob() {
        Job job = jobs().submit(samples.living("train")).job();

        Optional<Job> deleted = jobs().delete(workspace, NAME);

        assertThat(deleted.stream())
                .allSatisfy(going -> {
                    assertThat(going.uid()).isEqualTo(job.uid());
                    assertThat(JobPhase.of(going.state())).isEqualTo(JobPhase.CANCELLING);
                });
        await().atMost(patience()).until(() -> jobs().find(workspace, NAME).isEmpty());
        // A list comes from the watch, which may hear of the end after the API server itself says
        // it.
        await().atMost(patience())
                .untilAsserted(() -> assertThat(jobs().list(query(100, null)).items()).isEmpty());
        assertThat(jobs().submit(samples.another("train")).created()).isTrue();
    }

    @Test
    void deleteCanBeRepeated() {
        jobs().submit(samples.living("train"));

        jobs().delete(workspace, NAME);
        jobs().delete(workspace, NAME);

        await().atMost(patience()).until(() -> jobs().find(workspace, NAME).isEmpty());
        assertThat(jobs().delete(workspace, NAME))
                .as("nothing, or the removed job if its end on the HPC is not confirmed")
                .matches(job -> job.map(Job::hasUnconfirmedEnd).orElse(true));
        assertThat(jobs().submit(samples.another("train")).created()).isTrue();
    }

    @Test
    void aRawPodKeepsItsFields() {
        PodManifest manifest =
                SampleJobs.pod(
                        SampleJobs.container("main", "exec sleep 600"),
                        SampleJobs.container("side", "exec sleep 600"));

        JobStore.Submission submission = jobs().submit(samples.placed("train", manifest, "key-1"));

        assertThat(submission.created()).isTrue();
        assertThat(submission.job().definition()).containsInstanceOf(PodManifest.class);
        Pod pod =
                Serialization.unmarshal(jobs().manifest(workspace, NAME).orElseThrow(), Pod.class);
        assertThat(pod.getSpec().getContainers())
                .map(container -> container.getName())
                .containsExactly("main", "side");
        assertThat(pod.getSpec().getRestartPolicy()).isEqualTo("Never");
        assertThat(jobs().submit(samples.placed("train", manifest, "key-1")).created()).isFalse();
    }

    @Test
    void aJobReportsItsMissingConfigMap() {
        Map<String, Object> container = SampleJobs.container("main", "exec sleep 600");
        container.put("envFrom", List.of(Map.of("configMapRef", Map.of("name", "settings"))));

        jobs().submit(samples.placed("train", SampleJobs.pod(container), null));

        awaitMissing("The ConfigMap \"settings\" does not exist");
    }

    @Test
    void aJobReportsItsMissingKey() {
        credentials()
                .put(
                        workspace,
                        new CredentialName("mlflow-server"),
                        new MlflowCredential("ada", "s3cret", Optional.empty()));
        Map<String, Object> container = SampleJobs.container("main", "exec sleep 600");
        container.put(
                "env",
                List.of(
                        Map.of(
                                "name",
                                "TOKEN",
                                "valueFrom",
                                Map.of(
                                        "secretKeyRef",
                                        Map.of("name", "mlflow-server", "key", "token")))));

        jobs().submit(samples.placed("train", SampleJobs.pod(container), null));

        awaitMissing("The Secret \"mlflow-server\" has no key \"token\"");
    }

    private void awaitMissing(String message) {
        await().atMost(patience())
                .untilAsserted(() ->
                        assertThat(jobs().find(workspace, NAME).orElseThrow().state())
                                .isInstanceOfSatisfying(
                                        JobState.Queued.class,
                                        queued -> {
                                            assertThat(queued.reason())
                                                    .isEqualTo(JobState.QueueReason.SECRET_MISSING);
                                            assertThat(queued.message()).startsWith(message);
                                        }));
    }

    @Test
    void aContainerWithoutANameIsRejected() {
        Map<String, Object> nameless = SampleJobs.container("main", "true");
        nameless.remove("name");

        assertRejected(SampleJobs.pod(nameless), "spec.containers[0].name");
    }

    @Test
    void twoContainersWithOneNameAreRejected() {
        assertRejected(
                SampleJobs.pod(
                        SampleJobs.container("main", "true"), SampleJobs.container("main", "true")),
                "spec.containers[1].name");
    }

    @Test
    void anUnknownFieldIsRejected() {
        Map<String, Object> misspelt = SampleJobs.container("main", "true");
        misspelt.put("comand", List.of("/bin/true"));

        assertRejected(SampleJobs.pod(misspelt), "spec.containers[0].comand");
    }

    @Test
    void requestsBeyondTheLimitsAreRejected() {
        Map<String, Object> greedy = SampleJobs.container("main", "true");
        greedy.put(
                "resources",
                Map.of(
                        "limits",
                        Map.of("cpu", "1", "memory", "64Mi"),
                        "requests",
                        Map.of("cpu", "1", "memory", "65Mi")));

        assertRejected(SampleJobs.pod(greedy), "spec.containers[0].resources.requests");
    }

    private void assertRejected(PodManifest manifest, String field) {
        NamedJob invalid = samples.named("train", manifest, null);
        assertThatExceptionOfType(GatewayException.Rejected.class)
                .isThrownBy(
                        () -> PodTranslation.translate(invalid).then(jobs()::preview).orReject())
                .satisfies(rejected -> assertNamed(rejected, field));
        assertThatExceptionOfType(GatewayException.Rejected.class)
                .isThrownBy(() -> jobs().submit(SampleJobs.placed(invalid)))
                .satisfies(rejected -> assertNamed(rejected, field));
        assertThat(jobs().find(workspace, NAME)).isEmpty();

        Job standing = jobs().submit(samples.living("train")).job();
        assertThatExceptionOfType(GatewayException.Rejected.class)
                .isThrownBy(() ->
                        jobs().replace(
                                        SampleJobs.placed(invalid),
                                        new Replacement(false, Set.of())))
                .satisfies(rejected -> assertNamed(rejected, field));
        Job still = jobs().find(workspace, NAME).orElseThrow();
        assertThat(still.uid()).isEqualTo(standing.uid());
        assertThat(JobPhase.of(still.state())).isIn(LIVING);
    }

    private static void assertNamed(GatewayException.Rejected rejected, String field) {
        assertThat(rejected.findings())
                .anySatisfy(finding -> assertThat(finding.field()).startsWith(field));
    }

    private static MlflowAccess mlflow() {
        return new MlflowAccess(
                new CredentialName("mlflow-server"),
                TrackingUri.parse("https://mlflow.example.org/"));
    }

    private void submitAll(String... names) {
        for (String name : names) {
            jobs().submit(samples.living(name));
        }
    }

    private String uid() {
        return jobs().find(workspace, NAME).orElseThrow().uid();
    }

    private JobQuery query(int limit, @Nullable String cursor) {
        return new JobQuery(
                new JobFilter(workspace, Optional.empty(), Set.of(), Optional.empty(), Map.of()),
                limit,
                false,
                Optional.ofNullable(cursor));
    }

    private List<String> walk(
            Set<JobPhase> states, Optional<NodeName> node, Map<String, String> labels) {
        List<String> seen = new ArrayList<>();
        Optional<String> cursor = Optional.empty();
        int pages = 0;
        do {
            JobPage page =
                    jobs().list(
                                    new JobQuery(
                                            new JobFilter(
                                                    workspace,
                                                    Optional.empty(),
                                                    states,
                                                    node,
                                                    labels),
                                            1,
                                            false,
                                            cursor));
            seen.addAll(names(page));
            cursor = page.nextCursor();
            pages++;
        } while (cursor.isPresent() && pages < 20);
        assertThat(cursor).isEmpty();
        return seen;
    }

    private static List<String> names(JobPage page) {
        return page.items().stream().map(job -> job.name().value()).toList();
    }

    private static <T> List<T> inParallel(int times, Callable<T> call) throws Exception {
        CyclicBarrier start = new CyclicBarrier(times);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<T>> running =
                    IntStream.range(0, times)
                            .mapToObj(_ ->
                                    threads.submit(() -> {
                                        start.await();
                                        return call.call();
                                    }))
                            .toList();
            List<T> answers = new ArrayList<>();
            for (Future<T> answer : running) {
                answers.add(answer.get());
            }
            return answers;
        }
    }
}
