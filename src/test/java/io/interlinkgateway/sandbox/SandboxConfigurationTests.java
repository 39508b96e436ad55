package io.interlinkgateway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.compute.ComputeThreads;
import io.interlinkgateway.credential.Credentials;
import io.interlinkgateway.event.WalltimeTimer;
import io.interlinkgateway.event.WalltimeTimers;
import io.interlinkgateway.job.Jobs;
import io.interlinkgateway.log.JobLogs;
import io.interlinkgateway.node.VirtualNodes;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class SandboxConfigurationTests {

    private final ApplicationContextRunner sandbox =
            new ApplicationContextRunner()
                    .withUserConfiguration(SandboxConfiguration.class)
                    .withBean(ComputeThreads.class, () -> new ComputeThreads(2))
                    .withBean(WalltimeTimer.class, WalltimeTimers::withoutMarks)
                    .withPropertyValues("spring.profiles.active=sandbox");
    private final ApplicationContextRunner onLoopback =
            sandbox.withPropertyValues("server.address=127.0.0.1");

    @Test
    void allPortsAreThere() {
        onLoopback.run(context ->
                assertThat(context)
                        .hasSingleBean(Jobs.class)
                        .hasSingleBean(VirtualNodes.class)
                        .hasSingleBean(JobLogs.class)
                        .hasSingleBean(Credentials.class));
    }

    @Test
    void withoutTheProfileThereIsNothing() {
        new ApplicationContextRunner()
                .withUserConfiguration(SandboxConfiguration.class)
                .withPropertyValues("spring.profiles.active=kubernetes")
                .run(context -> assertThat(context).doesNotHaveBean(Jobs.class));
    }

    @Test
    void propertiesHaveTheirDefaults() {
        onLoopback.run(context ->
                assertThat(context.getBean(SandboxProperties.class))
                        .isEqualTo(
                                new SandboxProperties(
                                        "sandbox",
                                        8,
                                        Duration.ofSeconds(5),
                                        Duration.ofSeconds(60))));
    }

    @Test
    void propertiesAreRead() {
        onLoopback
                .withPropertyValues(
                        "gateway.sandbox.node=vega-new-vk",
                        "gateway.sandbox.running-jobs=2",
                        "gateway.sandbox.termination-grace=1s",
                        "gateway.sandbox.replace-timeout=3s")
                .run(context ->
                        assertThat(context.getBean(SandboxProperties.class))
                                .isEqualTo(
                                        new SandboxProperties(
                                                "vega-new-vk",
                                                2,
                                                Duration.ofSeconds(1),
                                                Duration.ofSeconds(3))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "localhost", "127.1.2.3"})
    void loopbackAddressesAreAccepted(String address) {
        sandbox.withPropertyValues("server.address=" + address)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "192.0.2.1", "no such host", " "})
    void otherAddressesAreRefused(String address) {
        assertRefused(sandbox.withPropertyValues("server.address=" + address), "server.address");
    }

    @Test
    void allAddressesAreRefused() {
        assertRefused(sandbox, "server.address");
    }

    @Test
    void managementIsHeldToTheSame() {
        assertRefused(
                onLoopback.withPropertyValues("management.server.address=0.0.0.0"),
                "management.server.address");
        assertRefused(
                onLoopback.withPropertyValues("management.server.port=9090"),
                "management.server.address");
        onLoopback
                .withPropertyValues(
                        "management.server.port=9090", "management.server.address=127.0.0.1")
                .run(context -> assertThat(context).hasNotFailed());
    }

    private static void assertRefused(ApplicationContextRunner runner, String property) {
        runner.run(context ->
                assertThat(context)
                        .getFailure()
                        .rootCause()
                        .isInstanceOfSatisfying(
                                InvalidConfigurationPropertyValueException.class,
                                refusal -> {
                                    assertThat(refusal.getName()).isEqualTo(property);
                                    assertThat(refusal.getReason())
                                            .contains("only listens on a loopback address");
                                }));
    }
}
