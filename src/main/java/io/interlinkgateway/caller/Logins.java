package io.interlinkgateway.caller;

import java.util.List;
import java.util.Optional;

/// How a person logs in on the gateway's own pages.
public final class Logins {

    /// A login with an authorization code and PKCE at a trusted issuer.
    ///
    /// @param issuer the issuer's identifier, as in the claim `iss`
    /// @param authorizationEndpoint where the browser is sent
    /// @param tokenEndpoint where the code is exchanged for tokens
    /// @param clientId the public client of the pages
    /// @param scopes the requested scopes
    public record Login(
            String issuer,
            String authorizationEndpoint,
            String tokenEndpoint,
            String clientId,
            List<String> scopes) {

        /// Keeps a copy of the scopes.
        public Login {
            scopes = List.copyOf(scopes);
        }
    }

    private final SecurityProperties.Mode mode;
    private final BearerTokenAuthentication tokens;

    Logins(SecurityProperties.Mode mode, BearerTokenAuthentication tokens) {
        this.mode = mode;
        this.tokens = tokens;
    }

    /// @return whether requests need a token
    public boolean required() {
        return switch (mode) {
            case OPEN -> false;
            case AUTHENTICATED -> true;
        };
    }

    /// @return one login for each issuer that has a client for the pages and responds now
    public List<Login> available() {
        return tokens.issuers().stream().flatMap(issuer -> login(issuer).stream()).toList();
    }

    private static Optional<Login> login(TrustedIssuer issuer) {
        return issuer.client()
                .flatMap(client ->
                        issuer.loginPages()
                                .map(pages ->
                                        new Login(
                                                issuer.uri(),
                                                pages.authorization(),
                                                pages.token(),
                                                client,
                                                issuer.scopes())));
    }
}
