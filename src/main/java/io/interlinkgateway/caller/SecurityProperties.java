package io.interlinkgateway.caller;

import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Authentication of callers.
///
/// @param mode whether callers must authenticate; with `open`, everyone who can reach the gateway may do everything,
///     which is logged and shown in health
/// @param issuers the OpenID Connect issuers whose tokens are trusted; tokens of other issuers are refused
/// @param allowedHosts the gateway's host names. Requests with another one in the header `Host`, or in the headers of
///     an ingress, are refused; empty for any. The liveness and readiness probes accept any name. In the sandbox the
///     loopback names, so that no web page can reach it by its own name (DNS rebinding)
/// @param allowedOrigins web origins whose pages may call the API (CORS), such as `https://portal.example.org`;
///     requests from other origins are refused. By default none is allowed
/// @param openMetrics whether `/actuator/prometheus` answers without a token
@ConfigurationProperties("gateway.security")
record SecurityProperties(
        @DefaultValue("authenticated") Mode mode,
        @DefaultValue List<Issuer> issuers,
        @DefaultValue Set<String> allowedHosts,
        @DefaultValue List<String> allowedOrigins,
        @DefaultValue("false") boolean openMetrics) {

    /// Whether callers must authenticate.
    enum Mode {
        /// Each request must have a token.
        AUTHENTICATED,
        /// Everyone who can reach the gateway may do everything.
        OPEN
    }

    SecurityProperties {
        Set<URI> seen = new HashSet<>();
        for (Issuer issuer : issuers) {
            if (!seen.add(issuer.uri())) {
                throw new IllegalArgumentException("Two issuers have the uri " + issuer.uri());
            }
        }
    }

    /// A trusted issuer.
    ///
    /// @param uri its identifier, as the claim `iss` has it; `https`, or `http` on a loopback address
    /// @param audiences a token must be for one of these (claim `aud`)
    /// @param anyAudience whether tokens for any audience are accepted. The operators of the issuer's other services
    ///     can then use the tokens that users send to them
    /// @param clockSkew the tolerated difference between clocks
    /// @param userInfo whether the claims of the UserInfo endpoint are used too (EGI Check-in has entitlements only
    ///     there); requested once per token and 5 minutes
    /// @param clientId the public client with which people log in to the console
    /// @param scopes the scopes of a login to the console
    /// @param rules which claims give which workspaces; the first rule that matches gives the caller's default
    ///     workspace
    record Issuer(
            URI uri,
            @DefaultValue List<String> audiences,
            @DefaultValue("false") boolean anyAudience,
            @DefaultValue("60s") Duration clockSkew,
            @DefaultValue("false") boolean userInfo,
            @Nullable String clientId,
            @DefaultValue("openid") List<String> scopes,
            @DefaultValue List<Rule> rules) {

        private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

        Issuer {
            boolean safe =
                    "https".equals(uri.getScheme())
                            || ("http".equals(uri.getScheme()) && LOOPBACK.contains(uri.getHost()));
            if (!safe) {
                throw new IllegalArgumentException("An issuer's uri must be https, not " + uri);
            }
            if (audiences.isEmpty() != anyAudience) {
                throw new IllegalArgumentException(
                        "Give either audiences or any-audience=true for the issuer " + uri);
            }
        }
    }

    /// A rule from a claim to a workspace.
    ///
    /// @param claim the claim's name (`sub`, `groups`, `entitlements`), or a path of names separated by dots
    ///     (`realm_access.roles`); its value is a text or a list of texts
    /// @param value the exact text of the claim
    /// @param pattern instead of `value`, a regular expression (RE2) that must match the whole text
    /// @param workspace the workspace's name; with a pattern, `$1` stands for its first group, and so on
    /// @param role the role there
    record Rule(
            String claim,
            @Nullable String value,
            @Nullable String pattern,
            String workspace,
            @DefaultValue("submitter") Role role) {

        Rule {
            if ((value == null) == (pattern == null)) {
                throw new IllegalArgumentException(
                        "A rule for the claim " + claim + " needs either a value or a pattern");
            }
            if (pattern != null) {
                WorkspaceRules.check(pattern, workspace);
            }
        }
    }
}
