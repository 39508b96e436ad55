package io.interlinkgateway.token;

import io.interlinkgateway.caller.Caller;
import io.interlinkgateway.caller.CallerAuthentication;
import io.interlinkgateway.caller.RequiredRole;
import io.interlinkgateway.caller.Role;
import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.Findings;
import io.interlinkgateway.failure.Text;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.web.RefusedRequestException;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/// Manages a caller's API tokens. They can only be created with a token of an issuer: an API token can't create
/// another one, which could outlive it.
@RestController
@RequestMapping(
        path = "/api/v1/tokens",
        produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.APPLICATION_YAML_VALUE})
@Tag(name = "API tokens")
class ApiTokenController {

    private static final int LONGEST_NAME = 100;

    private final ApiTokens tokens;
    private final ApiTokenAuthenticator check;
    private final ApiTokenProperties properties;
    private final Clock clock;

    ApiTokenController(
            ApiTokens tokens,
            ApiTokenAuthenticator check,
            ApiTokenProperties properties,
            Clock clock) {
        this.tokens = tokens;
        this.check = check;
        this.properties = properties;
        this.clock = clock;
    }

    // The example is valid for every caller, so it does not name workspaces.
    @Schema(
            name = "NewApiToken",
            example =
                    """
                    {"name": "nightly pipeline", "role": "VIEWER", "lifetime": "P30D"}
                    """)
    record TokenRequest(
            @NotNull @Size(min = 1, max = LONGEST_NAME) @Schema(example = "nightly pipeline")
                    String name,
            @NotNull @Schema(description = "Its role in its workspaces.", example = "VIEWER")
                    Role role,
            @Nullable
                    @Schema(
                            description =
                                    "The workspaces in which it may be used. By default the first"
                                            + " of the caller's workspaces.")
                    List<@NotNull String> workspaces,
            @Nullable
                    @Schema(
                            description = "An ISO 8601 duration.",
                            example = "P30D",
                            format = "duration")
                    String lifetime) {}

    @Schema(name = "ApiToken")
    record TokenResponse(
            String id,
            String name,
            Role role,
            List<String> workspaces,
            Instant createdAt,
            Instant expiresAt,
            @Nullable
                    @Schema(
                            description =
                                    "The secret token. Only in the response to its creation; it"
                                            + " can't be shown again.")
                    String token) {

        static TokenResponse from(ApiToken token, @Nullable String value) {
            return new TokenResponse(
                    token.id(),
                    token.name(),
                    token.role(),
                    token.workspaces().stream().map(Workspace::value).toList(),
                    token.createdAt(),
                    token.expiresAt(),
                    value);
        }

        @Override
        public String toString() {
            return "TokenResponse[id=" + id + "]";
        }
    }

    @Schema(name = "ApiTokens")
    record Items(List<TokenResponse> items) {}

    @RequiredRole(Role.VIEWER)
    @GetMapping
    @Operation(
            operationId = "listTokens",
            summary = "List your API tokens",
            description = "The response does not contain the secrets.")
    Items list() {
        return new Items(
                tokens.ownedBy(CallerAuthentication.current().id()).stream()
                        .map(token -> TokenResponse.from(token, null))
                        .toList());
    }

    @RequiredRole(Role.VIEWER)
    @PostMapping
    @Operation(
            operationId = "createToken",
            summary = "Create an API token",
            description =
                    "Scripts send it as a bearer token. It can't allow more than you may do now.")
    @ApiResponse(responseCode = "201", description = "The token was created.")
    ResponseEntity<TokenResponse> make(@Valid @RequestBody TokenRequest request) {
        Caller caller = CallerAuthentication.current();
        switch (caller.method()) {
            case OIDC -> {}
            case API_TOKEN ->
                    throw refused(
                            "API tokens can't create tokens.",
                            "Log in with your issuer, and send its token.");
            case NONE ->
                    throw refused(
                            "API tokens are only available if the gateway authenticates callers,"
                                    + " which this one does not.",
                            "Send requests without a token.");
        }
        Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        Findings findings = new Findings();
        requireName(request.name(), findings);
        List<Workspace> workspaces = workspaces(request, caller, findings);
        Duration lifetime = lifetime(request, findings);
        requireFewer(caller, now, findings);
        findings.rejectErrors();
        ApiTokenAuthenticator.Made made =
                ApiTokenAuthenticator.make(
                        caller.id(),
                        request.name(),
                        request.role(),
                        workspaces,
                        now,
                        now.plus(lifetime));
        if (!tokens.addWithin(made.token(), properties.maxPerOwner())) {
            findings.add(tooMany());
            findings.rejectErrors();
        }
        return ResponseEntity.created(URI.create("/api/v1/tokens/" + made.token().id()))
                .header("Cache-Control", "no-store")
                .body(TokenResponse.from(made.token(), made.value()));
    }

