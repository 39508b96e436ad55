package io.interlinkgateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class RenamedPropertiesTests {

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withUserConfiguration(RenamedProperties.class);

    @Test
    void presentKeysAreAccepted() {
        runner.withPropertyValues("gateway.tokens.cache-ttl=10s")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @ParameterizedTest
    @CsvSource({
        "gateway.tokens.kept-for=10s, gateway.tokens.cache-ttl",
        "gateway.tokens.longest-lifetime=90d, gateway.tokens.max-lifetime",
        "gateway.tokens.per-owner=20, gateway.tokens.max-per-owner",
        "gateway.connections.strangers-wait=30s, gateway.connections.unauthenticated-timeout",
        "gateway.caller.open-requests=200, gateway.caller.max-concurrent-requests",
        "gateway.caller.allowed-origins=https://portal.example.org,"
                + " gateway.security.allowed-origins",
        "gateway.caller.allowed-origins[0]=https://portal.example.org,"
                + " gateway.security.allowed-origins",
        "gateway.namespaces.own=interlink, gateway.namespaces.gateway-namespace",
        "gateway.cluster.watches.workspaces=100, gateway.cluster.watches.max-workspaces"
    })
    void aKeyOfAnEarlierVersionIsRefusedWithItsPresentName(String property, String present) {
        runner.withPropertyValues(property)
                .run(context ->
                        assertThat(context)
                                .getFailure()
                                .rootCause()
                                .isInstanceOfSatisfying(
                                        InvalidConfigurationPropertyValueException.class,
                                        refusal ->
                                                assertThat(refusal.getReason()).contains(present)));
    }

    @ParameterizedTest
    @CsvSource({
        "GATEWAY_NAMESPACES_OWN, gateway.namespaces.gateway-namespace",
        "GATEWAY_TOKENS_KEPTFOR, gateway.tokens.cache-ttl",
        "GATEWAY_CALLER_ALLOWEDORIGINS_0, gateway.security.allowed-origins"
    })
    void environmentVariablesOfAnEarlierVersionAreRefused(String variable, String present) {
        runner.withInitializer(context ->
                        context.getEnvironment()
                                .getPropertySources()
                                .replace(
                                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                        new SystemEnvironmentPropertySource(
                                                StandardEnvironment
                                                        .SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                                                Map.of(variable, "value"))))
                .run(context ->
                        assertThat(context)
                                .getFailure()
                                .rootCause()
                                .isInstanceOfSatisfying(
                                        InvalidConfigurationPropertyValueException.class,
                                        refusal ->
                                                assertThat(refusal.getReason()).contains(present)));
    }
}
