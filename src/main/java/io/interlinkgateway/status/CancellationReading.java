package io.interlinkgateway.status;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.failure.Text;
import io.interlinkgateway.job.Cancellation;
import io.interlinkgateway.job.Cancellation.Stage;
import io.interlinkgateway.job.HpcJob;
import io.interlinkgateway.job.Job.Source;
import io.interlinkgateway.pod.ModelFields;
import io.interlinkgateway.record.JobRecord;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;

/// Reads from a pod how far the cancellation of its job has come. That a pod disappears says nothing about the HPC:
/// only evidence of the job's end, or that the HPC never had it, confirms a cancellation. All sources of such evidence
/// are read in [#confirmation].
final class CancellationReading {

    /// interLink's status reason once it passed a deletion on. The newest versions write it when the plugin has answered,
    /// older ones at once, whether or not the plugin can be reached.
    private static final String SENT = "VKProviderPodDeleted";

    private static final String SENT_CONTAINER = "VKProviderPodContainerDeleted";

    /// What sbatch writes if SLURM did not accept a job. Other messages on its standard error fail a submission for
    /// interLink too, although SLURM may have the job.
    private static final String REFUSED = "Batch job submission failed";

    /// In that message: slurmctld did not respond to sbatch in time, and may have taken the job.
    private static final String TIMED_OUT = "timed out";

    private final Pod pod;
    private final ClusterFacts facts;

    private CancellationReading(Pod pod, ClusterFacts facts) {
        this.pod = pod;
        this.facts = facts;
    }

    /// @param pod an existing pod
    /// @return nothing if it is not being deleted
    static Optional<Cancellation> of(Pod pod, ClusterFacts facts) {
        CancellationReading reading = new CancellationReading(pod, facts);
        return reading.requestedAt()
                .map(at ->
                        reading.confirmation()
                                .or(() -> reading.sent())
                                .orElseGet(() -> reading.requested(at)));
    }

    /// @param pod a pod as it was when it was removed
    /// @param facts what the cluster shows at the time of the removal
    /// @return [Stage#CONFIRMED] or [Stage#UNCONFIRMED]
    static Cancellation afterRemoval(Pod pod, ClusterFacts facts) {
        CancellationReading reading = new CancellationReading(pod, facts);
        return reading.confirmation().orElseGet(reading::unconfirmed);
    }

    /// @param pod a pod as it was some time before it was removed: the HPC may have got the job since
    /// @param facts what the cluster shows now
    /// @return [Stage#CONFIRMED] or [Stage#UNCONFIRMED]
    static Cancellation afterUnseenRemoval(Pod pod, ClusterFacts facts) {
        CancellationReading reading = new CancellationReading(pod, facts);
        return reading.recordedEnd()
                .or(reading::hpcEnd)
                .or(reading::refused)
                .orElseGet(reading::unconfirmed);
    }

    private Optional<Cancellation> confirmation() {
        return recordedEnd().or(this::hpcEnd).or(this::refused).or(this::notSubmitted);
    }

    private Optional<Cancellation> hpcEnd() {
        return facts.hpc()
                .filter(HpcJob::isGone)
                .map(job ->
                        new Cancellation(
                                Stage.CONFIRMED,
                                job.endedAt().orElse(job.observedAt()),
                                Source.SLURM,
                                "SLURM reports that the job ended: "
                                        + Text.shown(job.slurmState(), 100)
                                        + "."));
    }

    private Optional<Cancellation> recordedEnd() {
        return switch (PodReading.recordOf(pod).orElse(null)) {
            case JobRecord.Ended ended ->
                    Optional.of(
                            new Cancellation(
                                    Stage.CONFIRMED,
                                    ended.finishedAt(),
                                    Source.JOB_RECORD,
                                    "The job's own record shows that it ended."));
            // SLURM may start a job again that it killed for another cause.
            case JobRecord.Killed killed when killed.cause().isFinal() ->
                    Optional.of(
                            confirmed(
                                    Source.JOB_RECORD,
                                    "SLURM's message in the job's log shows that it ended the job: "
                                            + Text.shown(killed.message(), 1000)));
            case JobRecord.OtherPlugin _ when StateReading.reportsEnd(pod) ->
                    Optional.of(
                            confirmed(
                                    Source.API_SERVER,
                                    "interLink reports that the job ended; its plugin writes no"
                                            + " record of its own."));
            case JobRecord.Killed _,
                    JobRecord.Started _,
                    JobRecord.NoHeader _,
                    JobRecord.Empty _,
                    JobRecord.Contradictory _,
                    JobRecord.OtherPlugin _ ->
                    Optional.empty();
            case null -> Optional.empty();
        };
    }

