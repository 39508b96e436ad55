package io.interlinkgateway.credential;

import io.interlinkgateway.caller.RequiredRole;
import io.interlinkgateway.caller.Role;
import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.Findings;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.CredentialName;
import io.interlinkgateway.job.MlflowAccess;
import io.interlinkgateway.job.TrackingUri;
import io.interlinkgateway.job.Workspace;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.util.UriComponentsBuilder;

@RestController
@RequestMapping(
        path = "/api/v1/mlflow-credentials",
        produces = {MediaType.APPLICATION_JSON_VALUE, MediaType.APPLICATION_YAML_VALUE})
@Tag(name = "MLflow credentials")
class CredentialController {

    private final Credentials credentials;
    private final MlflowProbe probe;

    CredentialController(Credentials credentials, MlflowProbe probe) {
        this.credentials = credentials;
        this.probe = probe;
    }

    @Schema(name = "NewMlflowCredential", description = "A username with its password, or a token.")
    record PutCredentialRequest(
            @Nullable @Schema(example = "XYZ") String username,
            @Nullable
                    @Schema(
                            example = "ABC",
                            format = "password",
                            accessMode = Schema.AccessMode.WRITE_ONLY)
                    String password,
            @Nullable
                    @Schema(
                            description =
                                    "Instead of username and password: the value of"
                                            + " MLFLOW_TRACKING_TOKEN, which is sent as a Bearer"
                                            + " token.",
                            format = "password",
                            accessMode = Schema.AccessMode.WRITE_ONLY)
                    String token,
            @Nullable
                    @Schema(
                            description =
                                    "The only server for which it may be used. By default any.",
                            example = "https://mlflow.example.org/")
                    String trackingUri) {

        MlflowCredential toCredential() {
            Findings findings = new Findings();
            Optional<TrackingUri> server =
                    Optional.ofNullable(trackingUri)
                            .flatMap(text ->
                                    findings.check(
                                            "tracking-uri",
                                            "trackingUri",
                                            () -> TrackingUri.parse(text)));
            Optional<MlflowLogin> login =
                    token == null ? password(findings) : token(findings, token);
            findings.rejectErrors();
            return new MlflowCredential(login.orElseThrow(), server);
        }

        private Optional<MlflowLogin> token(Findings findings, String given) {
            if (username != null || password != null) {
                findings.add(
                        Finding.error(
                                "token",
                                "token",
                                "A credential is either a token, or a username with a password.",
                                "Leave out username and password, or the token."));
            }
            return findings.check("token", "token", () -> new MlflowLogin.Token(given));
        }

        private Optional<MlflowLogin> password(Findings findings) {
            Optional<String> user =
                    given("username", username, findings)
                            .flatMap(text ->
                                    findings.check(
                                            "username",
                                            "username",
                                            () -> MlflowLogin.Password.requireUsername(text)));
            Optional<String> secret =
                    given("password", password, findings)
                            .flatMap(text ->
                                    findings.check(
                                            "password",
                                            "password",
                                            () -> MlflowLogin.Password.requirePassword(text)));
            return user.flatMap(name -> secret.map(found -> new MlflowLogin.Password(name, found)));
        }

        private static Optional<String> given(
                String field, @Nullable String text, Findings findings) {
            if (text == null) {
                findings.add(
                        Finding.error(
                                field,
                                field,
                                "The " + field + " is missing.",
                                "Give username and password, or a token instead."));
            }
            return Optional.ofNullable(text);
        }

        @Override
        public String toString() {
            return "PutCredentialRequest[username=" + username + "]";
        }
    }

    @Schema(name = "MlflowCredential", description = "A credential without its password or token.")
    record CredentialResponse(
            String name,
            @Nullable @Schema(description = "The MLflow user, unless the credential is a token.")
                    String username,
            MlflowAccess.Kind kind,
            @Nullable String trackingUri,
            Instant createdAt,
            @Schema(
                            description =
                                    "The program that created the Secret: gateway or another one's"
                                            + " name.")
                    String managedBy) {

        static CredentialResponse from(CredentialSummary summary) {
            return new CredentialResponse(
                    summary.name().value(),
                    summary.username().orElse(null),
                    summary.kind(),
                    summary.trackingUri().map(TrackingUri::toString).orElse(null),
                    summary.createdAt(),
                    summary.managedBy());
        }
    }

    @Schema(name = "MlflowCredentials")
    record Items(List<CredentialResponse> items) {}

    @Schema(name = "CredentialCheck")
    record VerifyRequest(
            @Nullable
                    @Schema(
                            description =
                                    "The server for the check. Optional if the credential has one;"
                                            + " if it has none, only an admin may name one.",
                            example = "https://mlflow.example.org/")
                    String trackingUri) {}

    @Schema(name = "CredentialVerdict")
    record VerdictResponse(
            Verdict verdict,
            String message,
            String hint,
            String trackingUri,
            @Nullable
                    @Schema(
                            description =
                                    "With REDIRECTED: the target. A tracking URI if the API is"
                                            + " there, else only the server.")
                    String redirect) {

        static VerdictResponse from(MlflowProbe.Outcome outcome, TrackingUri server) {
            Verdict verdict = outcome.verdict();
            return new VerdictResponse(
                    verdict,
                    verdict.message(),
                    verdict.hint(),
                    server.toString(),
                    outcome.redirect().orElse(null));
        }
    }

