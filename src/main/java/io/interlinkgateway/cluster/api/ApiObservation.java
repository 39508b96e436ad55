package io.interlinkgateway.cluster.api;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;

/// Measures one request until the response's status, as a timer and, with tracing, as a span. The workspace and the job
/// are attributes of the span only. Addresses, headers and bodies are in neither.
final class ApiObservation {

    private static final String NAME = "gateway.api.server.requests";
    private static final int CLIENT_ERROR = 400;
    private static final int SERVER_ERROR = 500;

    private final Observation observation;

    private ApiObservation(Observation observation) {
        this.observation = observation;
    }

    static ApiObservation start(ObservationRegistry registry, ApiOperation operation) {
        Observation observation =
                Observation.createNotStarted(NAME, ApiObservation::context, registry)
                        .contextualName(operation.verb() + " " + operation.resource())
                        .lowCardinalityKeyValue("verb", operation.verb())
                        .lowCardinalityKeyValue("resource", operation.resource())
                        .lowCardinalityKeyValue("outcome", "UNKNOWN");
        operation
                .namespace()
                .ifPresent(name -> observation.highCardinalityKeyValue("gateway.workspace", name));
        operation
                .name()
                .filter(_ -> operation.resource().startsWith("pods"))
                .ifPresent(name -> observation.highCardinalityKeyValue("gateway.job", name));
        return new ApiObservation(observation.start());
    }

    /// The API server does not continue the trace.
    private static SenderContext<String> context() {
        SenderContext<String> context = new SenderContext<>((_, _, _) -> {}, Kind.CLIENT);
        context.setCarrier("");
        return context;
    }

    /// A response was received.
    ///
    /// @param code its status
    void answered(int code) {
        observation.highCardinalityKeyValue("http.response.status_code", String.valueOf(code));
        end(
                code >= SERVER_ERROR
                        ? "SERVER_ERROR"
                        : code >= CLIENT_ERROR ? "CLIENT_ERROR" : "SUCCESS");
    }

    /// A request succeeded whose status is not known.
    void succeeded() {
        end("SUCCESS");
    }

    /// There was no response.
    void failed() {
        end("UNKNOWN");
    }

    private void end(String outcome) {
        observation.lowCardinalityKeyValue("outcome", outcome).stop();
    }
}
