package io.interlinkgateway.submission;

import io.interlinkgateway.caller.RequiredRole;
import io.interlinkgateway.caller.Role;
import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.job.GracePeriod;
import io.interlinkgateway.job.IdempotencyKey;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Jobs;
import io.interlinkgateway.job.Replacement;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.representation.JobDocument;
import io.interlinkgateway.representation.JobDocuments;
import io.interlinkgateway.representation.JobResponse;
import io.interlinkgateway.representation.JobTag;
import io.interlinkgateway.representation.RequestedJob;
import io.interlinkgateway.submission.Submissions.Submitted;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriComponentsBuilder;
import tools.jackson.databind.node.ObjectNode;

@RestController
@RequestMapping(
        path = "/api/v1/jobs",
        produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.APPLICATION_YAML_VALUE})
@Tag(name = "Jobs")
class SubmissionController {

    private static final String JSON = MediaType.APPLICATION_JSON_VALUE;
    private static final String YAML = MediaType.APPLICATION_YAML_VALUE;
    private static final String X_YAML = "application/x-yaml";
    private static final String TEXT_YAML = "text/yaml";
    static final String KEY = "Idempotency-Key";

    private final JobDocuments documents;
    private final Submissions submissions;
    private final Jobs jobs;

    SubmissionController(JobDocuments documents, Submissions submissions, Jobs jobs) {
        this.documents = documents;
        this.submissions = submissions;
        this.jobs = jobs;
    }

    @RequiredRole(Role.SUBMITTER)
    @PostMapping(consumes = {JSON, YAML, X_YAML, TEXT_YAML})
    @JobBody
    @Operation(
            operationId = "submitJob",
            summary = "Submit a job",
            description =
                    "A repeat with the same Idempotency-Key does not create a second job; it"
                            + " returns 200 with the first one.")
    @ApiResponse(responseCode = "201", description = "The job was created.")
    @ApiResponse(responseCode = "200", description = "The job already existed.")
    ResponseEntity<JobResponse> submit(
            Workspace workspace,
            @RequestHeader(KEY) Optional<IdempotencyKey> idempotencyKey,
            @Parameter(hidden = true) JobDocument document) {
        return answer(
                workspace,
                submissions.submit(
                        workspace, documents.parse(document).orReject(), idempotencyKey));
    }

    @RequiredRole(Role.SUBMITTER)
    @PutMapping(
            path = "/{name}",
            consumes = {JSON, YAML, X_YAML, TEXT_YAML})
    @JobBody
    @Operation(
            operationId = "replaceJob",
            summary = "Submit a job under this name",
            description =
                    "With replace=true, an existing job with the name is first deleted, and the"
                        + " request waits until its pod is removed. With the header If-Match, only"
                        + " the job with that ETag is replaced. With gracePeriodSeconds, the old"
                        + " job's pod stays so long, as in a DELETE. A job with the same definition"
                        + " that has not ended is kept, and the response is 200; add restart=true"
                        + " to replace it too.")
    @ApiResponse(responseCode = "201", description = "The job was created.")
    @ApiResponse(responseCode = "200", description = "The job already existed.")
    ResponseEntity<JobResponse> put(
            Workspace workspace,
            @PathVariable JobName name,
            @RequestParam(required = false)
                    @Parameter(schema = @Schema(type = "boolean", defaultValue = "false"))
                    boolean replace,
            @RequestParam(required = false)
                    @Parameter(schema = @Schema(type = "boolean", defaultValue = "false"))
                    boolean restart,
            @RequestParam
                    @Parameter(schema = @Schema(type = "integer", minimum = "1", maximum = "3600"))
                    Optional<Long> gracePeriodSeconds,
            @RequestHeader(KEY) Optional<IdempotencyKey> idempotencyKey,
            @RequestHeader(HttpHeaders.IF_MATCH) Optional<String> ifMatch,
            @RequestHeader(HttpHeaders.IF_NONE_MATCH) @Parameter(hidden = true)
                    Optional<String> ifNoneMatch,
            @Parameter(hidden = true) JobDocument document) {
        if (replace && ifNoneMatch.isPresent()) {
            throw new InvalidValueException(
                    "If-None-Match excludes replacing a job, and replace=true requests it.",
                    "Leave replace=true out: without it no job is replaced.");
        }
        if (!replace && ifMatch.isPresent()) {
            throw new InvalidValueException(
                    "If-Match names the job to replace, but the request does not replace a job.",
                    "Add the parameter replace=true, or leave If-Match out.");
        }
        Optional<Replacement> replacement =
                replacement(
                        replace,
                        restart,
                        uids(workspace, name, ifMatch),
                        gracePeriodSeconds.map(GracePeriod::new));
        RequestedJob requested = named(name, documents.parse(document).orReject());
        return answer(
                workspace,
                replacement.isPresent()
                        ? submissions.replace(
                                workspace, requested, idempotencyKey, replacement.orElseThrow())
                        : submissions.submit(workspace, requested, idempotencyKey));
    }

    private static Optional<Replacement> replacement(
            boolean replace, boolean restart, Set<String> uids, Optional<GracePeriod> gracePeriod) {
        if (replace) {
            return Optional.of(new Replacement(restart, uids, gracePeriod));
        }
        if (gracePeriod.isPresent()) {
            throw new InvalidValueException(
                    "gracePeriodSeconds is only valid together with replace=true.",
                    "Add the parameter replace=true, or leave gracePeriodSeconds out.");
        }
        if (restart) {
            throw new InvalidValueException(
                    "restart=true is only valid together with replace=true.",
                    "Send ?replace=true&restart=true.");
        }
        return Optional.empty();
    }

