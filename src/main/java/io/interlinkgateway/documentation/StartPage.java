package io.interlinkgateway.documentation;

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

/// The start page: browsers are redirected to the console, other clients get the main addresses. It requires no
/// authentication.
@Hidden
@RestController
class StartPage {

    private static final String CONSOLE = "/console/";

    @GetMapping("/")
    ResponseEntity<Map<String, String>> start(
            @RequestHeader(HttpHeaders.ACCEPT) Optional<String> accept) {
        ResponseEntity.BodyBuilder answer =
                ResponseEntity.status(wantsPages(accept) ? HttpStatus.FOUND : HttpStatus.OK)
                        .varyBy(HttpHeaders.ACCEPT);
        return wantsPages(accept)
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

    private static Map<String, String> links() {
        Map<String, String> links = new LinkedHashMap<>();
        links.put("name", "interLink Gateway");
        links.put("console", CONSOLE);
        links.put("description", "/v3/api-docs");
        links.put("documentation", "/swagger-ui.html");
        links.put("problems", "/problems");
        links.put("nodes", "/api/v1/nodes");
        links.put("jobs", "/api/v1/jobs");
        return links;
    }
}
