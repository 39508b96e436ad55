package io.interlinkgateway.submission;

import io.interlinkgateway.caller.RequiredRole;
import io.interlinkgateway.caller.Role;
import io.interlinkgateway.definition.PodDocument;
import io.interlinkgateway.definition.RequestedJob;
import io.interlinkgateway.definition.SubmitJobRequest;
import io.interlinkgateway.inspection.JobResponse;
import io.interlinkgateway.job.Finding;
import io.interlinkgateway.job.GatewayException;
import io.interlinkgateway.job.IdempotencyKey;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Jobs;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.submission.Submissions.Submitted;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import java.net.URI;
import java.util.List;
import java.util.Optional;
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
@RequestMapping("/api/v1/jobs")
@Tag(name = "Jobs")
class SubmissionController {

    // A pod and a spec go to the same address. OpenAPI has one operation there, described at the
    // spec's.

    private static final String JSON = MediaType.APPLICATION_JSON_VALUE;
    private static final String YAML = MediaType.APPLICATION_YAML_VALUE;
    private static final String KEY = "Idempotency-Key";

    private final Submissions submissions;
    private final Jobs jobs;

    SubmissionController(Submissions submissions, Jobs jobs) {
        this.submissions = submissions;
        this.jobs = jobs;
    }

    @RequiredRole(Role.SUBMITTER)
    @PostMapping(consumes = JSON)
    @Operation(
            summary = "Submit a job",
            description =
                    "A repeat with the same Idempotency-Key makes no second job and answers 200"
                            + " with the first.")
    @ApiResponse(responseCode = "201", description = "The job was created.")
    @ApiResponse(responseCode = "200", description = "The job was there already.")
    ResponseEntity<JobResponse> submit(
            Workspace workspace,
            @RequestHeader(KEY) Optional<IdempotencyKey> idempotencyKey,
            @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            content = {
                                @Content(
                                        mediaType = JSON,
                                        schema = @Schema(implementation = SubmitJobRequest.class),
                                        examples =
                                                @ExampleObject(
                                                        name = Examples.NAME,
                                                        value = Examples.SPEC)),
                                @Content(
                                        mediaType = YAML,
                                        schema = @Schema(type = "string"),
                                        examples =
                                                @ExampleObject(
                                                        name = Examples.NAME,
                                                        value = Examples.POD))
                            })
                    @Valid
                    @RequestBody
                    SubmitJobRequest request) {
        return answer(
                workspace, submissions.submit(workspace, request.toRequestedJob(), idempotencyKey));
    }

    @RequiredRole(Role.SUBMITTER)
    @PostMapping(consumes = {YAML, "application/x-yaml", "text/yaml"})
    @Operation(hidden = true)
    ResponseEntity<JobResponse> submitPod(
            Workspace workspace,
            @RequestHeader(KEY) Optional<IdempotencyKey> idempotencyKey,
            @RequestHeader(HttpHeaders.CONTENT_TYPE) MediaType type,
            @RequestBody byte[] pod) {
        return answer(workspace, submissions.submit(workspace, podIn(pod, type), idempotencyKey));
    }

    @RequiredRole(Role.SUBMITTER)
    @PutMapping(path = "/{name}", consumes = JSON)
    @Operation(
            summary = "Submit a job under this name",
            description =
                    "With replace=true a job that has the name is deleted first, and its pod's end"
                            + " awaited.")
    @ApiResponse(responseCode = "201", description = "The job was created.")
    @ApiResponse(responseCode = "200", description = "The job was there already.")
    ResponseEntity<JobResponse> put(
            Workspace workspace,
            @PathVariable JobName name,
            @RequestParam(defaultValue = "false") boolean replace,
            @RequestHeader(KEY) Optional<IdempotencyKey> idempotencyKey,
            @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            content = {
                                @Content(
                                        mediaType = JSON,
                                        schema = @Schema(implementation = SubmitJobRequest.class),
                                        examples =
                                                @ExampleObject(
                                                        name = Examples.NAME,
                                                        value = Examples.SPEC)),
                                @Content(
                                        mediaType = YAML,
                                        schema = @Schema(type = "string"),
                                        examples =
                                                @ExampleObject(
                                                        name = Examples.NAME,
                                                        value = Examples.POD))
                            })
                    @Valid
                    @RequestBody
                    SubmitJobRequest request) {
        return answer(
                workspace,
                put(workspace, named(name, request.toRequestedJob()), replace, idempotencyKey));
    }

    @RequiredRole(Role.SUBMITTER)
    @PutMapping(
            path = "/{name}",
            consumes = {YAML, "application/x-yaml", "text/yaml"})
    @Operation(hidden = true)
    ResponseEntity<JobResponse> putPod(
            Workspace workspace,
            @PathVariable JobName name,
            @RequestParam(defaultValue = "false") boolean replace,
            @RequestHeader(KEY) Optional<IdempotencyKey> idempotencyKey,
            @RequestHeader(HttpHeaders.CONTENT_TYPE) MediaType type,
            @RequestBody byte[] pod) {
        return answer(
                workspace, put(workspace, named(name, podIn(pod, type)), replace, idempotencyKey));
    }

    @RequiredRole(Role.SUBMITTER)
    @PostMapping(path = "/preflight", consumes = JSON)
    @Operation(
            summary = "Check a job",
            description = "The same checks as a submission; nothing is created.")
    PreflightResponse preflight(
            Workspace workspace,
            @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            content = {
                                @Content(
                                        mediaType = JSON,
                                        schema = @Schema(implementation = SubmitJobRequest.class),
                                        examples =
                                                @ExampleObject(
                                                        name = Examples.NAME,
                                                        value = Examples.SPEC)),
                                @Content(
                                        mediaType = YAML,
                                        schema = @Schema(type = "string"),
                                        examples =
                                                @ExampleObject(
                                                        name = Examples.NAME,
                                                        value = Examples.POD))
                            })
                    @Valid
                    @RequestBody
                    SubmitJobRequest request) {
        return submissions.preflight(workspace, request::toRequestedJob);
    }

    @RequiredRole(Role.SUBMITTER)
    @PostMapping(
            path = "/preflight",
            consumes = {YAML, "application/x-yaml", "text/yaml"})
    @Operation(hidden = true)
    PreflightResponse preflightPod(
            Workspace workspace,
            @RequestHeader(HttpHeaders.CONTENT_TYPE) MediaType type,
            @RequestBody byte[] pod) {
        return submissions.preflight(workspace, () -> podIn(pod, type));
    }

    @RequiredRole(Role.SUBMITTER)
    @PostMapping("/{name}/resubmit")
    @Operation(
            summary = "Submit a job again",
            description =
                    "A new job from the same definition. The body, if there is one, holds what"
                            + " shall be different, as a JSON merge patch (RFC 7396) of the"
                            + " definition.")
    @ApiResponse(responseCode = "201", description = "The job was created.")
    @ApiResponse(responseCode = "200", description = "The job was there already.")
    ResponseEntity<JobResponse> resubmit(
            Workspace workspace,
            @PathVariable JobName name,
            @RequestHeader(KEY) Optional<IdempotencyKey> idempotencyKey,
            @io.swagger.v3.oas.annotations.parameters.RequestBody(
                            content =
                                    @Content(
                                            schema = @Schema(type = "object"),
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
            summary = "Delete a job",
            description = "202 while the job goes away, 204 once it is gone.")
    @ApiResponse(responseCode = "202", description = "The job is going away.")
    @ApiResponse(responseCode = "204", description = "The job is gone.", content = @Content)
    ResponseEntity<JobResponse> delete(Workspace workspace, @PathVariable JobName name) {
        return jobs.delete(workspace, name)
                .map(job -> ResponseEntity.status(HttpStatus.ACCEPTED).body(JobResponse.from(job)))
                .orElseGet(() -> ResponseEntity.noContent().build());
    }

    private Submitted put(
            Workspace workspace,
            RequestedJob requested,
            boolean replace,
            Optional<IdempotencyKey> idempotencyKey) {
        return replace
                ? submissions.replace(workspace, requested, idempotencyKey)
                : submissions.submit(workspace, requested, idempotencyKey);
    }

    private static RequestedJob podIn(byte[] body, MediaType type) {
        return PodDocument.parse(body, Optional.ofNullable(type.getCharset()));
    }

    private static RequestedJob named(JobName name, RequestedJob requested) {
        if (requested.name().filter(own -> !own.equals(name)).isPresent()) {
            throw new GatewayException.Rejected(
                    List.of(
                            Finding.error(
                                    "name",
                                    "name",
                                    "The document names another job than the address.",
                                    "Leave the name out of the document.")));
        }
        return new RequestedJob(Optional.of(name), requested.node(), requested.definition());
    }

    private static ResponseEntity<JobResponse> answer(Workspace workspace, Submitted submitted) {
        URI location =
                UriComponentsBuilder.fromPath("/api/v1/jobs/{name}")
                        .queryParam("workspace", workspace.value())
                        .build(submitted.body().name());
        return submitted.created()
                ? ResponseEntity.created(location).body(submitted.body())
                : ResponseEntity.ok().location(location).body(submitted.body());
    }
}