    @RequiredRole(Role.SUBMITTER)
    @PostMapping(
            path = "/preflight",
            consumes = {JSON, YAML, X_YAML, TEXT_YAML})
    @JobBody
    @Operation(
            operationId = "preflightJob",
            summary = "Check a job",
            description = "Runs the same checks as a submission, but creates nothing.")
    PreflightResponse preflight(
            Workspace workspace, @Parameter(hidden = true) JobDocument document) {
        return PreflightResponse.from(submissions.preflight(workspace, documents.parse(document)));
    }

    @RequiredRole(Role.SUBMITTER)
    @PostMapping("/{name}/resubmit")
    @Operation(
            operationId = "resubmitJob",
            summary = "Submit a job again",
            description =
                    "Creates a new job from the same definition. The optional body is a JSON merge"
                            + " patch (RFC 7396) of the definition.")
    @ApiResponse(responseCode = "201", description = "The job was created.")
    @ApiResponse(responseCode = "200", description = "The job already existed.")
    ResponseEntity<JobResponse> resubmit(
            Workspace workspace,
            @PathVariable JobName name,
            @RequestHeader(KEY) Optional<IdempotencyKey> idempotencyKey,
            @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            content =
                                    @Content(
                                            schema =
                                                    @Schema(
                                                            type = "object",
                                                            additionalProperties =
                                                                    Schema.AdditionalPropertiesValue
                                                                            .TRUE),
                                            examples =
                                                    @ExampleObject(
                                                            name = "changes",
                                                            value = Examples.CHANGES)))
                    @RequestBody
                    Optional<ObjectNode> changes) {
        return answer(workspace, submissions.resubmit(workspace, name, changes, idempotencyKey));
    }

    @RequiredRole(Role.SUBMITTER)
    @DeleteMapping("/{name}")
    @Operation(
            operationId = "deleteJob",
            summary = "Delete a job",
            description =
                    "Returns 202 while the job is being deleted; cancellation.stage shows how far"
                        + " that has come. When the pod is removed: 204 if it is known that the job"
                        + " ended on the HPC or no job of that name is known, and 200 with"
                        + " cancellation.stage UNCONFIRMED if this replica saw the removal and"
                        + " nothing shows that the job ended. With the header If-Match, only the"
                        + " job with that ETag is deleted, not a newer one with the same name."
                        + " gracePeriodSeconds is how long the pod stays at most; the HPC does not"
                        + " learn it. The default is 5 for job specs and the pod's own period for"
                        + " pods.")
    @ApiResponse(responseCode = "202", description = "The job is being deleted.")
    @ApiResponse(
            responseCode = "200",
            description =
                    "The job's pod is removed, but nothing shows that the job ended on the HPC. The"
                            + " body is the job as it was last known.")
    @ApiResponse(
            responseCode = "204",
            description = "The job is deleted and has ended, or is not known.",
            content = @Content)
    ResponseEntity<JobResponse> delete(
            Workspace workspace,
            @PathVariable JobName name,
            @RequestParam
                    @Parameter(schema = @Schema(type = "integer", minimum = "1", maximum = "3600"))
                    Optional<Long> gracePeriodSeconds,
            @RequestHeader(HttpHeaders.IF_MATCH) Optional<String> ifMatch) {
        Optional<GracePeriod> gracePeriod = gracePeriodSeconds.map(GracePeriod::new);
        return jobs.delete(workspace, name, uids(workspace, name, ifMatch), gracePeriod)
                .map(SubmissionController::deletion)
                .orElseGet(() -> ResponseEntity.noContent().build());
    }

    private static ResponseEntity<JobResponse> deletion(Job job) {
        return ResponseEntity.status(job.hasUnconfirmedEnd() ? HttpStatus.OK : HttpStatus.ACCEPTED)
                .eTag(JobTag.of(job))
                .body(JobResponse.from(job));
    }

    private Set<String> uids(Workspace workspace, JobName name, Optional<String> ifMatch) {
        return JobTag.uids(ifMatch, name, () -> jobs.find(workspace, name));
    }

    private static RequestedJob named(JobName name, RequestedJob requested) {
        if (requested.name().filter(own -> !own.equals(name)).isPresent()) {
            throw new GatewayException.Rejected(
                    List.of(
                            Finding.error(
                                    "name",
                                    "name",
                                    "The name in the document differs from the name in the"
                                            + " address.",
                                    "Leave the name out of the document.")));
        }
        return new RequestedJob(Optional.of(name), requested.node(), requested.definition());
    }

    static ResponseEntity<JobResponse> answer(Workspace workspace, Submitted submitted) {
        URI location =
                UriComponentsBuilder.fromPath("/api/v1/jobs/{name}")
                        .queryParam("workspace", workspace.value())
                        .build(submitted.job().name().value());
        return ResponseEntity.status(submitted.created() ? HttpStatus.CREATED : HttpStatus.OK)
                .location(location)
                .eTag(JobTag.of(submitted.job()))
                .body(JobResponse.from(submitted.job(), submitted.warnings()));
    }
}