    private static List<Workspace> workspaces(
            TokenRequest request, Caller caller, Findings findings) {
        List<String> names =
                Optional.ofNullable(request.workspaces())
                        .orElseGet(() ->
                                caller.ownWorkspace().stream().map(Workspace::value).toList());
        List<Workspace> workspaces = new ArrayList<>();
        for (int index = 0; index < names.size(); index++) {
            String name = names.get(index);
            String field = "workspaces[" + index + "]";
            findings.check("workspace", field, () -> new Workspace(name))
                    .ifPresent(workspace -> {
                        workspaces.add(workspace);
                        if (caller.roleIn(workspace)
                                .filter(role -> role.includes(request.role()))
                                .isEmpty()) {
                            findings.add(
                                    Finding.error(
                                            "token-role",
                                            field,
                                            "You do not have the role "
                                                    + request.role()
                                                    + " in workspace \""
                                                    + workspace
                                                    + "\".",
                                            "Choose a role that you have there."));
                        }
                    });
        }
        if (names.isEmpty()) {
            findings.add(
                    Finding.error(
                            "workspace",
                            "workspaces",
                            "The token requires at least one workspace.",
                            "Name a workspace."));
        }
        return workspaces;
    }

    private Duration lifetime(TokenRequest request, Findings findings) {
        if (request.lifetime() == null) {
            return properties.lifetime();
        }
        try {
            Duration lifetime = Duration.parse(request.lifetime());
            if (!lifetime.isNegative()
                    && !lifetime.isZero()
                    && lifetime.compareTo(properties.maxLifetime()) <= 0) {
                return lifetime;
            }
        } catch (DateTimeException _) {
            // Reported below, as lifetimes that are too long.
        }
        findings.add(
                Finding.error(
                        "token-lifetime",
                        "lifetime",
                        "lifetime must be an ISO 8601 duration of at most "
                                + shown(properties.maxLifetime())
                                + ".",
                        "Write it like PT12H or P30D."));
        return properties.lifetime();
    }

    private static String shown(Duration longest) {
        return longest.equals(Duration.ofDays(longest.toDays()))
                ? longest.toDays() + " days"
                : longest.toString();
    }

    /// Deletes expired tokens before counting.
    private void requireFewer(Caller caller, Instant now, Findings findings) {
        List<ApiToken> existing = tokens.ownedBy(caller.id());
        List<ApiToken> expired =
                existing.stream().filter(token -> !now.isBefore(token.expiresAt())).toList();
        expired.forEach(token -> tokens.delete(token.id()));
        if (existing.size() - expired.size() >= properties.maxPerOwner()) {
            findings.add(tooMany());
        }
    }

    private Finding tooMany() {
        return Finding.error(
                "token-count",
                "",
                "You already have " + properties.maxPerOwner() + " API tokens.",
                "Delete tokens that you no longer use.");
    }

    private static void requireName(String name, Findings findings) {
        if (!Text.isName(name, LONGEST_NAME)) {
            findings.add(
                    Finding.error(
                            "token-name",
                            "name",
                            "The name contains an invisible character, or starts or ends with a"
                                    + " space.",
                            "Use letters, digits, punctuation and single spaces between them."));
        }
    }

    @RequiredRole(Role.VIEWER)
    @DeleteMapping("/{id}")
    @Operation(
            operationId = "deleteToken",
            summary = "Delete an API token",
            description =
                    "The token is refused immediately, by other replicas within seconds. An API"
                        + " token can only delete itself. The response for an id that is not one of"
                        + " your tokens is the same as for a deleted token.")
    @ApiResponse(responseCode = "204", description = "You have no token with that id.")
    ResponseEntity<Void> delete(@PathVariable String id) {
        Caller caller = CallerAuthentication.current();
        Optional.of(id)
                .filter(text -> text.matches("[0-9a-f]{16}"))
                .flatMap(tokens::find)
                .filter(found -> found.owner().equals(caller.id()))
                .ifPresent(token -> delete(caller, token));
        return ResponseEntity.noContent().build();
    }

    private static RefusedRequestException refused(String message, String hint) {
        return new RefusedRequestException(HttpStatus.FORBIDDEN, message, hint);
    }

    private void delete(Caller caller, ApiToken token) {
        if (caller.apiToken().filter(own -> !own.equals(token.id())).isPresent()) {
            throw refused(
                    "An API token can delete only itself.",
                    "Log in with your issuer to delete other tokens.");
        }
        tokens.delete(token.id());
        check.invalidate(token.id());
    }
}
