package io.interlinkgateway.caller;

import com.nimbusds.jwt.JWTParser;
import io.interlinkgateway.failure.GatewayException;
import java.text.ParseException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationManager;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.server.resource.InvalidBearerTokenException;
import org.springframework.security.oauth2.server.resource.authentication.BearerTokenAuthenticationToken;

/// Authenticates callers by their bearer tokens.
final class BearerTokenAuthentication implements AuthenticationManager {

    private final OwnTokens ownTokens;
    private final Map<String, TrustedIssuer> issuers;

    BearerTokenAuthentication(OwnTokens ownTokens, List<TrustedIssuer> issuers) {
        this.ownTokens = ownTokens;
        this.issuers = new LinkedHashMap<>();
        issuers.forEach(issuer -> this.issuers.put(issuer.uri(), issuer));
    }

    Collection<TrustedIssuer> issuers() {
        return issuers.values();
    }

    /// @throws InvalidBearerTokenException if the token is not valid
    /// @throws TokenUnverifiableException if it can't be verified now
    @Override
    public Authentication authenticate(Authentication authentication) {
        String token = ((BearerTokenAuthenticationToken) authentication).getToken();
        return new CallerAuthentication(
                ownTokens.hasForm(token) ? ownerOf(token) : issuerOf(token).callerOf(token));
    }

    private Caller ownerOf(String token) {
        try {
            return ownTokens.callerOf(token);
        } catch (GatewayException failure) {
            throw new TokenUnverifiableException(failure, failure);
        }
    }

    private TrustedIssuer issuerOf(String token) {
        return claimedIssuer(token)
                .map(issuers::get)
                .orElseThrow(() ->
                        new InvalidBearerTokenException("The issuer of the token is not trusted."));
    }

    /// The issuer that the token claims. It only selects the issuer that verifies the token.
    private static Optional<String> claimedIssuer(String token) {
        try {
            return Optional.ofNullable(issuer(token));
        } catch (ParseException _) {
            return Optional.empty();
        }
    }

    private static @Nullable String issuer(String token) throws ParseException {
        var claims = JWTParser.parse(token).getJWTClaimsSet();
        return claims == null ? null : claims.getIssuer();
    }
}
