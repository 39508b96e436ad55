package io.interlinkgateway.caller;

import io.interlinkgateway.job.Workspace;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// The sender of a request.
///
/// @param id identifies the person or service: `issuer#subject`
/// @param method how the caller was authenticated
/// @param reach the caller's roles in workspaces
/// @param apiToken the id of the API token, if one was sent
public record Caller(String id, Method method, Reach reach, Optional<String> apiToken) {

    Caller(String id, Method method, Reach reach) {
        this(id, method, reach, Optional.empty());
    }

    /// How a caller was authenticated.
    public enum Method {
        /// Not at all: the gateway is open to everyone.
        NONE,
        /// By a token of a trusted issuer.
        OIDC,
        /// By an API token; the caller is its owner.
        API_TOKEN
    }

    /// The workspaces that a caller may use, and the roles there.
    public sealed interface Reach {

        /// All rights in all workspaces.
        ///
        /// @param own the default workspace of requests
        record Everywhere(Workspace own) implements Reach {}

        /// Some workspaces.
        ///
        /// @param roles workspaces to roles; the first workspace is the default of requests
        record Within(SequencedMap<Workspace, Role> roles) implements Reach {

            /// Copies the map, keeping its order.
            public Within {
                roles = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(roles));
            }
        }
    }

    static Caller ofOpenGateway(Workspace own) {
        return new Caller("anonymous", Method.NONE, new Reach.Everywhere(own));
    }

    /// @return the default workspace of requests, unless the caller has no workspace
    public Optional<Workspace> ownWorkspace() {
        return switch (reach) {
            case Reach.Everywhere(Workspace own) -> Optional.of(own);
            case Reach.Within(SequencedMap<Workspace, Role> roles) ->
                    roles.keySet().stream().findFirst();
        };
    }

    /// @return the role in a workspace, unless it is not one of the caller's
    public Optional<Role> roleIn(Workspace workspace) {
        return switch (reach) {
            case Reach.Everywhere _ -> Optional.of(Role.ADMIN);
            case Reach.Within(SequencedMap<Workspace, Role> roles) ->
                    Optional.ofNullable(roles.get(workspace));
        };
    }

    /// @return the highest role in any workspace, unless the caller has no workspace
    Optional<Role> highestRole() {
        return switch (reach) {
            case Reach.Everywhere _ -> Optional.of(Role.ADMIN);
            case Reach.Within(SequencedMap<Workspace, Role> roles) ->
                    roles.values().stream().max(Role::compareTo);
        };
    }

    /// @return the caller's known workspaces with the role in each; the default workspace is first
    public SequencedMap<Workspace, Role> workspaces() {
        return switch (reach) {
            case Reach.Everywhere(Workspace own) -> new LinkedHashMap<>(Map.of(own, Role.ADMIN));
            case Reach.Within(SequencedMap<Workspace, Role> roles) -> roles;
        };
    }
}
