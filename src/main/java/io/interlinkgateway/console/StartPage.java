package io.interlinkgateway.console;

import io.swagger.v3.oas.annotations.Hidden;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;

/// The start page: browsers are redirected to the console if there is one, other clients get the main addresses. It
/// requires no authentication.
@Hidden
@RestController
class StartPage {

    private static final String CONSOLE = "/console/";

    private final boolean console;

    StartPage(ConsoleProperties properties) {
        console = properties.enabled();
    }

    @GetMapping("/")
    ResponseEntity<Map<String, String>> start(
            @RequestHeader(HttpHeaders.ACCEPT) Optional<String> accept) {
        boolean redirected = console && wantsPages(accept);
        ResponseEntity.BodyBuilder answer =
                ResponseEntity.status(redirected ? HttpStatus.FOUND : HttpStatus.OK)
                        .varyBy(HttpHeaders.ACCEPT);
        return redirected
                ? answer.location(URI.create(CONSOLE)).build()
                : answer.contentType(MediaType.APPLICATION_JSON).body(links());
    }

    private static boolean wantsPages(Optional<String> accept) {
        try {
            return MediaType.parseMediaTypes(accept.orElse("")).stream()
                    .anyMatch(type ->
                            type.equalsTypeAndSubtype(MediaType.TEXT_HTML)
                                    && type.getQualityValue() > 0);
        } catch (InvalidMediaTypeException _) {
            return false;
        }
    }

    private Map<String, String> links() {
        Map<String, String> links = new LinkedHashMap<>();
        links.put("name", "interLink Gateway");
        if (console) {
            links.put("console", CONSOLE);
        }
        links.put("description", "/v3/api-docs");
        links.put("documentation", "/swagger-ui.html");
        links.put("problems", "/problems");
        links.put("nodes", "/api/v1/nodes");
        links.put("jobs", "/api/v1/jobs");
        return links;
    }
}
