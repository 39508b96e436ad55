package io.interlinkgateway.caller;

import io.interlinkgateway.job.Workspace;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;

/// Who asks.
///
/// @param id the same for each request of the same person or service, and nobody else's: `issuer#subject`
/// @param method how that is known
/// @param reach where the caller may do what
/// @param apiToken the id of the API token that was sent, if it was one
public record Caller(String id, Method method, Reach reach, Optional<String> apiToken) {

    Caller(String id, Method method, Reach reach) {
        this(id, method, reach, Optional.empty());
    }

    /// How a caller is known.
    public enum Method {
        /// Not at all: the gateway is open.
        NONE,
        /// By a token of a trusted issuer.
        OIDC,
        /// By an API token, which acts for its owner.
        API_TOKEN
    }

    /// Where a caller may do what.
    public sealed interface Reach {

        /// Everything in every workspace.
        ///
        /// @param own the workspace of requests that name none
        record Everywhere(Workspace own) implements Reach {}

        /// Some workspaces.
        ///
        /// @param roles the role in each; the first is that of requests that name none
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

    /// @return the workspace of requests that name none, unless the caller has none
    public Optional<Workspace> ownWorkspace() {
        return switch (reach) {
            case Reach.Everywhere(Workspace own) -> Optional.of(own);
            case Reach.Within(SequencedMap<Workspace, Role> roles) ->
                    roles.keySet().stream().findFirst();
        };
    }

    /// @return the role in a workspace, unless it is none of the caller's
    public Optional<Role> roleIn(Workspace workspace) {
        return switch (reach) {
            case Reach.Everywhere _ -> Optional.of(Role.ADMIN);
            case Reach.Within(SequencedMap<Workspace, Role> roles) ->
                    Optional.ofNullable(roles.get(workspace));
        };
    }

    /// @return the highest role in any workspace, unless the caller has none
    Optional<Role> highestRole() {
        return switch (reach) {
            case Reach.Everywhere _ -> Optional.of(Role.ADMIN);
            case Reach.Within(SequencedMap<Workspace, Role> roles) ->
                    roles.values().stream().max(Role::compareTo);
        };
    }

    /// @return the workspaces that are known to be the caller's, the own one first, with the role in each
    public SequencedMap<Workspace, Role> workspaces() {
        return switch (reach) {
            case Reach.Everywhere(Workspace own) -> new LinkedHashMap<>(Map.of(own, Role.ADMIN));
            case Reach.Within(SequencedMap<Workspace, Role> roles) -> roles;
        };
    }
}
