package io.interlinkgateway.telemetry;

import io.micrometer.tracing.Span;
import io.micrometer.tracing.exporter.FinishedSpan;
import io.micrometer.tracing.exporter.SpanExportingPredicate;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty("management.tracing.export.enabled")
class TracingConfiguration {

    /// Leaves out the gateway's own requests to the API server, such as those for the records of running jobs, and the
    /// requests of probes and of Prometheus. They would be most of all traces.
    @Bean
    SpanExportingPredicate requestsOfCallers() {
        return span -> !isOwn(span) && !isManagement(span);
    }

    private static boolean isOwn(FinishedSpan span) {
        return span.getKind() == Span.Kind.CLIENT && isRoot(span.getParentId());
    }

    /// OpenTelemetry writes zeros for no parent.
    private static boolean isRoot(@Nullable String parent) {
        return parent == null || parent.chars().allMatch(digit -> digit == '0');
    }

    private static boolean isManagement(FinishedSpan span) {
        return span.getTags().getOrDefault("http.url", "").startsWith("/actuator/");
    }
}