    @RequiredRole(Role.VIEWER)
    @GetMapping
    @Operation(
            operationId = "listCredentials",
            summary = "List the MLflow credentials",
            description = "Includes credentials that were created with kubectl.")
    Items list(Workspace workspace) {
        return new Items(
                credentials.list(workspace).stream().map(CredentialResponse::from).toList());
    }

    @RequiredRole(Role.VIEWER)
    @GetMapping("/{name}")
    @Operation(
            operationId = "getCredential",
            summary = "Get an MLflow credential",
            description = "The response does not contain the password or token.")
    CredentialResponse get(Workspace workspace, @PathVariable CredentialName name) {
        return credentials
                .find(workspace, name)
                .map(CredentialResponse::from)
                .orElseThrow(() -> notFound(name));
    }

    @RequiredRole(Role.ADMIN)
    @PutMapping("/{name}")
    @Operation(
            operationId = "putCredential",
            summary = "Put an MLflow credential",
            description = "Creates or replaces it.")
    @ApiResponse(responseCode = "201", description = "It was created.")
    @ApiResponse(responseCode = "200", description = "It was replaced.")
    ResponseEntity<CredentialResponse> put(
            Workspace workspace,
            @PathVariable CredentialName name,
            @Valid @RequestBody PutCredentialRequest request) {
        Credentials.Stored stored = credentials.put(workspace, name, request.toCredential());
        CredentialResponse body = CredentialResponse.from(stored.summary());
        return stored.created()
                ? ResponseEntity.created(location(workspace, name)).body(body)
                : ResponseEntity.ok(body);
    }

    @RequiredRole(Role.ADMIN)
    @DeleteMapping("/{name}")
    @Operation(
            operationId = "deleteCredential",
            summary = "Delete an MLflow credential",
            description = "Succeeds also if there is none, so that a repeat has the same response.")
    @ApiResponse(responseCode = "204", description = "There is no credential with that name.")
    ResponseEntity<Void> delete(Workspace workspace, @PathVariable CredentialName name) {
        credentials.delete(workspace, name);
        return ResponseEntity.noContent().build();
    }

    @RequiredRole(Role.SUBMITTER)
    @PostMapping("/{name}/verify")
    @Operation(
            operationId = "verifyCredential",
            summary = "Ask the MLflow server whether it accepts a credential",
            description =
                    "The gateway first sends a request without the credential, to detect a server"
                            + " that requires none. A credential with a trackingUri is sent only to"
                            + " that server. One without is sent to the server that the request"
                            + " names, which requires the role admin.")
    VerdictResponse verify(
            Workspace workspace,
            Role role,
            @PathVariable CredentialName name,
            @RequestBody Optional<VerifyRequest> request) {
        MlflowCredential credential =
                credentials.reveal(workspace, name).orElseThrow(() -> notFound(name));
        if (credential.trackingUri().isEmpty() && !role.includes(Role.ADMIN)) {
            throw new GatewayException.NotAllowed(
                    "The credential \""
                            + name
                            + "\" has no trackingUri. Sending it to a server requires the role"
                            + " ADMIN in the workspace \""
                            + workspace
                            + "\"; yours is "
                            + role
                            + ". After an admin has set its trackingUri, you may verify it.");
        }
        TrackingUri server = serverOf(credential, request.map(VerifyRequest::trackingUri));
        return VerdictResponse.from(probe.ask(server, credential), server);
    }

    private static TrackingUri serverOf(MlflowCredential credential, Optional<String> requested) {
        Findings findings = new Findings();
        Optional<TrackingUri> wanted =
                requested.flatMap(text ->
                        findings.check(
                                "tracking-uri", "trackingUri", () -> TrackingUri.parse(text)));
        Optional<TrackingUri> server = wanted.or(credential::trackingUri);
        if (server.isEmpty() && !findings.hasErrors()) {
            findings.add(
                    Finding.error(
                            "tracking-uri",
                            "trackingUri",
                            "The credential has no trackingUri, and the request names no server.",
                            "Give trackingUri."));
        }
        credential
                .trackingUri()
                .filter(bound -> wanted.filter(other -> !bound.sameServerAs(other)).isPresent())
                .ifPresent(bound ->
                        findings.add(
                                Finding.error(
                                        "credential-server",
                                        "trackingUri",
                                        "The credential may only be used for " + bound + ".",
                                        "Leave trackingUri out.")));
        findings.rejectErrors();
        return server.orElseThrow();
    }

    private static GatewayException.NotFound notFound(CredentialName name) {
        return new GatewayException.NotFound("MLflow credential", name.value());
    }

    private static URI location(Workspace workspace, CredentialName name) {
        return UriComponentsBuilder.fromPath("/api/v1/mlflow-credentials/{name}")
                .queryParam("workspace", workspace.value())
                .build(name.value());
    }
}
