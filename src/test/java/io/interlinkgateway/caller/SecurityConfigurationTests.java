package io.interlinkgateway.caller;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.token.ApiTokenProperties;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

@ExtendWith(OutputCaptureExtension.class)
class SecurityConfigurationTests {

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties({
        SecurityProperties.class,
        CallerProperties.class,
        ApiTokenProperties.class
    })
    static class Start {

        Start(SecurityProperties security, CallerProperties callers) {
            new SecurityConfiguration(security, callers);
        }
    }

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withUserConfiguration(Start.class);

    /// As the manifests are shipped: an empty list in YAML is an empty text.
    @ParameterizedTest
    @ValueSource(strings = {"gateway.security.issuers=", "gateway.security.mode=authenticated"})
    void withoutAWayToKnowCallersTheGatewayDoesNotStart(String property) {
        runner.withPropertyValues(property)
                .run(context ->
                        assertThat(context)
                                .getFailure()
                                .rootCause()
                                .isInstanceOfSatisfying(
                                        InvalidConfigurationPropertyValueException.class,
                                        refusal ->
                                                assertThat(refusal.getReason())
                                                        .contains("gateway.security.mode=open")));
    }

    @Test
    void openModeLogsAWarning(CapturedOutput output) {
        runner.withPropertyValues("gateway.security.mode=open")
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(output).contains("WARN").contains("gateway.security.mode is open");
                });
    }

    @Test
    void propertiesHaveTheirDefaults() {
        runner.withPropertyValues("gateway.security.mode=open")
                .run(context -> {
                    assertThat(context.getBean(SecurityProperties.class))
                            .isEqualTo(
                                    new SecurityProperties(
                                            SecurityProperties.Mode.OPEN,
                                            List.of(),
                                            Set.of(),
                                            List.of(),
                                            false));
                    assertThat(context.getBean(CallerProperties.class))
                            .isEqualTo(new CallerProperties("default", 50, 200, 200));
                    assertThat(context.getBean(ApiTokenProperties.class))
                            .isEqualTo(
                                    new ApiTokenProperties(
                                            Duration.ofDays(30),
                                            Duration.ofDays(90),
                                            20,
                                            Duration.ofSeconds(10)));
                });
    }

    @Test
    void anIssuerHasItsDefaults() {
        runner.withPropertyValues(
                        "gateway.security.issuers[0].uri=https://aai.egi.eu/auth/realms/egi",
                        "gateway.security.issuers[0].any-audience=true",
                        "gateway.security.issuers[0].rules[0].claim=sub",
                        "gateway.security.issuers[0].rules[0].value=ada",
                        "gateway.security.issuers[0].rules[0].workspace=ada")
                .run(context ->
                        assertThat(context.getBean(SecurityProperties.class).issuers())
                                .containsExactly(
                                        new SecurityProperties.Issuer(
                                                URI.create("https://aai.egi.eu/auth/realms/egi"),
                                                List.of(),
                                                true,
                                                Duration.ofSeconds(60),
                                                false,
                                                null,
                                                List.of("openid"),
                                                List.of(
                                                        new SecurityProperties.Rule(
                                                                "sub",
                                                                "ada",
                                                                null,
                                                                "ada",
                                                                Role.SUBMITTER)))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://issuer.example.org",
                "ftp://issuer.example.org",
                "issuer.example.org",
                "http://127.0.0.1.evil.org"
            })
    void anIssuerThatCanBeImpersonatedIsRefused(String uri) {
        runner.withPropertyValues(
                        "gateway.security.issuers[0].uri=" + uri,
                        "gateway.security.issuers[0].any-audience=true")
                .run(context ->
                        assertThat(context)
                                .getFailure()
                                .rootCause()
                                .hasMessageContaining("An issuer's uri must be https"));
    }

    @Test
    void tokensForAnyAudienceNeedAProperty() {
        runner.withPropertyValues("gateway.security.issuers[0].uri=https://issuer.example.org")
                .run(context ->
                        assertThat(context)
                                .getFailure()
                                .rootCause()
                                .hasMessageContaining("audiences or any-audience=true"));
    }
}
