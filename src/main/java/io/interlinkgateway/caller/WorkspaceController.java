package io.interlinkgateway.caller;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

@RestController
@RequestMapping(
        path = "/api/v1/workspaces",
        produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.APPLICATION_YAML_VALUE})
@Tag(name = "Workspaces")
class WorkspaceController {

    @Schema(name = "Workspace")
    record WorkspaceResponse(String name, @Schema(description = "Your role in it.") Role role) {}

    @Schema(name = "Workspaces")
    record Items(List<WorkspaceResponse> items) {}

    @RequiredRole(Role.VIEWER)
    @GetMapping
    @Operation(
            operationId = "listWorkspaces",
            summary = "List your workspaces",
            description = "The first is used for requests without the parameter workspace.")
    Items list() {
        return new Items(
                CallerAuthentication.current().workspaces().entrySet().stream()
                        .map(entry ->
                                new WorkspaceResponse(entry.getKey().value(), entry.getValue()))
                        .toList());
    }
}
