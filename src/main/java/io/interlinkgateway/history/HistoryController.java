package io.interlinkgateway.history;

import io.interlinkgateway.caller.RequiredRole;
import io.interlinkgateway.caller.Role;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import io.interlinkgateway.job.JobFilter;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.JobReason;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.pod.PodTranslation;
import io.interlinkgateway.representation.LabelParameter;
import io.interlinkgateway.web.YamlResponse;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.info.BuildProperties;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// The history of jobs: past and live ones.
@RestController
@RequestMapping(
        path = "/api/v1/history/jobs",
        produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.APPLICATION_YAML_VALUE})
@Tag(name = "History")
class HistoryController {

    /// The version of a gateway that was not packaged.
    private static final String DEVELOPMENT = "development";

    private static final int LONGEST_TEXT = 317;
    private static final int LONGEST_CALLER = 1000;

    /// The characters of names and labels.
    private static final Pattern SEARCHABLE = Pattern.compile("[A-Za-z0-9._/-]+");

    private final PastJobs jobs;
    private final JobHistory history;
    private final WorkspaceRedaction redaction;
    private final JsonMapper json;
    private final Clock clock;
    private final String version;

    HistoryController(
            PastJobs jobs,
            JobHistory history,
            WorkspaceRedaction redaction,
            JsonMapper json,
            Clock clock,
            ObjectProvider<BuildProperties> build) {
        this.jobs = jobs;
        this.history = history;
        this.redaction = redaction;
        this.json = json;
        this.clock = clock;
        this.version =
                Optional.ofNullable(build.getIfAvailable())
                        .map(BuildProperties::getVersion)
                        .orElse(DEVELOPMENT);
    }

    @Schema(name = "PastJobPage")
    record Page(
            List<PastJobResponse> items,
            @Nullable
                    @Schema(
                            description =
                                    "The position of the next page; missing on the last page.")
                    String nextCursor) {

        static Page from(HistoryPage page) {
            return new Page(
                    page.items().stream().map(PastJobResponse::from).toList(),
                    page.nextCursor().orElse(null));
        }
    }

    @RequiredRole(Role.VIEWER)
    @GetMapping
    @Operation(
            operationId = "listPastJobs",
            summary = "List past and live jobs",
            description =
                    "The newest jobs are first. A page may have fewer jobs than the limit although"
                            + " there are more: continue until nextCursor is missing. Definitions"
                            + " and changes of state are not included.")
    Page list(
            Workspace workspace,
            @RequestParam(defaultValue = "") Set<JobPhase> state,
            @RequestParam(defaultValue = "")
                    @Parameter(description = "Only jobs whose state has one of these reasons.")
                    Set<JobReason> reason,
            @RequestParam Optional<NodeName> node,
            @RequestParam @Parameter(description = "Only jobs of this name.")
                    Optional<JobName> name,
            @RequestParam(defaultValue = "") @Parameter(description = "key=value; may be repeated.")
                    List<String> label,
            @RequestParam
                    @Parameter(
                            description =
                                    "Only jobs that this caller submitted, as issuer#subject, as"
                                            + " far as their pods show it: see submittedBy.")
                    Optional<String> submitter,
            @RequestParam
                    @Parameter(
                            description =
                                    "Only jobs created at this time or later: a time such as"
                                        + " 2026-11-24T09:00:00Z, or how long ago it was, such as"
                                        + " P7D, PT12H, 7d, 12h or 30m.")
                    Optional<String> since,
            @RequestParam @Parameter(description = "Only jobs created before this time, as since.")
                    Optional<String> until,
            @RequestParam
                    @Parameter(
                            description =
                                    "Only jobs whose name, or the key or value of a label, contains"
                                            + " this text, without regard to case.")
                    Optional<String> q,
            @RequestParam(defaultValue = "100")
                    @Parameter(
                            schema =
                                    @Schema(
                                            type = "integer",
                                            minimum = "1",
                                            maximum = "500",
                                            defaultValue = "100"))
                    int limit,
            @RequestParam Optional<String> cursor) {
        Instant now = clock.instant();
        Optional<Instant> from = since.map(text -> TimeParameter.parse("since", text, now));
        Optional<Instant> to = until.map(text -> TimeParameter.parse("until", text, now));
        if (from.isPresent() && to.isPresent() && from.get().isAfter(to.get())) {
            throw new InvalidValueException(
                    "since is after until.", "Exchange them, or leave one of them out.");
        }
        submitter.ifPresent(HistoryController::requireCaller);
        HistoryQuery query =
                new HistoryQuery(
                        new JobFilter(workspace, name, state, node, LabelParameter.parse(label)),
                        reasons(reason),
                        submitter,
                        from,
                        to,
                        q.map(HistoryController::requireSearch).filter(text -> !text.isEmpty()),
                        limit,
                        cursor);
        // Other characters, which databases may treat in a special way, are in no name and no
        // label.
        boolean any = query.text().map(text -> SEARCHABLE.matcher(text).matches()).orElse(true);
        return Page.from(any ? history.list(query) : new HistoryPage(List.of(), Optional.empty()));
    }

