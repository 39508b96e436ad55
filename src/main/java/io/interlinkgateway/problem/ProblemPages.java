package io.interlinkgateway.problem;

import io.interlinkgateway.failure.GatewayException;
import io.swagger.v3.oas.annotations.Hidden;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/// The pages to which a problem's `type` refers.
@Hidden
@RestController
class ProblemPages {

    @GetMapping(path = "/problems", produces = MediaType.TEXT_HTML_VALUE)
    String index() {
        return page(
                "Problems",
                Arrays.stream(ProblemType.values())
                        .map(type ->
                                "<li><a href=\"/problems/%s\">%s</a></li>"
                                        .formatted(type.slug(), type.title()))
                        .collect(Collectors.joining("\n", "<ul>\n", "\n</ul>")));
    }

    @GetMapping(path = "/problems/{slug}", produces = MediaType.TEXT_HTML_VALUE)
    String page(@PathVariable String slug) {
        return ProblemType.ofSlug(slug)
                .map(type ->
                        page(
                                type.title(),
                                "<p>%s</p>\n<p><b>Hint:</b> %s</p>\n<p>HTTP status %d</p>"
                                        .formatted(
                                                type.explanation(),
                                                type.hint(),
                                                type.status().value())))
                .orElseThrow(() -> new GatewayException.NotFound("problem", slug));
    }

    private static String page(String title, String body) {
        return """
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><title>%1$s</title></head>
        <body>
        <h1>%1$s</h1>
        %2$s
        </body>
        </html>
        """
                .formatted(title, body);
    }
}
