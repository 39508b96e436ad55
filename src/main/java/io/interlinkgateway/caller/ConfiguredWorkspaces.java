package io.interlinkgateway.caller;

import io.interlinkgateway.job.Workspace;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/// The workspaces that the configuration names: those of rules without a placeholder, or that of an open gateway.
/// Workspaces that depend on a claim's value are only known once a caller has used them.
@Component
public final class ConfiguredWorkspaces {

    private final Set<Workspace> names;

    ConfiguredWorkspaces(SecurityProperties security, CallerProperties callers) {
        Stream<String> configured =
                switch (security.mode()) {
                    case OPEN -> Stream.of(callers.defaultWorkspace());
                    case AUTHENTICATED ->
                            security.issuers().stream()
                                    .flatMap(issuer -> issuer.rules().stream())
                                    .map(SecurityProperties.Rule::workspace)
                                    .filter(name -> name.indexOf('$') < 0);
                };
        this.names = configured.map(Workspace::new).collect(Collectors.toUnmodifiableSet());
    }

    /// @return their names
    public Set<Workspace> names() {
        return names;
    }
}
