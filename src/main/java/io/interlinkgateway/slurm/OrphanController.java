package io.interlinkgateway.slurm;

import io.interlinkgateway.caller.RequiredRole;
import io.interlinkgateway.caller.Role;
import io.interlinkgateway.job.HpcJob;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Workspace;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping(
        path = "/api/v1/nodes/{name}/orphans",
        produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.APPLICATION_YAML_VALUE})
@Tag(name = "Nodes")
class OrphanController {

    private final Orphans orphans;

    OrphanController(Orphans orphans) {
        this.orphans = orphans;
    }

    @Schema(name = "Orphans")
    record Items(List<OrphanResponse> items) {}

    @Schema(name = "Orphan", description = "A job in SLURM whose pod does not exist any more.")
    record OrphanResponse(
            @Schema(description = "SLURM's id of the job.") String id,
            @Schema(description = "The UID of the pod.") String uid,
            HpcJob.State state,
            @Nullable String partition,
            @Nullable @Schema(description = "The compute nodes.") String nodes,
            @Nullable Instant submittedAt,
            @Nullable Instant startedAt,
            @Schema(description = "The time of SLURM's response.") Instant observedAt) {

        private static OrphanResponse from(SlurmJob orphan) {
            HpcJob job = orphan.job();
            return new OrphanResponse(
                    job.id(),
                    orphan.uid(),
                    job.state(),
                    job.partition().orElse(null),
                    job.nodes().orElse(null),
                    job.submittedAt().orElse(null),
                    job.startedAt().orElse(null),
                    job.observedAt());
        }
    }

    @RequiredRole(Role.ADMIN)
    @GetMapping
    @Operation(
            operationId = "listOrphans",
            summary = "List the jobs in SLURM whose pod does not exist any more",
            description =
                    "Jobs that were submitted for a pod of the workspace more than a minute ago and"
                            + " have not ended. The node must have a slurmrestd.")
    Items list(Workspace workspace, @PathVariable NodeName name) {
        return new Items(orphans.list(name, workspace).stream().map(OrphanResponse::from).toList());
    }

    @RequiredRole(Role.ADMIN)
    @DeleteMapping("/{id}")
    @Operation(
            operationId = "cancelOrphan",
            summary = "Cancel a job in SLURM whose pod does not exist any more",
            description = "Only if the gateway's operators have enabled it for the node.")
    @ApiResponse(
            responseCode = "202",
            description =
                    "SLURM has accepted the request. A job that has ended is not listed any more.")
    ResponseEntity<Void> cancel(
            Workspace workspace, @PathVariable NodeName name, @PathVariable String id) {
        orphans.cancel(name, workspace, id);
        return ResponseEntity.status(HttpStatus.ACCEPTED).build();
    }
}
