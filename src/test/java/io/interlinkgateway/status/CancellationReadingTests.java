package io.interlinkgateway.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.interlinkgateway.job.Cancellation;
import io.interlinkgateway.job.Cancellation.Stage;
import io.interlinkgateway.job.HpcJob;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.Job.ContainerExit;
import io.interlinkgateway.job.Job.Source;
import io.interlinkgateway.job.MissingObject;
import io.interlinkgateway.job.ObjectReference;
import io.interlinkgateway.pod.MetadataNames;
import io.interlinkgateway.record.JobRecord;
import io.interlinkgateway.record.JobRecord.KillCause;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// How far a cancellation has come, read from the pods of the recordings: with the pod still there, and removed.
class CancellationReadingTests {

    private static final Instant START = Instant.parse("2026-11-23T23:50:11Z");
    private static final Instant END = Instant.parse("2026-11-23T23:50:16Z");
    private static final Instant REQUESTED = Instant.parse("2026-11-23T23:50:17Z");
    private static final Instant REMOVED = Instant.parse("2026-11-23T23:50:47Z");

    private static final Map<String, JobRecord> RECORDS =
            Map.ofEntries(
                    Map.entry("headless", new JobRecord.NoHeader()),
                    Map.entry("empty", new JobRecord.Empty()),
                    Map.entry("started", new JobRecord.Started(Optional.of(START))),
                    Map.entry("ended well", ended(0)),
                    Map.entry("ended with 7", ended(7)),
                    Map.entry("time limit", killed(KillCause.TIME_LIMIT)),
                    Map.entry("memory", killed(KillCause.MEMORY)),
                    Map.entry("cancelled", killed(KillCause.CANCELLATION)),
                    Map.entry("node failure", killed(KillCause.NODE_FAILURE)),
                    Map.entry("preemption", killed(KillCause.PREEMPTION)),
                    Map.entry("requeue", killed(KillCause.REQUEUE)),
                    Map.entry("contradictory", new JobRecord.Contradictory()),
                    Map.entry("other plugin", new JobRecord.OtherPlugin()));

    private static JobRecord ended(int code) {
        return new JobRecord.Ended(
                START,
                END,
                code,
                List.of(new ContainerExit("c", code, END)),
                false,
                Optional.empty());
    }

    private static JobRecord killed(KillCause cause) {
        return new JobRecord.Killed(
                Optional.of(START), Optional.empty(), cause, "*** JOB 13 ON node1 CANCELLED ***");
    }

    @Test
    void aJobThatIsNotDeletedHasNoCancellation() {
        assertThat(Recordings.podsOf("deleted-running").stream().limit(5).map(Recordings::pod))
                .hasSize(5)
                .allSatisfy(pod ->
                        assertThat(PodReading.jobFrom(pod, REMOVED).cancellation()).isEmpty());
    }

    @Test
    void aDeletionIsRequestedThenSentAndNeverConfirmedByThePodsRemoval() {
        List<Pod> pods =
                Recordings.podsOf("deleted-running").stream().map(Recordings::pod).toList();
        List<Job> deleted =
                pods.stream()
                        .map(pod -> PodReading.jobFrom(pod, REMOVED))
                        .filter(job -> job.cancellation().isPresent())
                        .toList();

        assertThat(deleted.stream().map(job -> job.cancellation().orElseThrow().stage()))
                .containsExactly(Stage.REQUESTED, Stage.SENT);
        assertThat(deleted.stream().map(job -> job.cancellation().orElseThrow().at()))
                .containsExactly(REQUESTED, REQUESTED);
        Job removed = PodReading.removedJobFrom(pods.getLast(), ClusterFacts.at(REMOVED));
        Cancellation last = removed.cancellation().orElseThrow();
        assertThat(last.stage()).isEqualTo(Stage.UNCONFIRMED);
        assertThat(last.at()).isEqualTo(REMOVED);
        assertThat(last.message()).contains("passed the cancellation on").contains("job 13");
        assertThat(removed.hasUnconfirmedEnd()).isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            useHeadersInDisplayName = true,
            textBlock =
                    """
                    record        | being deleted | removed     | source
                    headless      | SENT          | UNCONFIRMED | API_SERVER
                    empty         | SENT          | UNCONFIRMED | API_SERVER
                    started       | SENT          | UNCONFIRMED | API_SERVER
                    ended well    | CONFIRMED     | CONFIRMED   | JOB_RECORD
                    ended with 7  | CONFIRMED     | CONFIRMED   | JOB_RECORD
                    time limit    | CONFIRMED     | CONFIRMED   | JOB_RECORD
                    memory        | CONFIRMED     | CONFIRMED   | JOB_RECORD
                    cancelled     | CONFIRMED     | CONFIRMED   | JOB_RECORD
                    node failure  | SENT          | UNCONFIRMED | API_SERVER
                    preemption    | SENT          | UNCONFIRMED | API_SERVER
                    requeue       | SENT          | UNCONFIRMED | API_SERVER
                    contradictory | SENT          | UNCONFIRMED | API_SERVER
                    other plugin  | SENT          | UNCONFIRMED | API_SERVER
                    """)
    void onlyAnEndThatTheRecordShowsConfirms(
            String record, Stage existing, Stage removed, Source source) {
        Pod pod = recorded(last("deleted-running"), Objects.requireNonNull(RECORDS.get(record)));

        assertThat(PodReading.jobFrom(pod, REMOVED).cancellationStage()).contains(existing);
        Cancellation last = afterRemoval(pod);
        assertThat(last.stage()).isEqualTo(removed);
        assertThat(last.source()).isEqualTo(source);
    }

