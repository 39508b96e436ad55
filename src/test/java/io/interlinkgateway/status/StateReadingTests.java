package io.interlinkgateway.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.Job.ContainerExit;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.JobState.FailureReason;
import io.interlinkgateway.job.JobState.Moment;
import io.interlinkgateway.job.JobState.Precision;
import io.interlinkgateway.job.JobState.QueueReason;
import io.interlinkgateway.job.MissingObject;
import io.interlinkgateway.job.ObjectReference;
import io.interlinkgateway.pod.MetadataNames;
import io.interlinkgateway.record.JobOut;
import io.interlinkgateway.record.JobRecord;
import io.interlinkgateway.record.JobRecord.Fault;
import io.interlinkgateway.record.JobRecord.FaultKind;
import io.interlinkgateway.record.JobRecord.KillCause;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The reported state and the record together: every phase with every record, and their times and sources.
class StateReadingTests {

    static final Instant NOW = Instant.parse("2026-11-24T09:00:00Z");
    static final Instant START = Instant.parse("2026-11-24T08:00:00Z");
    static final Instant END = Instant.parse("2026-11-24T08:10:00Z");
    private static final Instant NOTICED = Instant.parse("2026-11-24T08:10:07Z");

    private static final Map<String, Optional<JobRecord>> RECORDS =
            Map.ofEntries(
                    Map.entry("none", Optional.empty()),
                    Map.entry("headless", Optional.of(new JobRecord.NoHeader())),
                    Map.entry("empty", Optional.of(new JobRecord.Empty())),
                    Map.entry("started", Optional.of(new JobRecord.Started(Optional.of(START)))),
                    Map.entry("ended well", ended(0, false, Optional.empty())),
                    Map.entry("ended with 7", ended(7, false, Optional.empty())),
                    Map.entry("ended with 137, memory", ended(137, true, Optional.empty())),
                    Map.entry("ended with 0, memory", ended(0, true, Optional.empty())),
                    Map.entry(
                            "no image",
                            ended(255, false, Optional.of(new Fault(FaultKind.IMAGE, "lstat")))),
                    Map.entry("time limit", killed(KillCause.TIME_LIMIT)),
                    Map.entry("memory", killed(KillCause.MEMORY)),
                    Map.entry("cancelled", killed(KillCause.CANCELLATION)),
                    Map.entry("node failure", killed(KillCause.NODE_FAILURE)),
                    Map.entry("preemption", killed(KillCause.PREEMPTION)),
                    Map.entry("requeue", killed(KillCause.REQUEUE)),
                    Map.entry("contradictory", Optional.of(new JobRecord.Contradictory())),
                    Map.entry("other plugin", Optional.of(new JobRecord.OtherPlugin())));

    private static Optional<JobRecord> ended(int code, boolean memory, Optional<Fault> fault) {
        return Optional.of(
                new JobRecord.Ended(
                        START,
                        END,
                        code,
                        List.of(new ContainerExit("c", code, END)),
                        memory,
                        fault));
    }

