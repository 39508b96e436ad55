package io.interlinkgateway.caller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.boot.webmvc.test.autoconfigure.MockMvcPrint;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/// The headers that restrict the gateway's pages in browsers.
@SpringBootTest(properties = "gateway.security.mode=authenticated")
@AutoConfigureMockMvc(print = MockMvcPrint.NONE)
class ContentSecurityTests {

    private static final LocalIssuer ISSUER = new LocalIssuer();
    private static final Pattern SCRIPT =
            Pattern.compile("<script(?<attributes>[^>]*)>(?<text>.*?)</script>", Pattern.DOTALL);

    @Autowired private MockMvcTester mvc = MockMvcTester.of(List.of());

    @DynamicPropertySource
    static void issuer(DynamicPropertyRegistry registry) {
        registry.add("gateway.security.issuers[0].uri", ISSUER::uri);
        registry.add("gateway.security.issuers[0].audiences", () -> LocalIssuer.AUDIENCE);
        registry.add("gateway.security.issuers[0].client-id", () -> "console");
        registry.add("gateway.security.issuers[0].rules[0].claim", () -> "groups");
        registry.add("gateway.security.issuers[0].rules[0].value", () -> "viewers");
        registry.add("gateway.security.issuers[0].rules[0].workspace", () -> "stars");
        registry.add("gateway.security.issuers[0].rules[0].role", () -> "viewer");
    }

    @AfterAll
    static void close() {
        ISSUER.close();
    }

    private static String policy(MvcTestResult result) {
        return String.valueOf(result.getResponse().getHeader("Content-Security-Policy"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/problems",
                "/problems/unauthenticated",
                "/problems/none",
                "/swagger-ui/index.html",
                "/swagger-ui/oauth2-redirect.html",
                "/console/jobs",
                "/console/settings.json",
                "/console/assets/none.js",
                "/api/v1/jobs",
                "/none.html"
            })
    void noPageIsFramedRunsForeignScriptsOrNamesItselfToOthers(String page) {
        MvcTestResult result = mvc.get().uri(page).exchange();

        assertThat(policy(result))
                .startsWith("default-src 'none';")
                .contains("frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'")
                .doesNotContain("*", "https:", "script-src 'unsafe", "eval");
        assertThat(result).hasHeader("Referrer-Policy", "no-referrer");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/swagger-ui/index.html", "/swagger-ui/oauth2-redirect.html"})
    void theScriptsOfSwaggerUiAreFilesOfTheGateway(String page) {
        MvcTestResult result = mvc.get().uri(page).exchange();

        assertThat(policy(result)).contains("script-src 'self';");
        assertThat(result)
                .bodyText()
                .satisfies(html -> {
                    List<String> scripts =
                            SCRIPT.matcher(html)
                                    .results()
                                    .map(script -> script.group("attributes"))
                                    .toList();
                    assertThat(scripts)
                            .isNotEmpty()
                            .allSatisfy(attributes ->
                                    assertThat(attributes)
                                            .containsPattern("src=\"(\\./)?[a-z0-9-]+\\.js\""));
                    assertThat(
                                    SCRIPT.matcher(html)
                                            .results()
                                            .map(script -> script.group("text").strip()))
                            .containsOnly("");
                    assertThat(html).doesNotContainPattern("\\son[a-z]+=");
                });
    }

    @Test
    void swaggerUiGetsTokensFromTheIssuers() {
        MvcTestResult result = mvc.get().uri("/swagger-ui/index.html").exchange();

        assertThat(policy(result)).endsWith("connect-src 'self' " + ISSUER.uri());
    }

    @Test
    void theConsoleLoadsItsOwnFilesAndCallsTheGatewayAndTheIssuers() {
        MvcTestResult result = mvc.get().uri("/console/jobs").exchange();

        assertThat(policy(result))
                .endsWith(
                        "; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' "
                                + ISSUER.uri()
                                + "; require-trusted-types-for 'script'; trusted-types"
                                + " svelte-trusted-html")
                .doesNotContain("unsafe", "data:");
    }

    @Test
    void theConsoleKnowsWhereToLogInBeforeAnybodyHas() {
        assertThat(mvc.get().uri("/console/settings.json").exchange())
                .hasStatusOk()
                .bodyJson()
                .hasPathSatisfying("$.loginRequired", value -> value.assertThat().isEqualTo(true))
                .hasPathSatisfying(
                        "$.logins[0].issuer", value -> value.assertThat().isEqualTo(ISSUER.uri()))
                .hasPathSatisfying(
                        "$.logins[0].clientId", value -> value.assertThat().isEqualTo("console"))
                .hasPathSatisfying(
                        "$.logins[0].scopes",
                        value -> value.assertThat().isEqualTo(List.of("openid")));
    }

    @Test
    void healthShowsNoPathOfTheMachine() {
        assertThat(
                        mvc.get()
                                .uri("/actuator/health")
                                .header(
                                        "Authorization",
                                        "Bearer " + ISSUER.token("ada", "viewers")))
                .bodyText()
                .contains("\"components\"")
                .doesNotContain("diskSpace", "path");
    }
}
