package io.interlinkgateway.inspection;

import io.interlinkgateway.caller.RequiredRole;
import io.interlinkgateway.caller.Role;
import io.interlinkgateway.job.FormerJobs;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobFilter;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobPage;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.JobQuery;
import io.interlinkgateway.job.Jobs;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.representation.JobResponse;
import io.interlinkgateway.representation.JobTag;
import io.interlinkgateway.representation.LabelParameter;
import io.interlinkgateway.web.AcceptedTypes;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.dataformat.yaml.YAMLMapper;

@RestController
@RequestMapping(
        path = "/api/v1/jobs",
        produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.APPLICATION_YAML_VALUE})
@Tag(name = "Jobs")
class InspectionController {

    private static final YAMLMapper YAML = new YAMLMapper();

    private final Jobs jobs;
    private final FormerJobs former;

    InspectionController(Jobs jobs, FormerJobs former) {
        this.jobs = jobs;
        this.former = former;
    }

    @Schema(name = "JobPage")
    record Page(
            List<JobResponse> items,
            @Nullable
                    @Schema(
                            description =
                                    "The position of the next page; missing on the last page.")
                    String nextCursor) {

        static Page from(JobPage page) {
            return new Page(
                    page.items().stream().map(JobResponse::from).toList(),
                    page.nextCursor().orElse(null));
        }
    }

    @RequiredRole(Role.VIEWER)
    @GetMapping
    @Operation(
            operationId = "listJobs",
            summary = "List jobs",
            description =
                    "Jobs are sorted by name. A page may have fewer jobs than the limit although"
                            + " there are more: continue until nextCursor is missing.")
    Page list(
            Workspace workspace,
            @RequestParam(defaultValue = "") Set<JobPhase> state,
            @RequestParam Optional<NodeName> node,
            @RequestParam(defaultValue = "") @Parameter(description = "key=value; may be repeated.")
                    List<String> label,
            @RequestParam(defaultValue = "100")
                    @Parameter(
                            schema =
                                    @Schema(
                                            type = "integer",
                                            minimum = "1",
                                            maximum = "500",
                                            defaultValue = "100"))
                    int limit,
            @RequestParam(required = false)
                    @Parameter(
                            schema = @Schema(type = "boolean", defaultValue = "false"),
                            description =
                                    "Whether to include each job's definition, which may have up to"
                                            + " a megabyte.")
                    boolean definitions,
            @RequestParam Optional<String> cursor) {
        return Page.from(
                jobs.list(
                        new JobQuery(
                                new JobFilter(
                                        workspace,
                                        Optional.empty(),
                                        state,
                                        node,
                                        LabelParameter.parse(label)),
                                limit,
                                definitions,
                                cursor)));
    }

    @RequiredRole(Role.VIEWER)
    @GetMapping("/{name}")
    @Operation(
            operationId = "getJob",
            summary = "Get a job",
            description =
                    "With the header If-None-Match and the ETag of the previous response, the"
                            + " response is 304 without a body if nothing has changed.")
    @ApiResponse(responseCode = "200", description = "OK")
    @ApiResponse(responseCode = "304", description = "The job has not changed.", content = @Content)
    ResponseEntity<JobResponse> get(
            Workspace workspace,
            @PathVariable JobName name,
            @RequestHeader(HttpHeaders.IF_NONE_MATCH) Optional<String> ifNoneMatch) {
        Job job = jobs.find(workspace, name).orElseThrow(() -> former.missing(workspace, name));
        // Spring compares the tags, and does not support *.
        if (ifNoneMatch.filter(JobTag.ANY::equals).isPresent()) {
            return ResponseEntity.status(HttpStatus.NOT_MODIFIED).eTag(JobTag.of(job)).build();
        }
        return ResponseEntity.ok().eTag(JobTag.of(job)).body(JobResponse.from(job));
    }

    @RequiredRole(Role.VIEWER)
    @GetMapping(
            path = "/{name}/manifest",
            produces = {MediaType.APPLICATION_YAML_VALUE, MediaType.APPLICATION_JSON_VALUE})
    @Operation(
            operationId = "getJobManifest",
            summary = "Get the live pod",
            description = "As YAML, or as JSON if the header Accept prefers it.",
            responses =
                    @ApiResponse(
                            responseCode = "200",
                            content = {
                                @Content(
                                        mediaType = MediaType.APPLICATION_YAML_VALUE,
                                        schema = @Schema(implementation = PodManifest.class)),
                                @Content(
                                        mediaType = MediaType.APPLICATION_JSON_VALUE,
                                        schema = @Schema(implementation = PodManifest.class))
                            }))
    ResponseEntity<String> manifest(
            Workspace workspace,
            @PathVariable JobName name,
            @RequestHeader(HttpHeaders.ACCEPT) @Parameter(hidden = true)
                    Optional<List<String>> accept)
            throws HttpMediaTypeNotAcceptableException {
        boolean asJson =
                AcceptedTypes.of(accept.orElse(List.of()))
                        .prefer(MediaType.APPLICATION_JSON, MediaType.APPLICATION_YAML);
        String yaml =
                jobs.manifest(workspace, name).orElseThrow(() -> former.missing(workspace, name));
        return ResponseEntity.ok()
                .contentType(
                        asJson
                                ? MediaType.APPLICATION_JSON
                                : new MediaType(MediaType.APPLICATION_YAML, StandardCharsets.UTF_8))
                .body(asJson ? YAML.readTree(yaml).toString() : yaml);
    }
}
