package io.interlinkgateway.submission;

import io.interlinkgateway.compute.ComputeThreads;
import io.interlinkgateway.failure.Checked;
import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.history.PastJob;
import io.interlinkgateway.job.FormerJobs;
import io.interlinkgateway.job.IdempotencyKey;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.job.Replacement;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.pod.JobStore;
import io.interlinkgateway.pod.PlacedJob;
import io.interlinkgateway.pod.TranslatedJob;
import io.interlinkgateway.representation.JobDocuments;
import io.interlinkgateway.representation.PodDocument;
import io.interlinkgateway.representation.RequestedJob;
import io.interlinkgateway.representation.SubmitJobRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Creates the job for a request, or finds the existing one.
@Component
class Submissions {

    private static final TypeReference<Map<String, Object>> TREE = new TypeReference<>() {};

    private final Placement placement;
    private final JobStore jobs;
    private final FormerJobs former;
    private final JsonMapper json;
    private final JobDocuments documents;
    private final ComputeThreads compute;
    private final RequestTrace trace;

    Submissions(
            Placement placement,
            JobStore jobs,
            FormerJobs former,
            JsonMapper json,
            JobDocuments documents,
            ComputeThreads compute,
            RequestTrace trace) {
        this.placement = placement;
        this.jobs = jobs;
        this.former = former;
        this.json = json;
        this.documents = documents;
        this.compute = compute;
        this.trace = trace;
    }

    /// A job that was submitted.
    ///
    /// @param job the job
    /// @param created false if it existed before
    /// @param warnings the warnings of the checks
    record Submitted(Job job, boolean created, List<Finding> warnings) {}

    Submitted submit(
            Workspace workspace, RequestedJob requested, Optional<IdempotencyKey> idempotencyKey) {
        Checked<TranslatedJob> job = placement.check(workspace, requested, idempotencyKey);
        return PlacedJob.of(job)
                .map(placed -> submitted(jobs.submit(traced(placed)), job.findings()))
                .orElseGet(() -> existingJob(job, jobs::repeated));
    }

    Submitted replace(
            Workspace workspace,
            RequestedJob requested,
            Optional<IdempotencyKey> idempotencyKey,
            Replacement replacement) {
        Checked<TranslatedJob> job = placement.check(workspace, requested, idempotencyKey);
        return PlacedJob.of(job)
                .map(placed -> submitted(jobs.replace(traced(placed), replacement), job.findings()))
                .orElseGet(() -> existingJob(job, refused -> jobs.staying(refused, replacement)));
    }

    private PlacedJob traced(PlacedJob job) {
        return trace.of(job.translated().job().name()).map(job::withTraceParent).orElse(job);
    }

    private static Submitted submitted(JobStore.Submission submission, List<Finding> warnings) {
        return new Submitted(submission.job(), submission.created(), warnings);
    }

    /// A repeat returns its job even if the checks, which passed the first time, now fail.
    private static Submitted existingJob(
            Checked<TranslatedJob> refused, Function<TranslatedJob, Optional<Job>> repetition) {
        return refused.value()
                .flatMap(repetition)
                .map(job -> new Submitted(job, false, List.of()))
                .orElseThrow(() -> new GatewayException.Rejected(refused.findings()));
    }

    /// Runs all checks of a submission without creating anything.
    Checked<JobStore.Preview> preflight(Workspace workspace, Checked<RequestedJob> requested) {
        return requested
                .then(job -> placement.check(workspace, job, Optional.empty()))
                .then(jobs::preview);
    }

    Submitted resubmit(
            Workspace workspace,
            JobName name,
            Optional<ObjectNode> changes,
            Optional<IdempotencyKey> idempotencyKey) {
        Job job = jobs.find(workspace, name).orElseThrow(() -> former.missing(workspace, name));
        return resubmit(workspace, job, List.of(), changes, idempotencyKey);
    }

    /// @param past a job of that workspace with its definition
    /// @throws GatewayException.Rejected if its definition or its node is not known, or has a masked password that the
    ///     changes leave there
    Submitted resubmit(
            Workspace workspace,
            PastJob past,
            Optional<ObjectNode> changes,
            Optional<IdempotencyKey> idempotencyKey) {
        return resubmit(workspace, past.job(), past.maskedFields(), changes, idempotencyKey);
    }

    private Submitted resubmit(
            Workspace workspace,
            Job job,
            List<String> masked,
            Optional<ObjectNode> changes,
            Optional<IdempotencyKey> idempotencyKey) {
        return submit(workspace, compute.run(() -> changed(job, masked, changes)), idempotencyKey);
    }

    /// The definition without its name, with a JSON merge patch applied (RFC 7396).
    ///
    /// @param masked the paths of fields whose texts are masked
    private RequestedJob changed(Job job, List<String> masked, Optional<ObjectNode> changes) {
        if (job.definition().isEmpty() && !masked.isEmpty()) {
            throw MaskedTexts.refused(masked, MaskedTexts.WHOLE_DEFINITION);
        }
        return switch (job.definition().orElseThrow(Submissions::withoutDefinition)) {
            case JobSpec spec -> {
                ObjectNode document =
                        json.valueToTree(
                                SubmitJobRequest.from(
                                        job.name(),
                                        job.node().orElseThrow(Submissions::withoutDefinition),
                                        spec));
                document.remove("name");
                MaskedTexts texts = MaskedTexts.in(document, masked);
                changes.ifPresent(patch -> merge(document, patch));
                texts.requireNoneIn(document, MaskedTexts.SPEC);
                yield documents.requested(json.treeToValue(document, SubmitJobRequest.class));
            }
            case PodManifest manifest -> {
                ObjectNode document = json.valueToTree(manifest.document());
                if (document.get("metadata") instanceof ObjectNode metadata) {
                    metadata.remove("name");
                }
                MaskedTexts texts = MaskedTexts.in(document, masked);
                changes.ifPresent(patch -> merge(document, patch));
                texts.requireNoneIn(document, MaskedTexts.POD);
                yield PodDocument.requestedJob(json.convertValue(document, TREE));
            }
        };
    }

    /// The history omits a definition that is too large for a row, or that breaks a rule of this version.
    private static GatewayException withoutDefinition() {
        return new GatewayException.Rejected(
                List.of(
                        Finding.error(
                                "definition-known",
                                "definition",
                                "The job can't be submitted again: its whole definition is not"
                                        + " known.",
                                "Submit it with its definition: POST /api/v1/jobs.")));
    }

    private static void merge(ObjectNode document, ObjectNode patch) {
        for (var change : patch.properties()) {
            JsonNode value = change.getValue();
            if (value.isNull()) {
                document.remove(change.getKey());
            } else if (value instanceof ObjectNode inner) {
                ObjectNode target =
                        document.get(change.getKey()) instanceof ObjectNode there
                                ? there
                                : document.putObject(change.getKey());
                merge(target, inner);
            } else {
                document.set(change.getKey(), value);
            }
        }
    }
}
