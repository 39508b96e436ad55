package io.interlinkgateway.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.SharedGateway;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/// The console's files, with or without a build of them. Its pages are tested in a browser (`console/e2e`).
@SharedGateway
class ConsoleTests {

    @Autowired private MockMvcTester mvc = MockMvcTester.of(List.of());

    @Test
    void theAddressWithoutASlashLeadsToTheConsole() {
        assertThat(mvc.get().uri("/console").exchange())
                .hasStatus(HttpStatus.FOUND)
                .hasHeader(HttpHeaders.LOCATION, "/console/");
    }

    @Test
    void theConsolesAddressLeadsToItsPage() {
        assertThat(mvc.get().uri("/console/").exchange()).hasForwardedUrl("/console/index.html");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/console/index.html",
                "/console/jobs",
                "/console/jobs/3dgan-train",
                "/console/signed-in?code=x",
                "/console/.stamp"
            })
    void everyPathIsThePageWhichBrowsersAskForAgain(String path) {
        MvcTestResult page = mvc.get().uri(path).exchange();

        assertThat(page)
                .hasStatusOk()
                .hasContentTypeCompatibleWith(MediaType.TEXT_HTML)
                .hasHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
                .doesNotContainHeader(HttpHeaders.LAST_MODIFIED)
                .bodyText()
                .startsWith("<!doctype html>");
        assertThat(
                        mvc.get()
                                .uri(path)
                                .header(
                                        HttpHeaders.IF_NONE_MATCH,
                                        String.valueOf(
                                                page.getResponse().getHeader(HttpHeaders.ETAG)))
                                .exchange())
                .hasStatus(HttpStatus.NOT_MODIFIED);
    }

    @Test
    void browsersKeepAssets() {
        assertThat(mvc.get().uri("/console/assets/sample-abc123.js").exchange())
                .hasStatusOk()
                .hasContentTypeCompatibleWith("text/javascript")
                .hasHeader(HttpHeaders.CACHE_CONTROL, "max-age=31536000, public, immutable")
                .doesNotContainHeader(HttpHeaders.LAST_MODIFIED);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/console/assets/none.js",
                "/console/assets/",
                "/console/assets/%2e%2e/index.html"
            })
    void anAssetThatDoesNotExistIsNotThePage(String path) {
        assertThat(mvc.get().uri(URI.create(path)).exchange())
                .matches(result -> result.getResponse().getStatus() >= 400);
    }

    @Test
    void noLoginIsNeededInTheSandbox() {
        assertThat(mvc.get().uri("/console/settings.json").exchange())
                .hasStatusOk()
                .bodyJson()
                .isStrictlyEqualTo("{\"loginRequired\": false, \"logins\": []}");
    }
}