    @Test
    void aConfirmedEndHasTheTimeOfTheRecord() {
        assertThat(afterRemoval(recorded(last("deleted-running"), ended(0))).at()).isEqualTo(END);
    }

    @Test
    void whatInterlinkClaimsConfirmsNothingUnlessItsPluginWritesNoRecord() {
        Pod claimed = last("scancelled-pending");
        Pod failed = last("scancelled-outside");

        assertThat(afterRemoval(claimed).stage()).isEqualTo(Stage.UNCONFIRMED);
        assertThat(afterRemoval(failed).stage()).isEqualTo(Stage.UNCONFIRMED);
        assertThat(afterRemoval(recorded(failed, new JobRecord.OtherPlugin())).stage())
                .isEqualTo(Stage.CONFIRMED);
    }

    @Test
    void aJobThatKubernetesDidNotScheduleNeverReachedTheHpc() {
        Pod pod = Recordings.pod(Recordings.podsOf("succeeds").getFirst());

        Cancellation cancellation = afterRemoval(pod);

        assertThat(pod.getSpec().getNodeName()).isNull();
        assertThat(cancellation.stage()).isEqualTo(Stage.CONFIRMED);
        assertThat(cancellation.message()).contains("HPC never had it");
        assertThat(CancellationReading.afterUnseenRemoval(pod, ClusterFacts.at(REMOVED)).stage())
                .as("if it may have been scheduled before it was removed")
                .isEqualTo(Stage.UNCONFIRMED);
    }

    @Test
    void aJobThatSlurmRefusedNeverReachedTheHpc() {
        assertThat(afterRemoval(last("bad-partition")).stage()).isEqualTo(Stage.CONFIRMED);
    }

    /// interLink fails a submission for any output of sbatch on standard error, also if SLURM took the job.
    @Test
    void aFailedSubmissionWithoutSlurmsRefusalIsNotConfirmed() {
        Pod pod =
                new PodBuilder(last("bad-partition"))
                        .editStatus()
                        .withMessage("HTTP 504: sbatch: warning: the partition is busy")
                        .endStatus()
                        .build();

        assertThat(afterRemoval(pod).stage()).isEqualTo(Stage.UNCONFIRMED);
        assertThat(afterRemoval(pod).message()).contains("not that SLURM refused the job");
    }

    /// slurmctld may have taken the job, and did not respond in time.
    @Test
    void aSubmissionThatTimedOutIsNoRefusal() {
        Pod pod =
                new PodBuilder(last("bad-partition"))
                        .editStatus()
                        .withMessage(
                                "sbatch: error: Batch job submission failed: Socket timed out on"
                                        + " send/recv operation")
                        .endStatus()
                        .build();

        assertThat(afterRemoval(pod).stage()).isEqualTo(Stage.UNCONFIRMED);
    }

    @Test
    void aJobThatSlurmHasWasNotRefused() {
        assertThat(
                        CancellationReading.afterRemoval(
                                        last("bad-partition"), factsWith(HpcJob.State.RUNNING))
                                .stage())
                .isEqualTo(Stage.UNCONFIRMED);
    }

