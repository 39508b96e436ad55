package io.interlinkgateway.log;

import io.interlinkgateway.caller.RequiredRole;
import io.interlinkgateway.caller.Role;
import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Jobs;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.log.feed.LogReader;
import io.interlinkgateway.web.AcceptedTypes;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.extensions.Extension;
import io.swagger.v3.oas.annotations.extensions.ExtensionProperty;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/// Writes to the response itself: what a StreamingResponseBody flushes does not reach the client since Spring
/// Framework 7.0.6 (its issue 36385). A virtual thread of its own does so and waits: the stack of the request's,
/// with all filters in it, would be a multiple of what a follower costs (ADR 16).
@RestController
@Tag(name = "Logs")
class LogController {

    private static final String DESCRIPTION =
            """
            The job's output, byte for byte; with `raw` the plugin's lines as well. With `follow` the answer waits \
            for the job to start, and ends after the job's last output.

            With `Accept: text/event-stream` each line is an event `log`. Its data is JSON: `text` is the line \
            without its end, or `base64` if the line is not UTF-8; `partial` is true if the line continues in the \
            next event (after 16 kB, or when the job pauses within a line); `at` is when the line reached the \
            gateway, if that was while it was written. `plugin` is a line of the plugin, with `raw`. `problem` \
            means that the log can't be read now; the gateway tries again, and nothing is lost. `end` has the \
            job's final state, or its name and uid if it was deleted. After a lost connection, send the last \
            event's id as `Last-Event-ID` to any replica: the answer continues after that event. An answer \
            without `end` is incomplete; so is a `text/plain` answer that is cut off.\
            """;

    /// Thousands of clients wait, and each keeps its buffer meanwhile.
    private static final int BUFFER = 4096;

    private final LogReaders readers;
    private final Jobs jobs;
    private final JsonMapper json;
    private final LogProperties properties;

    LogController(LogReaders readers, Jobs jobs, JsonMapper json, LogProperties properties) {
        this.readers = readers;
        this.jobs = jobs;
        this.json = json;
        this.properties = properties;
    }

    @RequiredRole(Role.VIEWER)
    @GetMapping(
            path = "/api/v1/jobs/{name}/logs",
            produces = {MediaType.TEXT_PLAIN_VALUE, MediaType.TEXT_EVENT_STREAM_VALUE})
    @Operation(
            operationId = "readJobLog",
            summary = "Read a job's log",
            description = DESCRIPTION,
            responses = {
                @ApiResponse(
                        responseCode = "200",
                        content = {
                            @Content(
                                    mediaType = MediaType.TEXT_PLAIN_VALUE,
                                    schema = @Schema(type = "string")),
                            @Content(
                                    mediaType = MediaType.TEXT_EVENT_STREAM_VALUE,
                                    schema =
                                            @Schema(
                                                    oneOf = {
                                                        LogEventWriter.Line.class,
                                                        LogEventWriter.PluginLine.class,
                                                        LogEventWriter.Unreadable.class,
                                                        LogEventWriter.End.class
                                                    }),
                                    extensions =
                                            @Extension(
                                                    name = "x-events",
                                                    properties = {
                                                        @ExtensionProperty(
                                                                name = "log",
                                                                value =
                                                                        "#/components/schemas/LogLine"),
                                                        @ExtensionProperty(
                                                                name = "plugin",
                                                                value =
                                                                        "#/components/schemas/PluginLine"),
                                                        @ExtensionProperty(
                                                                name = "problem",
                                                                value =
                                                                        "#/components/schemas/LogProblem"),
                                                        @ExtensionProperty(
                                                                name = "end",
                                                                value =
                                                                        "#/components/schemas/LogEnd")
                                                    }))
                        }),
                @ApiResponse(
                        responseCode = "204",
                        description = "The client has everything, up to the event `end`.",
                        content = @Content)
            })
    Callable<@Nullable Void> read(
            Workspace workspace,
            @PathVariable JobName name,
            @RequestParam(required = false)
                    @Parameter(schema = @Schema(type = "boolean", defaultValue = "false"))
                    boolean follow,
            @RequestParam(required = false)
                    @Parameter(
                            schema = @Schema(type = "boolean", defaultValue = "false"),
                            description = "With the lines of the plugin and SLURM.")
                    boolean raw,
            @RequestParam @Parameter(description = "Only so many of the job's lines before now.")
                    Optional<Integer> tailLines,
            @RequestParam
                    @Parameter(
                            description =
                                    "Only what came in so many seconds; refused where that is not"
                                            + " known.")
                    Optional<Long> sinceSeconds,
            @RequestParam(required = false)
                    @Parameter(
                            schema = @Schema(type = "boolean", defaultValue = "false"),
                            description = "Only in events, which have it anyway.")
                    boolean timestamps,
            @RequestParam @Parameter(description = "Which container; left out, the first.")
                    Optional<String> container,
            @RequestHeader("Last-Event-ID") Optional<String> lastEventId,
            @RequestHeader(HttpHeaders.ACCEPT) @Parameter(hidden = true)
                    Optional<List<String>> accept,
            HttpMethod method,
            HttpServletResponse response)
            throws HttpMediaTypeNotAcceptableException {
        Optional<String> after = lastEventId.filter(id -> !id.isBlank());
        boolean events =
                AcceptedTypes.of(accept.orElse(List.of()))
                        .prefer(MediaType.TEXT_EVENT_STREAM, MediaType.TEXT_PLAIN);
        if (timestamps && !events) {
            throw new GatewayException.Rejected(List.of(TIMESTAMPS_UNKNOWN));
        }
        LogOptions options =
                new LogOptions(
                        container,
                        follow,
                        raw,
                        tailLines.map(OptionalInt::of).orElse(OptionalInt.empty()),
                        sinceSeconds.map(Duration::ofSeconds),
                        after);
        return () -> {
            try (LogReader reader = readers.open(workspace, name, options)) {
                write(reader, events, after, HttpMethod.HEAD.equals(method), response);
                return null;
            }
        };
    }

    private void write(
            LogReader reader,
            boolean events,
            Optional<String> lastEventId,
            boolean headersOnly,
            HttpServletResponse response)
            throws IOException, InterruptedException {
        response.setBufferSize(BUFFER);
        response.setHeader("X-Accel-Buffering", "no");
        if (events
                && lastEventId.map(LogCursor::parse).flatMap(LogCursor::position).isEmpty()
                && lastEventId.isPresent()) {
            response.setStatus(HttpStatus.NO_CONTENT.value());
        } else if (events) {
            response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE);
            response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
            response.flushBuffer();
            if (!headersOnly) {
                new LogEventWriter(reader, jobs::find, json, response.getOutputStream())
                        .write(properties.heartbeat());
            }
        } else {
            response.setContentType("text/plain;charset=utf-8");
            response.setHeader("X-Content-Type-Options", "nosniff");
            if (!headersOnly) {
                new LogTextWriter(reader, response).write(properties.heartbeat());
            }
        }
    }

    private static final Finding TIMESTAMPS_UNKNOWN =
            Finding.error(
                    "timestamps-known",
                    "timestamps",
                    "A node does not tell when a line was written, and not every line is seen to"
                            + " come.",
                    "Ask for text/event-stream: its events have the time at which they came, where"
                            + " it is known.");
}
