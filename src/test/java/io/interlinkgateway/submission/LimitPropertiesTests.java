package io.interlinkgateway.submission;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.submission.LimitProperties.WorkspaceLimits;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Configuration;

class LimitPropertiesTests {

    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(LimitProperties.class)
    static class Start {}

    private final ApplicationContextRunner runner =
            new ApplicationContextRunner().withUserConfiguration(Start.class);

    @Test
    void thereAreNoLimitsByDefault() {
        runner.run(context ->
                assertThat(context.getBean(LimitProperties.class))
                        .isEqualTo(new LimitProperties(Map.of(), null)));
    }

    @Test
    void aLimitThatIsLeftOutDoesNotExistAndAnEmptyListAllowsNothing() {
        runner.withPropertyValues("gateway.limits.workspaces.vo-example.partitions=")
                .run(context ->
                        assertThat(
                                        context.getBean(LimitProperties.class)
                                                .of(new Workspace("vo-example")))
                                .contains(
                                        new WorkspaceLimits(
                                                null, Set.of(), null, null, null, null, null, null,
                                                null, null, null, null, true)));
    }

    @Test
    void theLimitsOfOthersAreForWorkspacesWithoutTheirOwn() {
        runner.withPropertyValues(
                        "gateway.limits.workspaces.vo-example.max-jobs=5",
                        "gateway.limits.others.max-jobs=1")
                .run(context -> {
                    LimitProperties limits = context.getBean(LimitProperties.class);
                    assertThat(limits.of(new Workspace("vo-example")).map(WorkspaceLimits::maxJobs))
                            .isEqualTo(Optional.of(5));
                    assertThat(limits.of(new Workspace("else")).map(WorkspaceLimits::maxJobs))
                            .isEqualTo(Optional.of(1));
                });
    }
}
