package io.interlinkgateway.submission;

import io.interlinkgateway.caller.RequiredRole;
import io.interlinkgateway.caller.Role;
import io.interlinkgateway.history.PastJobs;
import io.interlinkgateway.job.IdempotencyKey;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.representation.JobResponse;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.Optional;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.node.ObjectNode;

/// Submits jobs of the history again.
@RestController
@Tag(name = "History")
class PastJobSubmissionController {

    private final PastJobs past;
    private final Submissions submissions;

    PastJobSubmissionController(PastJobs past, Submissions submissions) {
        this.past = past;
        this.submissions = submissions;
    }

    @RequiredRole(Role.SUBMITTER)
    @PostMapping(
            path = "/api/v1/history/jobs/{uid}/resubmit",
            produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.APPLICATION_YAML_VALUE})
    @ChangesBody
    @Operation(
            operationId = "resubmitPastJob",
            summary = "Submit a past job again",
            description =
                    "Creates a new job from the same definition, with a new name unless the body"
                            + " has one. The optional body is a JSON merge patch (RFC 7396) of the"
                            + " definition; it must replace the fields whose passwords the history"
                            + " has masked.")
    @ApiResponse(responseCode = "201", description = "The job was created.")
    @ApiResponse(responseCode = "200", description = "The job already existed.")
    ResponseEntity<JobResponse> resubmit(
            Workspace workspace,
            @PathVariable String uid,
            @RequestHeader(SubmissionController.KEY) Optional<IdempotencyKey> idempotencyKey,
            @RequestBody Optional<ObjectNode> changes) {
        return SubmissionController.answer(
                workspace,
                submissions.resubmit(
                        workspace, past.find(workspace, uid), changes, idempotencyKey));
    }
}
