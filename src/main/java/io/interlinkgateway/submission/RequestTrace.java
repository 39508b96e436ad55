package io.interlinkgateway.submission;

import io.interlinkgateway.job.JobName;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.TraceContext;
import io.micrometer.tracing.Tracer;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/// The trace of the request that is being handled. There is none while traces are off.
@Component
final class RequestTrace {

    private final ObjectProvider<Tracer> tracers;

    RequestTrace(ObjectProvider<Tracer> tracers) {
        this.tracers = tracers;
    }

    /// Adds the job to the request's span.
    ///
    /// @param job the name of the job that the request creates
    /// @return the span as a `traceparent` of W3C Trace Context, if it is recorded
    Optional<String> of(JobName job) {
        return Optional.ofNullable(tracers.getIfAvailable())
                .flatMap(tracer -> Optional.ofNullable(tracer.currentSpan()))
                .map(span -> span.tag("gateway.job", job.value()))
                .map(Span::context)
                .filter(context -> Boolean.TRUE.equals(context.sampled()))
                .map(RequestTrace::traceParent);
    }

    private static String traceParent(TraceContext context) {
        return "00-" + context.traceId() + "-" + context.spanId() + "-01";
    }
}
