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

/// Writes the header `Content-Security-Policy`. Pages of the gateway may load and call nothing, except Swagger UI and
/// the console, which load their own files and call the gateway and the issuers for the login.
final class ContentSecurity implements HeaderWriter {

    private static final String HEADER = "Content-Security-Policy";
    private static final String NOTHING =
            "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private static final RequestMatcher SWAGGER_UI =
            PathPatternRequestMatcher.withDefaults().matcher("/swagger-ui/*.html");

    private static final RequestMatcher CONSOLE =
            PathPatternRequestMatcher.withDefaults().matcher("/console/**");

    /// Svelte builds elements from the compiled templates by its policy for trusted types; no other code can parse
    /// text as HTML.
    private static final String TRUSTED_TYPES =
            "; require-trusted-types-for 'script'; trusted-types svelte-trusted-html";

    private final Collection<TrustedIssuer> issuers;

    ContentSecurity(Collection<TrustedIssuer> issuers) {
        this.issuers = issuers;
    }

    @Override
    public void writeHeaders(HttpServletRequest request, HttpServletResponse response) {
        response.setHeader(HEADER, policy(request));
    }

    private String policy(HttpServletRequest request) {
        if (SWAGGER_UI.matches(request)) {
            return NOTHING
                    + "; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:;"
                    + " connect-src 'self'"
                    + origins();
        }
        return CONSOLE.matches(request)
                ? NOTHING
                        + "; script-src 'self'; style-src 'self'; img-src 'self'; connect-src"
                        + " 'self'"
                        + origins()
                        + TRUSTED_TYPES
                : NOTHING;
    }

    /// The origins from which the pages get tokens: an issuer's token endpoint may be on another host than the
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