    private static Set<JobReason> reasons(Set<JobReason> reasons) {
        // Spring converts a blank to null.
        if (reasons.stream().anyMatch(Objects::isNull)) {
            throw new InvalidValueException(
                    "A reason is blank.", "Leave it out, or name a reason.");
        }
        return reasons;
    }

    private static void requireCaller(String submitter) {
        if (!Text.isName(submitter, LONGEST_CALLER)) {
            throw new InvalidValueException(
                    "The parameter submitter is not the name of a caller.",
                    "Write it as the member submittedBy of a job has it.");
        }
    }

    private static String requireSearch(String text) {
        if (text.length() > LONGEST_TEXT) {
            throw new InvalidValueException(
                    "No name and no label is as long as the parameter q.",
                    "Use at most " + LONGEST_TEXT + " characters.");
        }
        return text.strip();
    }

    @RequiredRole(Role.VIEWER)
    @GetMapping("/{uid}")
    @Operation(
            operationId = "getPastJob",
            summary = "Get a past or live job",
            description = "With its definition and all changes of its state.")
    PastJobResponse get(Workspace workspace, @PathVariable String uid) {
        PastJob past = jobs.find(workspace, uid);
        WorkspaceRedaction.Masks masks = redaction.of(workspace);
        return PastJobResponse.from(
                masks.masked(past), history.changes(uid).stream().map(masks::masked).toList());
    }

    @RequiredRole(Role.VIEWER)
    @GetMapping(
            path = "/{uid}/manifest",
            produces = {MediaType.APPLICATION_YAML_VALUE, MediaType.APPLICATION_JSON_VALUE})
    @Operation(
            operationId = "getPastJobManifest",
            summary = "Get the pod of a past job",
            description =
                    "The pod as it was submitted, without the fields that the cluster added. As"
                            + " YAML, or as JSON if the header Accept prefers it.",
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
            @PathVariable String uid,
            @RequestHeader(HttpHeaders.ACCEPT) @Parameter(hidden = true)
                    Optional<List<String>> accept)
            throws HttpMediaTypeNotAcceptableException {
        YamlResponse form = YamlResponse.accepted(accept);
        PastJob past = jobs.find(workspace, uid);
        return form.of(redaction.of(workspace).masked(manifest(past)));
    }

    private String manifest(PastJob past) {
        return history.manifest(past.job().uid())
                .orElseThrow(() ->
                        new GatewayException.NotFound(
                                "The history does not have the pod of this job: it could not be"
                                        + " read, or is too large."));
    }

    @RequiredRole(Role.ADMIN)
    @DeleteMapping("/{uid}")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(
            operationId = "deletePastJob",
            summary = "Delete a past job from the history",
            description =
                    "With its changes of state and its logs. Refused while its pod exists, as far"
                            + " as the history knows.")
    @ApiResponse(responseCode = "204", description = "It is deleted.")
    void delete(Workspace workspace, @PathVariable String uid) {
        jobs.remove(workspace, uid);
    }

    @RequiredRole(Role.VIEWER)
    @GetMapping(path = "/{uid}/receipt", produces = MediaType.APPLICATION_JSON_VALUE)
    @Operation(
            operationId = "getJobReceipt",
            summary = "Get a job's receipt",
            description =
                    "One document that can be kept beside a job's result. Its digest can be checked"
                        + " with any implementation of RFC 8785: remove the member sha256, write"
                        + " the rest in the canonical form, and compute the SHA-256. The receipt"
                        + " changes when more becomes known, such as the job's end or its archived"
                        + " log, when a log expires, and with the version of the gateway; so keep"
                        + " the document, not its address.")
    Receipt receipt(Workspace workspace, @PathVariable String uid) {
        PastJob past = jobs.find(workspace, uid);
        WorkspaceRedaction.Masks masks = redaction.of(workspace);
        Receipt receipt =
                Receipt.of(
                        masks.masked(past),
                        PodTranslation.batchLines(masks.masked(manifest(past))),
                        version);
        ObjectNode document = json.valueToTree(receipt);
        document.remove("sha256");
        return receipt.withSha256(CanonicalJson.digest(document));
    }
}
