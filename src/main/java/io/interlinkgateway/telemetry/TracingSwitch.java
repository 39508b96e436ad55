package io.interlinkgateway.telemetry;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;

/// Leaves out everything that makes traces unless `management.tracing.export.enabled` is true. By that property itself
/// Spring Boot only omits the exporter: each request would still make spans.
final class TracingSwitch implements AutoConfigurationImportFilter, EnvironmentAware {

    private static final List<String> PACKAGES =
            List.of(
                    "org.springframework.boot.micrometer.tracing.",
                    "org.springframework.boot.opentelemetry.");

    private @Nullable Environment environment;

    @Override
    public void setEnvironment(Environment given) {
        environment = given;
    }

    @Override
    public boolean[] match(@Nullable String[] classes, AutoConfigurationMetadata metadata) {
        boolean on =
                Objects.requireNonNull(environment)
                        .getProperty("management.tracing.export.enabled", Boolean.class, false);
        boolean[] matches = new boolean[classes.length];
        for (int index = 0; index < classes.length; index++) {
            String name = classes[index];
            matches[index] = on || name == null || PACKAGES.stream().noneMatch(name::startsWith);
        }
        return matches;
    }
}
