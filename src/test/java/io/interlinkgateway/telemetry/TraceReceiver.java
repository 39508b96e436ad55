package io.interlinkgateway.telemetry;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.interlinkgateway.bench.LoopbackServer;
import io.opentelemetry.proto.collector.trace.v1.ExportTraceServiceRequest;
import io.opentelemetry.proto.common.v1.KeyValue;
import io.opentelemetry.proto.trace.v1.Span;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/// Receives traces by OTLP over HTTP, as a collector does.
public final class TraceReceiver implements AutoCloseable {

    private final HttpServer server = LoopbackServer.create();
    private final List<ExportTraceServiceRequest> requests = new CopyOnWriteArrayList<>();

    public TraceReceiver() {
        server.createContext("/v1/traces", this::receive);
        server.start();
    }

    private void receive(HttpExchange exchange) throws IOException {
        try (exchange) {
            requests.add(ExportTraceServiceRequest.parseFrom(exchange.getRequestBody()));
            exchange.sendResponseHeaders(200, -1);
        }
    }

    /// @return the arguments with which a gateway sends all its traces here
    public String[] options() {
        return new String[] {
            "--management.tracing.export.enabled=true",
            endpoint(),
            "--management.tracing.sampling.probability=1",
            "--management.opentelemetry.tracing.export.schedule-delay=100ms"
        };
    }

    /// @return the argument with this address
    public String endpoint() {
        return "--management.opentelemetry.tracing.export.otlp.endpoint=http://127.0.0.1:"
                + server.getAddress().getPort()
                + "/v1/traces";
    }

    /// @return all spans that were received
    public List<Span> spans() {
        return requests.stream()
                .flatMap(request -> request.getResourceSpansList().stream())
                .flatMap(resource -> resource.getScopeSpansList().stream())
                .flatMap(scope -> scope.getSpansList().stream())
                .toList();
    }

    /// @return the spans of the trace in which one matches
    public List<Span> traceOf(Predicate<Span> matching) {
        return spans().stream()
                .filter(matching)
                .findFirst()
                .map(found ->
                        spans().stream()
                                .filter(span -> span.getTraceId().equals(found.getTraceId()))
                                .toList())
                .orElse(List.of());
    }

    /// @return everything that was received, as text
    public String text() {
        return requests.toString();
    }

    /// @return a span's attributes
    public static Map<String, String> attributes(Span span) {
        return span.getAttributesList().stream()
                .collect(
                        Collectors.toMap(
                                KeyValue::getKey, value -> value.getValue().getStringValue()));
    }

    /// @return the span as the traceparent of its children
    public static String traceParent(Span span) {
        HexFormat hex = HexFormat.of();
        return "00-"
                + hex.formatHex(span.getTraceId().toByteArray())
                + "-"
                + hex.formatHex(span.getSpanId().toByteArray())
                + "-01";
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