    private Optional<Cancellation> refused() {
        if (jobId().isPresent()) {
            return Optional.empty();
        }
        if (StateReading.wasAbandoned(pod)) {
            return never("interLink gave the job up before it submitted it: the HPC never had it.");
        }
        if (StateReading.wasRefused(pod)
                && statusMessage().contains(REFUSED)
                && !statusMessage().contains(TIMED_OUT)) {
            return never("SLURM did not accept the job.");
        }
        return Optional.empty();
    }

    private Optional<Cancellation> notSubmitted() {
        if (jobId().isPresent()) {
            return Optional.empty();
        }
        if (!isScheduled()) {
            return never("Kubernetes had not assigned the job to its node: the HPC never had it.");
        }
        if (facts.missing().isPresent() && !wasTaken()) {
            return never(
                    "The node waited for a Secret or ConfigMap and had not submitted the job: the"
                            + " HPC never had it.");
        }
        return Optional.empty();
    }

    private Optional<Cancellation> never(String message) {
        return Optional.of(confirmed(Source.API_SERVER, message));
    }

    private Cancellation confirmed(Source source, String message) {
        return new Cancellation(
                Stage.CONFIRMED, requestedAt().orElse(facts.observedAt()), source, message);
    }

    private Optional<Cancellation> sent() {
        return sentAt().map(at ->
                new Cancellation(
                        Stage.SENT,
                        at,
                        Source.API_SERVER,
                        "interLink reports that it passed the cancellation on to the HPC; nothing"
                                + " shows yet that the job ended."));
    }

    private Cancellation requested(Instant at) {
        return new Cancellation(
                Stage.REQUESTED,
                at,
                Source.API_SERVER,
                facts.lostContactAt()
                        .map(lost ->
                                "The deletion was requested and Kubernetes keeps the request. The"
                                        + " job's node has been out of contact since "
                                        + lost.truncatedTo(ChronoUnit.SECONDS)
                                        + "; the HPC gets the cancellation when the node is back.")
                        .orElse(
                                "The deletion was requested; interLink has not reported yet that"
                                        + " it passed it on to the HPC."));
    }

    private Cancellation unconfirmed() {
        return new Cancellation(
                Stage.UNCONFIRMED,
                facts.observedAt(),
                Source.API_SERVER,
                "The job's pod was removed, and nothing shows that the job ended on the HPC: "
                        + whyUnconfirmed());
    }

    private String whyUnconfirmed() {
        Optional<String> job = jobId().map(id -> Text.shown(id, 100));
        if (job.isEmpty()) {
            return StateReading.wasRefused(pod)
                    ? "interLink reports a failed submission, but not that SLURM refused the job."
                    : "it was being submitted, and whether SLURM has it is not known.";
        }
        if (sentAt().isPresent()) {
            return "interLink reports that it passed the cancellation on, but the job's log was"
                    + " removed with the job. Check job "
                    + job.get()
                    + " in SLURM.";
        }
        if (facts.lostContactAt().isPresent()) {
            return "its node was out of contact. Check job " + job.get() + " in SLURM.";
        }
        return "its record shows no end. interLink removes the pod of a job that it has not seen"
                + " running before it cancels the job. Check job "
                + job.get()
                + " in SLURM.";
    }

    private Optional<Instant> requestedAt() {
        return StateReading.deletedAt(pod);
    }

    private Optional<Instant> sentAt() {
        if (pod.getStatus() == null || !SENT.equals(pod.getStatus().getReason())) {
            return Optional.empty();
        }
        return StateReading.terminated(pod).stream()
                .filter(ended -> SENT_CONTAINER.equals(ended.getReason()))
                .flatMap(ended -> ModelFields.instant(ended.getFinishedAt()).stream())
                .max(Comparator.naturalOrder())
                .or(this::requestedAt);
    }

    private Optional<String> jobId() {
        return PodReading.remoteJobIdOf(pod).or(() -> facts.hpc().map(HpcJob::id));
    }

    private boolean isScheduled() {
        return pod.getSpec().getNodeName() != null && !pod.getSpec().getNodeName().isEmpty();
    }

    /// The virtual node writes a start time when it takes a pod.
    private boolean wasTaken() {
        return pod.getStatus() != null && pod.getStatus().getStartTime() != null;
    }

    private String statusMessage() {
        return Objects.requireNonNullElse(pod.getStatus().getMessage(), "");
    }
}