    @Test
    void aJobThatWaitedForASecretNeverReachedTheHpc() {
        Pod pod = last("secret-missing");
        Optional<MissingObject> missing =
                MissingObject.among(
                                List.of(
                                        new ObjectReference(
                                                ObjectReference.Kind.SECRET,
                                                "mlflow-server",
                                                Set.of("username"),
                                                false,
                                                ObjectReference.Use.ENVIRONMENT,
                                                "spec.containers[0].env[0]")),
                                (_, _) -> Optional.empty())
                        .findFirst();

        Cancellation cancellation =
                CancellationReading.afterRemoval(
                        pod, new ClusterFacts(REMOVED, missing, Optional.empty()));

        assertThat(missing).isPresent();
        assertThat(cancellation.stage()).isEqualTo(Stage.CONFIRMED);
        assertThat(afterRemoval(pod).stage())
                .as("when it is not known that the Secret is missing")
                .isEqualTo(Stage.UNCONFIRMED);
    }

    @Test
    void aJobThatWasBeingSubmittedIsNotConfirmed() {
        Pod pod = Recordings.pod(Recordings.podsOf("succeeds").get(2));

        assertThat(pod.getMetadata().getAnnotations()).doesNotContainKey(MetadataNames.JOB_ID);
        assertThat(afterRemoval(pod).message()).contains("was being submitted");
    }

    @ParameterizedTest
    @CsvSource({"CANCELLED, CONFIRMED", "COMPLETED, CONFIRMED", "RUNNING, UNCONFIRMED"})
    void whatSlurmReportsConfirmsAnEnd(HpcJob.State state, Stage stage) {
        Cancellation cancellation =
                CancellationReading.afterRemoval(last("deleted-running"), factsWith(state));

        assertThat(cancellation.stage()).isEqualTo(stage);
        if (stage == Stage.CONFIRMED) {
            assertThat(cancellation.source()).isEqualTo(Job.Source.SLURM);
            assertThat(cancellation.at()).isEqualTo(END);
        }
    }

    private static ClusterFacts factsWith(HpcJob.State state) {
        return new ClusterFacts(
                REMOVED,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                Optional.of(
                        new HpcJob(
                                "13",
                                state,
                                state.name(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of("node1"),
                                OptionalInt.empty(),
                                OptionalInt.empty(),
                                Optional.of(START),
                                Optional.of(START),
                                state.ended() ? Optional.of(END) : Optional.empty(),
                                0,
                                Optional.empty(),
                                Optional.empty(),
                                REMOVED)));
    }

    @Test
    void aDeletionWhileTheNodeIsOutOfContactNamesSinceWhen() {
        Pod pod =
                new PodBuilder(last("plugin-down-while-running"))
                        .editMetadata()
                        .withDeletionTimestamp(REMOVED.toString())
                        .withDeletionGracePeriodSeconds(30L)
                        .endMetadata()
                        .build();
        ClusterFacts facts =
                new ClusterFacts(
                        REMOVED.plusSeconds(60),
                        Optional.empty(),
                        Optional.of(Instant.parse("2026-11-23T23:49:59.123Z")));

        Cancellation cancellation = CancellationReading.of(pod, facts).orElseThrow();

        assertThat(cancellation.stage()).isEqualTo(Stage.REQUESTED);
        assertThat(cancellation.at()).isEqualTo(REQUESTED);
        assertThat(cancellation.message())
                .contains("Kubernetes keeps the request")
                .contains("out of contact since 2026-11-23T23:49:59Z");
        assertThat(CancellationReading.afterRemoval(pod, facts).message())
                .contains("its node was out of contact");
    }

    private static Cancellation afterRemoval(Pod pod) {
        return CancellationReading.afterRemoval(pod, ClusterFacts.at(REMOVED));
    }

    private static Pod last(String recording) {
        return Recordings.pod(Recordings.podsOf(recording).getLast());
    }

    private static Pod recorded(Pod pod, JobRecord record) {
        return new PodBuilder(pod)
                .editMetadata()
                .addToAnnotations(
                        MetadataNames.JOB_RECORD, PodReading.recordAnnotation(pod, record))
                .endMetadata()
                .build();
    }
}
