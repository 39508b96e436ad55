package io.interlinkgateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

class NamespacePropertiesTests {

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(NamespaceProperties.class)
    static class Start {}

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withUserConfiguration(Start.class);

    @Test
    void nothingIsCreatedUnlessConfigured() {
        runner.run(context ->
                assertThat(context.getBean(NamespaceProperties.class))
                        .isEqualTo(
                                new NamespaceProperties(
                                        "interlink-gateway",
                                        false,
                                        Map.of(),
                                        NamespaceProperties.PodSecurity.BASELINE)));
    }

    @Test
    void quotasHaveKubernetesNames() {
        runner.withPropertyValues(
                        "gateway.namespaces.quota.pods=100",
                        "gateway.namespaces.quota[limits.memory]=4Ti",
                        "gateway.namespaces.pod-security=restricted")
                .run(context ->
                        assertThat(context.getBean(NamespaceProperties.class))
                                .extracting(
                                        NamespaceProperties::quota,
                                        NamespaceProperties::podSecurity)
                                .containsExactly(
                                        Map.of("pods", "100", "limits.memory", "4Ti"),
                                        NamespaceProperties.PodSecurity.RESTRICTED));
    }
}