    private static Optional<JobRecord> killed(KillCause killer) {
        return Optional.of(
                new JobRecord.Killed(
                        Optional.of(START),
                        Optional.of(LocalDateTime.parse("2026-11-24T08:10:00")),
                        killer,
                        "*** JOB 12 ***"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            useHeadersInDisplayName = true,
            textBlock =
                    """
                    record                 | Pending          | Running          | Succeeded             | Failed
                    none                   | IN_HPC_QUEUE     | RUNNING          | SUCCESS_UNCONFIRMED   | OTHER
                    headless               | IN_HPC_QUEUE     | RUNNING          | SUCCESS_UNCONFIRMED   | OTHER
                    empty                  | IN_HPC_QUEUE     | RUNNING          | SUCCESS_UNCONFIRMED   | OTHER
                    started                | RUNNING record   | RUNNING record   | RUNNING record        | OTHER
                    ended well             | SUCCEEDED record | SUCCEEDED record | SUCCEEDED record      | CONTRADICTION
                    ended with 7           | EXIT_CODE=7 record | EXIT_CODE=7 record | EXIT_CODE=7 record | EXIT_CODE=7 record
                    ended with 137, memory | OUT_OF_MEMORY=137 record | OUT_OF_MEMORY=137 record | OUT_OF_MEMORY=137 record | OUT_OF_MEMORY=137 record
                    ended with 0, memory   | OUT_OF_MEMORY=0 record | OUT_OF_MEMORY=0 record | OUT_OF_MEMORY=0 record | OUT_OF_MEMORY=0 record
                    no image               | IMAGE_UNAVAILABLE=255 record | IMAGE_UNAVAILABLE=255 record | IMAGE_UNAVAILABLE=255 record | IMAGE_UNAVAILABLE=255 record
                    time limit             | TIME_LIMIT record | TIME_LIMIT record | TIME_LIMIT record | TIME_LIMIT record
                    memory                 | OUT_OF_MEMORY record | OUT_OF_MEMORY record | OUT_OF_MEMORY record | OUT_OF_MEMORY record
                    cancelled              | CANCELLED_ON_HPC record | CANCELLED_ON_HPC record | CANCELLED_ON_HPC record | CANCELLED_ON_HPC record
                    node failure           | IN_HPC_QUEUE     | RUNNING          | MAY_START_AGAIN record | NODE_FAILED record
                    preemption             | IN_HPC_QUEUE     | RUNNING          | MAY_START_AGAIN record | CANCELLED_ON_HPC record
                    requeue                | IN_HPC_QUEUE     | RUNNING          | MAY_START_AGAIN record | CANCELLED_ON_HPC record
                    contradictory          | IN_HPC_QUEUE     | RUNNING          | CONTRADICTION         | OTHER
                    other plugin           | IN_HPC_QUEUE     | RUNNING          | SUCCEEDED             | EXIT_CODE=56
                    """)
    void eachClaimWithEachRecord(
            String record, String pending, String running, String succeeded, String failed) {
        assertThat(shown(claim("Pending"), record)).isEqualTo(pending);
        assertThat(shown(claim("Running"), record)).isEqualTo(running);
        assertThat(shown(claim("Succeeded"), record)).isEqualTo(succeeded);
        assertThat(shown(claim("Failed"), record)).isEqualTo(failed);
    }

    @ParameterizedTest
    @CsvSource({
        "headless, PRE_EXEC_FAILED, ends with their output",
        "empty, PRE_EXEC_FAILED, failed without output",
        "none, OTHER, was not found yet"
    })
    void aFailureBeforeTheContainersIsThatOfThePreExec(
            String record, FailureReason reason, String message) {
        Pod pod =
                new PodBuilder(claim("Failed"))
                        .editMetadata()
                        .addToAnnotations(MetadataNames.PRE_EXEC, "exit 1")
                        .endMetadata()
                        .build();

        assertThat(job(pod, record).state())
                .isInstanceOfSatisfying(
                        JobState.Failed.class,
                        failed -> {
                            assertThat(failed.reason()).isEqualTo(reason);
                            assertThat(failed.message()).contains(message);
                        });
    }

    @Test
    void aFailureWithAnEmptyLogShowsThatNoContainerStarted() {
        assertThat(job(claim("Failed"), "empty").state())
                .isInstanceOfSatisfying(
                        JobState.Failed.class,
                        failed ->
                                assertThat(failed.message())
                                        .contains("its log is empty", "did not start"));
    }

    private static String shown(Pod pod, String record) {
        return shown(job(pod, record));
    }

    /// The state in short, and whose word it is unless it is the pod's.
    static String shown(Job job) {
        String state =
                switch (job.state()) {
                    case JobState.Queued queued -> queued.reason().name();
                    case JobState.Failed failed ->
                            failed.reason()
                                    + (failed.exitCode().isPresent()
                                            ? "=" + failed.exitCode().getAsInt()
                                            : "");
                    case JobState.Unknown unknown -> unknown.reason().name();
                    default -> JobPhase.of(job.state()).name();
                };
        return state
                + switch (job.evidence().source()) {
                    case API_SERVER -> "";
                    case JOB_RECORD -> " record";
                    case SLURM -> " slurm";
                };
    }

    private static Job job(Pod pod, String record) {
        return PodReading.jobFrom(annotated(pod, record), NOW);
    }

    static Pod annotated(Pod pod, String record) {
        Optional<JobRecord> found = Objects.requireNonNull(RECORDS.get(record), record);
        return found.isEmpty()
                ? pod
                : new PodBuilder(pod)
                        .editMetadata()
                        .addToAnnotations(
                                MetadataNames.JOB_RECORD,
                                PodReading.recordAnnotation(pod, found.get()))
                        .endMetadata()
                        .build();
    }

    /// As interLink claims it, with an exit code of 56 where it failed.
    static Pod claim(String phase) {
        // spotless:off
        PodBuilder pod =
                new PodBuilder()
                        .withNewMetadata()
                        .withName("job")
                        .withNamespace("default")
                        .withUid(JobOut.UID)
                        .withCreationTimestamp("2026-11-24T07:00:00Z")
                        .addToAnnotations(MetadataNames.JOB_ID, "12")
                        .endMetadata()
                        .withNewSpec()
                        .addToNodeSelector(MetadataNames.HOSTNAME, "vega-new-vk")
                        .addNewContainer()
                        .withName("c")
                        .withNewResources()
                        .addToRequests("cpu", new Quantity("48"))
                        .addToLimits("memory", new Quantity("150Gi"))
                        .endResources()
                        .endContainer()
                        .endSpec()
                        .withNewStatus()
                        .withPhase(phase)
                        .withStartTime("2026-11-24T07:00:01Z")
                        .endStatus();
        if (phase.equals("Succeeded") || phase.equals("Failed")) {
            pod.editStatus()
                    .addNewContainerStatus()
                    .withName("c")
                    .withNewState()
                    .withNewTerminated()
                    .withExitCode(phase.equals("Failed") ? 56 : 0)
                    .withFinishedAt(NOTICED.toString())
                    .endTerminated()
                    .endState()
                    .endContainerStatus()
                    .endStatus();
        }
        // spotless:on
        return pod.build();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    none | true
                    headless | true
                    started | true
                    contradictory | true
                    node failure | true
                    time limit | true
                    ended well | false
                    ended with 7 | false
                    other plugin | false
                    """)
    void needsRecordUntilNothingBetterCanCome(String record, boolean needed) {
        assertThat(PodReading.recordNeed(annotated(claim("Succeeded"), record), Optional.empty()))
                .isEqualTo(needed ? RecordNeed.SEARCH : RecordNeed.NONE);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    none | WATCH
                    headless | WATCH
                    started | WATCH
                    contradictory | WATCH
                    node failure | NONE
                    time limit | NONE
                    ended well | NONE
                    ended with 7 | NONE
                    other plugin | NONE
                    """)
    void watchesTheRecordOfAJobThatTheHpcHasUntilItEnds(String record, RecordNeed need) {
        assertThat(PodReading.recordNeed(annotated(claim("Running"), record), Optional.empty()))
                .isEqualTo(need);
        assertThat(PodReading.recordNeed(annotated(claim("Pending"), record), Optional.empty()))
                .isEqualTo(need);
    }

    @Test
    void aKillIsFinalWhereInterlinkSawItFail() {
        assertThat(
                        PodReading.recordNeed(
                                annotated(claim("Failed"), "node failure"), Optional.empty()))
                .isEqualTo(RecordNeed.NONE);
    }

    @Test
    void aRefusedJobHasNoRecordToLookFor() {
        Pod refused =
                new PodBuilder(claim("Failed"))
                        .editStatus()
                        .withReason("ProviderFailed")
                        .endStatus()
                        .build();

        assertThat(PodReading.recordNeed(refused, Optional.empty())).isEqualTo(RecordNeed.NONE);
        assertThat(shown(refused, "ended well")).isEqualTo("SUBMISSION_REFUSED");
    }

    @Test
    void anotherPodsRecordIsNotBelieved() {
        Pod copied =
                new PodBuilder(annotated(claim("Succeeded"), "ended well"))
                        .editMetadata()
                        .withUid("another")
                        .endMetadata()
                        .build();

        assertThat(PodReading.recordOf(copied)).isEmpty();
        assertThat(PodReading.jobFrom(copied, NOW).state()).isInstanceOf(JobState.Unknown.class);
    }

    @Test
    void theStateHasTheRecordsTimesAndExitCodes() {
        Job job = job(claim("Failed"), "ended with 7");

        assertThat(job.containers()).containsExactly(new ContainerExit("c", 7, END));
        assertThat(job.state())
                .isEqualTo(
                        new JobState.Failed(
                                Optional.of(new Moment(START, Precision.SECOND)),
                                Optional.of(new Moment(END, Precision.SECOND)),
                                OptionalInt.of(7),
                                FailureReason.EXIT_CODE,
                                "The container c ended with exit code 7."));
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-24T08:10:00, 2026-11-24T08:10:00Z, SECOND",
        "2026-11-24T09:10:00, 2026-11-24T08:10:00Z, SECOND",
        "2026-11-24T00:10:00, 2026-11-24T08:10:00Z, SECOND",
        "2026-11-24T22:10:06, 2026-11-24T08:10:06Z, SECOND",
        "2026-11-24T08:00:08, 2026-11-24T08:00:08Z, SECOND",
        "2026-11-24T08:00:06, 2026-11-24T08:10:07Z, OBSERVED",
        "2026-11-24T08:10:30, 2026-11-24T08:10:07Z, OBSERVED",
        "1999-12-31T23:59:59, 2026-11-24T08:10:07Z, OBSERVED"
    })
    void slurmsLocalTimeIsMadeUniversalByTheOneOffsetThatFits(
            LocalDateTime killedAt, Instant finishedAt, Precision precision) {
        JobRecord killed =
                new JobRecord.Killed(
                        Optional.of(START), Optional.of(killedAt), KillCause.TIME_LIMIT, "");
        Pod pod = claim("Failed");
        Pod annotated =
                new PodBuilder(pod)
                        .editMetadata()
                        .addToAnnotations(
                                MetadataNames.JOB_RECORD, PodReading.recordAnnotation(pod, killed))
                        .endMetadata()
                        .build();

        assertThat(((JobState.Failed) PodReading.jobFrom(annotated, NOW).state()).finishedAt())
                .contains(new Moment(finishedAt, precision));
    }

    @Test
    void theMessageHasSlurmsKillLine() {
        assertThat(((JobState.Failed) job(claim("Failed"), "time limit").state()).message())
                .isEqualTo("The job reached its time limit. SLURM: *** JOB 12 ***");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod. | NODE_FULL | The node does not have enough free resources for the job: cpu (48 requested, 40 in total).
                    0/5 nodes are available: 1 Insufficient cpu, 1 Insufficient memory, 4 node(s) didn't match Pod's node affinity/selector. preemption: 0/5 nodes are available: 1 No preemption victims found for incoming pod, 4 Preemption is not helpful for scheduling. | NODE_FULL | The node does not have enough free resources for the job: cpu (48 requested, 40 in total), memory (150Gi requested, 200Gi in total).
                    0/1 nodes are available: 1 Insufficient nvidia.com/gpu. | NODE_FULL | The node does not have enough free resources for the job: nvidia.com/gpu.
                    0/1 nodes are available: 1 Too many pods. | NODE_FULL | The node has reached its maximum number of jobs.
                    0/1 nodes are available: 1 node(s) had untolerated taint(s). no new claims to deallocate, preemption: 0/1 nodes are available: 1 Preemption is not helpful for scheduling. | NODE_NOT_READY | The node is not ready, or has a taint that the job does not tolerate.
                    0/2 nodes are available: 1 node(s) didn't match Pod's node affinity/selector, 1 node(s) had untolerated taint {node.kubernetes.io/unreachable: }. | NODE_NOT_READY | The node is not ready.
                    0/1 nodes are available: 1 node(s) had untolerated taint {virtual-node.interlink/workload: vega}. | NODE_NOT_READY | The job does not tolerate the node's taint {virtual-node.interlink/workload: vega}.
                    0/1 nodes are available: 1 node(s) were unschedulable. | NODE_NOT_READY | The node accepts no new jobs (it is cordoned).
                    0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling. | NODE_NOT_READY | The cluster has no such node, or the node does not match the job's node selector and affinity.
                    0/1 nodes are available: 1 pod has unbound immediate PersistentVolumeClaims. preemption: no | NODE_NOT_READY | Kubernetes reports about the node: pod has unbound immediate PersistentVolumeClaims.
                    no nodes available to schedule pods | NODE_NOT_READY | Kubernetes can't schedule the job: no nodes available to schedule pods
                    0/1 nodes are available: , | NODE_NOT_READY | Kubernetes can't schedule the job: 0/1 nodes are available: ,
                    """)
    void theSchedulersMessageIsExplained(String message, QueueReason reason, String plain) {
        Map<String, io.interlinkgateway.job.Quantity> allocatable =
                Map.of(
                        "cpu", new io.interlinkgateway.job.Quantity("40"),
                        "memory", new io.interlinkgateway.job.Quantity("200Gi"));

        assertThat(unscheduled(message, allocatable))
                .isEqualTo(new JobState.Queued(reason, plain, Optional.of(START)));
    }

    @Test
    void aLongMessageOfTheSchedulerIsCut() {
        String message = "0/1 nodes are available: 1 " + "x, 1 ".repeat(200_000);

        assertThat(((JobState.Queued) unscheduled(message, Map.of())).message())
                .hasSizeLessThan(5000);
    }

    private static JobState unscheduled(
            String message, Map<String, io.interlinkgateway.job.Quantity> allocatable) {
        // spotless:off
        Pod pod =
                new PodBuilder(claim("Pending"))
                        .editMetadata()
                        .removeFromAnnotations(MetadataNames.JOB_ID)
                        .endMetadata()
                        .editStatus()
                        .addNewCondition()
                        .withType("PodScheduled")
                        .withStatus("False")
                        .withMessage(message)
                        .withLastTransitionTime(START.toString())
                        .endCondition()
                        .endStatus()
                        .build();
        // spotless:on
        return PodReading.jobFrom(
                        pod,
                        new ClusterFacts(
                                NOW,
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                allocatable,
                                Optional.empty()))
                .state();
    }

    @Test
    void aQueuedJobHasItsIdAndItsQueueTime() {
        assertThat(job(claim("Pending"), "none").state())
                .isEqualTo(
                        new JobState.Queued(
                                QueueReason.IN_HPC_QUEUE,
                                "The job is in the HPC's queue as job 12.",
                                Optional.of(Instant.parse("2026-11-24T07:00:01Z"))));
    }

    @Test
    void aMissingSecretIsNamed() {
        Pod pod = RecordedCase.of("secret-missing").last();

        assertThat(
                        PodReading.jobFrom(
                                        pod,
                                        new ClusterFacts(
                                                NOW,
                                                Optional.of(RecordedCase.ABSENT),
                                                Optional.empty()))
                                .state())
                .isEqualTo(
                        new JobState.Queued(
                                QueueReason.SECRET_MISSING,
                                "The Secret \"absent\" does not exist; interLink waits for it and"
                                        + " reports nothing.",
                                Optional.of(Instant.parse("2026-11-23T23:52:34Z"))));
    }

    @Test
    void whatAJobMountsIsNamedWhileInterLinkWaitsForIt() {
        MissingObject missing =
                new MissingObject(
                        new ObjectReference(
                                ObjectReference.Kind.CONFIG_MAP,
                                "dataset",
                                Set.of(),
                                false,
                                ObjectReference.Use.VOLUME,
                                "spec.volumes[0].configMap"),
                        false,
                        Set.of());

        assertThat(
                        PodReading.jobFrom(
                                        claim("Initializing"),
                                        new ClusterFacts(
                                                NOW, Optional.of(missing), Optional.empty()))
                                .state())
                .isInstanceOfSatisfying(
                        JobState.Queued.class,
                        queued -> {
                            assertThat(queued.reason()).isEqualTo(QueueReason.SECRET_MISSING);
                            assertThat(queued.message())
                                    .isEqualTo(
                                            "The ConfigMap \"dataset\" does not exist; interLink"
                                                    + " waits five minutes for it, then gives up.");
                        });
    }

    @Test
    void aJobThatWasGivenUpFailedForWhatItMountsAndHasNoRecord() {
        Pod pod =
                new PodBuilder(claim("Failed"))
                        .editStatus()
                        .withReason("CFGMaps/Secrets not found")
                        .endStatus()
                        .build();

        assertThat(PodReading.jobFrom(pod, NOW).state())
                .isInstanceOfSatisfying(
                        JobState.Failed.class,
                        failed -> {
                            assertThat(failed.reason()).isEqualTo(FailureReason.OTHER);
                            assertThat(failed.message())
                                    .contains(
                                            "a Secret or ConfigMap that the job mounts did not"
                                                    + " exist");
                        });
        assertThat(PodReading.recordNeed(pod, Optional.empty())).isEqualTo(RecordNeed.NONE);
    }

    @Test
    void aSecretThatIsMissingNowDoesNotHoldAJobThatTheHpcHas() {
        assertThat(
                        PodReading.jobFrom(
                                        claim("Pending"),
                                        new ClusterFacts(
                                                NOW,
                                                Optional.of(RecordedCase.ABSENT),
                                                Optional.empty()))
                                .state())
                .isInstanceOfSatisfying(
                        JobState.Queued.class,
                        queued -> assertThat(queued.reason()).isEqualTo(QueueReason.IN_HPC_QUEUE));
    }

    @ParameterizedTest
    @CsvSource({
        "Pending, none, false",
        "Running, none, false",
        "Succeeded, none, false",
        "Succeeded, started, false",
        "Succeeded, ended well, true",
        "Failed, time limit, true",
        "Failed, none, true"
    })
    void aNodeWithoutContactMakesUnfinishedStatesOld(String phase, String record, boolean current) {
        Instant silentSince = Instant.parse("2026-11-24T08:55:00Z");
        Job job =
                PodReading.jobFrom(
                        annotated(claim(phase), record),
                        new ClusterFacts(NOW, Optional.empty(), Optional.of(silentSince)));

        assertThat(job.evidence().current()).isEqualTo(current);
        assertThat(job.evidence().observedAt()).isEqualTo(current ? NOW : silentSince);
    }

    @Test
    void aSilentNodeDoesNotAgeWhatKubernetesKeepsBack() {
        Pod pod =
                new PodBuilder(claim("Pending"))
                        .editStatus()
                        .addNewCondition()
                        .withType("PodScheduled")
                        .withStatus("False")
                        .endCondition()
                        .endStatus()
                        .build();

        assertThat(
                        PodReading.jobFrom(
                                        pod,
                                        new ClusterFacts(NOW, Optional.empty(), Optional.of(START)))
                                .evidence()
                                .current())
                .isTrue();
    }
}
