package io.interlinkgateway.caller;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.util.Collection;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.security.web.header.HeaderWriter;
import org.springframework.security.web.servlet.util.matcher.PathPatternRequestMatcher;
import org.springframework.security.web.util.matcher.RequestMatcher;

/// Writes the header `Content-Security-Policy`. Pages of the gateway may load and call nothing, except Swagger UI,
/// which loads its own files and calls the gateway and the issuers for the login.
final class ContentSecurity implements HeaderWriter {

    private static final String HEADER = "Content-Security-Policy";
    private static final String NOTHING =
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final RequestMatcher SWAGGER_UI =
            PathPatternRequestMatcher.withDefaults().matcher("/swagger-ui/*.html");

    private final Collection<TrustedIssuer> issuers;

    ContentSecurity(Collection<TrustedIssuer> issuers) {
        this.issuers = issuers;
    }

    @Override
    public void writeHeaders(HttpServletRequest request, HttpServletResponse response) {
        response.setHeader(
                HEADER,
                SWAGGER_UI.matches(request)
                        ? NOTHING
                                + "; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src"
                                + " 'self' data:; connect-src 'self'"
                                + origins()
                        : NOTHING);
    }

    /// The origins from which Swagger UI gets tokens: an issuer's token endpoint may be on another host than the
    /// issuer.
    private String origins() {
        return issuers.stream()
                .flatMap(issuer ->
                        Stream.concat(
                                Stream.of(issuer.uri()),
                                issuer.loginPages().map(TrustedIssuer.LoginPages::token).stream()))
                .flatMap(address -> origin(address).stream())
                .distinct()
                .map(origin -> " " + origin)
                .collect(Collectors.joining());
    }

    /// The origin is built from parts, so that an issuer's text can't add another directive.
    private static Optional<String> origin(String address) {
        try {
            URI uri = URI.create(address);
            return uri.getHost() == null
                    ? Optional.empty()
                    : Optional.of(
                            uri.getScheme()
                                    + "://"
                                    + uri.getHost()
                                    + (uri.getPort() < 0 ? "" : ":" + uri.getPort()));
        } catch (IllegalArgumentException _) {
            return Optional.empty();
        }
    }
}
