package io.interlinkgateway.submission;

import io.interlinkgateway.compute.ComputeThreads;
import io.interlinkgateway.definition.JobDocuments;
import io.interlinkgateway.definition.PodDocument;
import io.interlinkgateway.definition.RequestedJob;
import io.interlinkgateway.definition.SubmitJobRequest;
import io.interlinkgateway.inspection.JobResponse;
import io.interlinkgateway.inspection.JobTag;
import io.interlinkgateway.job.Finding;
import io.interlinkgateway.job.GatewayException;
import io.interlinkgateway.job.IdempotencyKey;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.Jobs;
import io.interlinkgateway.job.PlacedJob;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.job.Replacement;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.submission.Placement.Assessment;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// From a requested job to the job that is there.
@Component
class Submissions {

    private static final TypeReference<Map<String, Object>> TREE = new TypeReference<>() {};

    private final Placement placement;
    private final Jobs jobs;
    private final JsonMapper json;
    private final JobDocuments documents;
    private final ComputeThreads compute;

    Submissions(
            Placement placement,
            Jobs jobs,
            JsonMapper json,
            JobDocuments documents,
            ComputeThreads compute) {
        this.placement = placement;
        this.jobs = jobs;
        this.json = json;
        this.documents = documents;
        this.compute = compute;
    }

    /// A job that was submitted.
    ///
    /// @param body how it is answered
    /// @param tag its ETag
    /// @param created false if it was there before
    record Submitted(JobResponse body, String tag, boolean created) {}

    Submitted submit(
            Workspace workspace, RequestedJob requested, Optional<IdempotencyKey> idempotencyKey) {
        return create(
                placement.assess(workspace, requested, idempotencyKey),
                jobs::submit,
                jobs::repeated);
    }

    Submitted replace(
            Workspace workspace,
            RequestedJob requested,
            Optional<IdempotencyKey> idempotencyKey,
            Replacement replacement) {
        return create(
                placement.assess(workspace, requested, idempotencyKey),
                job -> jobs.replace(job, replacement),
                job -> jobs.staying(job, replacement));
    }

    /// A repeat is answered with its job also when the checks, which passed the first time, no longer do.
    private static Submitted create(
            Assessment assessment,
            Function<PlacedJob, Jobs.Submission> operation,
            Function<PlacedJob, Optional<Job>> repetition) {
        if (!assessment.accepted()) {
            Job repeated =
                    repetition
                            .apply(assessment.job())
                            .orElseThrow(
                                    () -> new GatewayException.Rejected(assessment.findings()));
            return new Submitted(JobResponse.from(repeated), JobTag.of(repeated), false);
        }
        Jobs.Submission submission = operation.apply(assessment.job());
        return new Submitted(
                JobResponse.from(submission.job(), assessment.findings()),
                JobTag.of(submission.job()),
                submission.created());
    }

    /// Everything that a submission would find, without creating anything.
    PreflightResponse preflight(Workspace workspace, Supplier<RequestedJob> requested) {
        Set<Finding> findings = new LinkedHashSet<>();
        Optional<Jobs.Preview> preview = Optional.empty();
        try {
            Assessment assessment = placement.assess(workspace, requested.get(), Optional.empty());
            findings.addAll(assessment.findings());
            preview = Optional.of(jobs.preview(assessment.job()));
        } catch (GatewayException.Rejected refused) {
            findings.addAll(refused.findings());
        }
        return PreflightResponse.from(List.copyOf(findings), preview);
    }

    Submitted resubmit(
            Workspace workspace,
            JobName name,
            Optional<ObjectNode> changes,
            Optional<IdempotencyKey> idempotencyKey) {
        Job job =
                jobs.find(workspace, name)
                        .orElseThrow(() -> new GatewayException.NotFound("job", name.value()));
        return submit(workspace, compute.run(() -> changed(job, changes)), idempotencyKey);
    }

    /// The definition without its name, changed by the rules of RFC 7396 (JSON merge patch).
    private RequestedJob changed(Job job, Optional<ObjectNode> changes) {
        return switch (job.definition().orElseThrow()) {
            case JobSpec spec -> {
                ObjectNode document =
                        json.valueToTree(
                                SubmitJobRequest.from(job.name(), job.node().orElseThrow(), spec));
                document.remove("name");
                changes.ifPresent(patch -> merge(document, patch));
                yield documents.requested(json.treeToValue(document, SubmitJobRequest.class));
            }
            case PodManifest manifest -> {
                ObjectNode document = json.valueToTree(manifest.document());
                if (document.get("metadata") instanceof ObjectNode metadata) {
                    metadata.remove("name");
                }
                changes.ifPresent(patch -> merge(document, patch));
                yield PodDocument.requestedJob(json.convertValue(document, TREE));
            }
        };
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
