package io.interlinkgateway.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.JobState.FailureReason;
import io.interlinkgateway.job.JobState.QueueReason;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.pod.MetadataNames;
import io.interlinkgateway.pod.PodCase;
import io.interlinkgateway.pod.PodTranslation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The state of a job at each step while its record has not been found: interLink's reports of success and its exit
/// codes are not trusted.
@Execution(ExecutionMode.CONCURRENT)
class PodReadingTests {

    private static final Instant NOW = Instant.parse("2026-11-24T09:00:00Z");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    args-special | SUBMITTING SUBMITTING SUBMITTING IN_HPC_QUEUE SUCCESS_UNCONFIRMED SUCCESS_UNCONFIRMED SUCCESS_UNCONFIRMED
                    bad-partition | SUBMITTING SUBMITTING SUBMITTING SUBMISSION_REFUSED SUBMISSION_REFUSED SUBMISSION_REFUSED
                    command-missing | SUBMITTING SUBMITTING SUBMITTING IN_HPC_QUEUE OTHER OTHER OTHER
                    configuring-node | SUBMITTING SUBMITTING SUBMITTING IN_HPC_QUEUE SUCCESS_UNCONFIRMED SUCCESS_UNCONFIRMED SUCCESS_UNCONFIRMED
                    deleted-running | SUBMITTING SUBMITTING SUBMITTING IN_HPC_QUEUE RUNNING CANCELLING CANCELLING
                    env-special | SUBMITTING SUBMITTING SUBMITTING IN_HPC_QUEUE SUCCESS_UNCONFIRMED SUCCESS_UNCONFIRMED SUCCESS_UNCONFIRMED
                    exit-7 | SUBMITTING SUBMITTING SUBMITTING IN_HPC_QUEUE OTHER OTHER OTHER
                    image-missing | SUBMITTING SUBMITTING SUBMITTING IN_HPC_QUEUE OTHER OTHER OTHER
                    init-and-two | SUBMITTING NODE_FULL SUBMITTING SUBMITTING IN_HPC_QUEUE RUNNING OTHER OTHER OTHER
                    newline-flags | SUBMITTING SUBMITTING SUBMITTING IN_HPC_QUEUE SUCCESS_UNCONFIRMED SUCCESS_UNCONFIRMED SUCCESS_UNCONFIRMED
                    no-limits | SUBMITTING SUBMITTING SUBMITTING IN_HPC_QUEUE SUCCESS_UNCONFIRMED SUCCESS_UNCONFIRMED SUCCESS_UNCONFIRMED
                    node-fail-no-requeue | SUBMITTING SUBMITTING SUBMITTING IN_HPC_QUEUE RUNNING OTHER OTHER OTHER
                    node-fail-requeue | SUBMITTING SUBMITTING SUBMITTING IN_HPC_QUEUE RUNNING REQUEUED RUNNING SUCCESS_UNCONFIRMED SUCCESS_UNCONFIRMED SUCCESS_UNCONFIRMED
                    out-of-memory | SUBMITTING SUBMITTING SUBMITTING IN_HPC_QUEUE OTHER OTHER OTHER
                    plugin-down-while-running | SUBMITTING SUBMITTING SUBMITTING IN_HPC_QUEUE RUNNING SUCCESS_UNCONFIRMED SUCCESS_UNCONFIRMED SUCCESS_UNCONFIRMED
                    pre-exec-fails | SUBMITTING SUBMITTING SUBMITTING IN_HPC_QUEUE OTHER OTHER OTHER
                    pre-exec-output | SUBMITTING SUBMITTING SUBMITTING IN_HPC_QUEUE SUCCESS_UNCONFIRMED SUCCESS_UNCONFIRMED SUCCESS_UNCONFIRMED
                    run-entrypoint | SUBMITTING SUBMITTING SUBMITTING IN_HPC_QUEUE SUCCESS_UNCONFIRMED SUCCESS_UNCONFIRMED SUCCESS_UNCONFIRMED
                    scancelled-outside | SUBMITTING SUBMITTING SUBMITTING IN_HPC_QUEUE RUNNING OTHER OTHER OTHER
                    scancelled-pending | SUBMITTING SUBMITTING SUBMITTING IN_HPC_QUEUE SUCCESS_UNCONFIRMED SUCCESS_UNCONFIRMED SUCCESS_UNCONFIRMED
                    secret-late | SUBMITTING SUBMITTING SUBMITTING IN_HPC_QUEUE SUCCESS_UNCONFIRMED SUCCESS_UNCONFIRMED SUCCESS_UNCONFIRMED
                    secret-missing | SUBMITTING SUBMITTING CANCELLING CANCELLING CANCELLING
                    submitted-while-down | SUBMITTING NODE_NOT_READY SUBMITTING SUBMITTING IN_HPC_QUEUE SUCCESS_UNCONFIRMED SUCCESS_UNCONFIRMED SUCCESS_UNCONFIRMED
                    succeeds | SUBMITTING SUBMITTING SUBMITTING IN_HPC_QUEUE SUCCESS_UNCONFIRMED SUCCESS_UNCONFIRMED SUCCESS_UNCONFIRMED
                    timeout | SUBMITTING SUBMITTING SUBMITTING IN_HPC_QUEUE RUNNING TIME_LIMIT TIME_LIMIT TIME_LIMIT
                    too-many-gpus | SUBMITTING SUBMITTING SUBMITTING SUBMISSION_REFUSED SUBMISSION_REFUSED SUBMISSION_REFUSED
                    virtual-kubelet-restart | SUBMITTING SUBMITTING SUBMITTING IN_HPC_QUEUE RUNNING OTHER OTHER OTHER
                    """)
    void jobFromReadsTheClaimOfEachStep(String recording, String states) {
        assertThat(
                        Recordings.podsOf(recording).stream()
                                .map(pod -> shown(job(pod).state()))
                                .collect(Collectors.joining(" ")))
                .isEqualTo(states);
    }

    private static String shown(JobState state) {
        return switch (state) {
            case JobState.Queued queued -> queued.reason().name();
            case JobState.Starting _ -> "STARTING";
            case JobState.Running _ -> "RUNNING";
            case JobState.Succeeded _ -> "SUCCEEDED";
            case JobState.Failed failed ->
                    failed.reason()
                            + (failed.exitCode().isPresent()
                                    ? "=" + failed.exitCode().getAsInt()
                                    : "");
            case JobState.Cancelling _ -> "CANCELLING";
            case JobState.Unknown unknown -> unknown.reason().name();
        };
    }

    @Test
    void jobFromReadsWhoWhatAndWhen() {
        Job job = job(Recordings.podsOf("timeout").get(5));
        assertThat(job.name().value()).isEqualTo("timeout");
        assertThat(job.workspace().value()).isEqualTo("default");
        assertThat(job.node())
                .hasValueSatisfying(node -> assertThat(node.value()).isEqualTo("vega-new-vk"));
        assertThat(job.remoteJobId()).contains("10");
        assertThat(job.managedBy()).as("the recording has no managed fields").isEqualTo("unknown");
        assertThat(job.createdAt()).isEqualTo("2026-11-23T23:48:04Z");
        assertThat(job.evidence()).isEqualTo(new Job.Evidence(Job.Source.API_SERVER, NOW, true));
        assertThat(job.definition()).containsInstanceOf(PodManifest.class);
        assertThat(job.state())
                .isEqualTo(
                        new JobState.Failed(
                                observed("2026-11-23T23:48:06Z"),
                                observed("2026-11-23T23:49:36Z"),
                                OptionalInt.empty(),
                                FailureReason.TIME_LIMIT,
                                "SLURM job reached its time limit and was terminated"));
    }

    private static Optional<JobState.Moment> observed(String at) {
        return Optional.of(new JobState.Moment(Instant.parse(at), JobState.Precision.OBSERVED));
    }

    @Test
    void managedByNamesWhoMadeThePod() {
        Pod pod = Recordings.pod(Recordings.podsOf("succeeds").getFirst());
        // spotless:off
        Pod applied = new PodBuilder(pod)
                .editMetadata()
                    .addNewManagedField().withManager(PodTranslation.MANAGER).endManagedField()
                    .addNewManagedField().withManager("kubectl-client-side-apply").endManagedField()
                    .addNewManagedField().withManager("kubelet").endManagedField()
                .endMetadata()
                .build();
        // spotless:on
        assertThat(PodReading.jobFrom(applied, NOW).managedBy()).isEqualTo("kubectl");
    }

    @Test
    void jobFromExtractsSbatchsMessageFromFourLayers() {
        assertThat(job(Recordings.podsOf("bad-partition").get(3)).state())
                .isInstanceOfSatisfying(
                        JobState.Failed.class,
                        failed ->
                                assertThat(failed.message())
                                        .isEqualTo(
                                                "invalid partition specified: nosuch; Batch job"
                                                    + " submission failed: Invalid partition name"
                                                    + " specified"));
    }

    @Test
    void cancellingBeginsWhenTheDeletionWasAskedAndNotWhenTheGraceEnds() {
        assertThat(job(Recordings.podsOf("deleted-running").get(5)).state())
                .isEqualTo(new JobState.Cancelling(Instant.parse("2026-11-23T23:50:17Z")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"Ready", "Waiting", "Unknown", ""})
    void jobFromKnowsNothingFromPhasesThatSayNothing(String phase) {
        assertThat(withPhase(phase).state()).isInstanceOf(JobState.Unknown.class);
    }

    @Test
    void jobFromReadsInterlinksOwnPhaseForMissingSecrets() {
        assertThat(withPhase("Initializing").state())
                .isInstanceOfSatisfying(
                        JobState.Queued.class,
                        queued ->
                                assertThat(queued.reason()).isEqualTo(QueueReason.SECRET_MISSING));
    }

    private static Job withPhase(String phase) {
        Pod pod = Recordings.pod(Recordings.podsOf("succeeds").getFirst());
        return PodReading.jobFrom(
                new PodBuilder(pod).editStatus().withPhase(phase).endStatus().build(), NOW);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "init-and-two",
                "bad-partition",
                "deleted-running",
                "timeout",
                "node-fail-requeue",
                "env-special",
                "secret-missing",
                "succeeds"
            })
    void jobFromTakesPodsThatLackAnything(String recording) {
        List<JsonNode> pods = Recordings.podsOf(recording);
        List<String> mutants = new ArrayList<>();
        ObjectNode pod = (ObjectNode) pods.get(pods.size() - 2);
        RecordedCase.of(recording)
                .record()
                .ifPresent(record ->
                        ((ObjectNode) pod.at("/metadata/annotations"))
                                .put(
                                        MetadataNames.JOB_RECORD,
                                        PodReading.recordAnnotation(Recordings.pod(pod), record)));
        mutate(pod, "", mutants);
        assertThat(mutants).hasSizeGreaterThan(100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "[[[[", "\u0000", "{\"version\":1,\"uid\":7}"})
    void jobFromTakesAnyAnnotation(String text) {
        Pod pod =
                new PodBuilder(RecordedCase.of("succeeds").last())
                        .editMetadata()
                        .addToAnnotations(MetadataNames.JOB_RECORD, text)
                        .endMetadata()
                        .build();

        assertThat(PodReading.jobFrom(pod, NOW).state()).isInstanceOf(JobState.Unknown.class);
    }

    @Test
    void jobFromTakesConditionsTwiceAndMessagesOfMegabytes() {
        // spotless:off
        Pod pod = new PodBuilder(RecordedCase.of("bad-partition").last())
                .editStatus()
                    .withMessage("x".repeat(3_000_000))
                    .withReason("y".repeat(3_000_000))
                    .addNewCondition().withType("PodScheduled").withStatus("False").endCondition()
                    .addNewCondition().withType("PodScheduled").withStatus("False").endCondition()
                    .withContainerStatuses(List.of())
                .endStatus()
                .build();
        // spotless:on
        assertThat(((JobState.Failed) PodReading.jobFrom(pod, NOW).state()).message())
                .hasSizeLessThan(5000);
    }

    @Test
    void jobFromTakesPodsOfTheGatewayThatLackAnything() {
        for (PodCase podCase : PodCase.all()) {
            if (podCase.name().equals("all-fields") || podCase.name().equals("smallest")) {
                String pod =
                        PodCase.SERIALIZATION.asJson(
                                PodTranslation.translate(podCase.job()).orReject().pod());
                List<String> mutants = new ArrayList<>();
                mutate(
                        (ObjectNode) new tools.jackson.databind.json.JsonMapper().readTree(pod),
                        "",
                        mutants);
                assertThat(mutants).hasSizeGreaterThan(20);
            }
        }
    }

    /// Takes each field away in turn, makes it null, empties it, and puts it back.
    private static void mutate(ObjectNode whole, String path, List<String> mutants) {
        mutate(whole, whole, path, mutants);
    }

    private static void mutate(ObjectNode whole, JsonNode part, String path, List<String> mutants) {
        switch (part) {
            case ObjectNode object -> {
                for (String name : List.copyOf(object.propertyNames())) {
                    JsonNode value = object.get(name);
                    String here = path + "/" + name;
                    object.remove(name);
                    read(whole, here + " absent", mutants);
                    object.putNull(name);
                    read(whole, here + " null", mutants);
                    if (value.isContainer()) {
                        object.set(
                                name, value.isArray() ? object.arrayNode() : object.objectNode());
                        read(whole, here + " empty", mutants);
                    } else if (value.isString()) {
                        object.put(name, "");
                        read(whole, here + " blank", mutants);
                    }
                    object.set(name, value);
                    mutate(whole, value, here, mutants);
                }
            }
            case ArrayNode array ->
                    IntStream.range(0, array.size())
                            .forEach(index ->
                                    mutate(whole, array.get(index), path + "/" + index, mutants));
            default -> {}
        }
    }

    private static void read(ObjectNode whole, String mutant, List<String> mutants) {
        Pod pod;
        try {
            pod = Recordings.pod(whole);
        } catch (KubernetesClientException notAPod) {
            return; // the client itself doesn't take it, such as an amount without a number
        }
        mutants.add(mutant);
        assertThatCode(
                        () -> {
                            if (PodReading.isJob(pod, _ -> false)) {
                                PodReading.jobFrom(pod, NOW);
                            }
                        })
                .as(mutant)
                .doesNotThrowAnyException();
    }

    @Test
    void aPodThatStandsOnAVirtualNodeIsAJobHoweverItGotThere() {
        assertThat(isJobOn("vega", bound("vega"))).isTrue();
        assertThat(isJobOn("vega", bound("worker"))).isFalse();
    }

    @Test
    void aPodThatToleratesEverythingIsAJobIfItSelectsAVirtualNode() {
        Toleration all = new TolerationBuilder().withOperator("Exists").build();
        Toleration named = new TolerationBuilder().withKey("other").withOperator("Exists").build();
        Toleration running =
                new TolerationBuilder().withOperator("Exists").withEffect("NoExecute").build();

        assertThat(isJobOn("vega", selecting("vega", all))).isTrue();
        assertThat(isJobOn("vega", selecting("worker", all))).isFalse();
        assertThat(isJobOn("vega", selecting("vega", named))).isFalse();
        assertThat(isJobOn("vega", selecting("vega", running))).isFalse();
    }

    @Test
    void theAnnotationOfKubectlChoosesTheContainerWhoseLogIsMeant() {
        Pod pod =
                new PodBuilder()
                        .withNewMetadata()
                        .addToAnnotations("kubectl.kubernetes.io/default-container", "train")
                        .endMetadata()
                        .withNewSpec()
                        .addNewContainer()
                        .withName("proxy")
                        .endContainer()
                        .addNewContainer()
                        .withName("train")
                        .endContainer()
                        .endSpec()
                        .build();

        assertThat(PodReading.containerOf(pod, Optional.empty())).isEqualTo("train");
        assertThat(PodReading.containerOf(pod, Optional.of("proxy"))).isEqualTo("proxy");
        pod.getMetadata()
                .setAnnotations(Map.of("kubectl.kubernetes.io/default-container", "other"));
        assertThat(PodReading.containerOf(pod, Optional.empty())).isEqualTo("proxy");
    }

    private static boolean isJobOn(String virtual, PodSpec spec) {
        Pod pod =
                new PodBuilder()
                        .withNewMetadata()
                        .withName("train")
                        .withNamespace("default")
                        .endMetadata()
                        .withSpec(spec)
                        .build();
        return PodReading.isJob(pod, node -> node.value().equals(virtual));
    }

    private static PodSpec bound(String node) {
        return new PodSpecBuilder().withNodeName(node).build();
    }

    private static PodSpec selecting(String node, Toleration toleration) {
        return new PodSpecBuilder()
                .addToNodeSelector(MetadataNames.HOSTNAME, node)
                .withTolerations(toleration)
                .build();
    }

    private static Job job(JsonNode json) {
        Pod pod = Recordings.pod(json);
        assertThat(PodReading.isJob(pod, _ -> false)).isTrue();
        return PodReading.jobFrom(pod, NOW);
    }
}
