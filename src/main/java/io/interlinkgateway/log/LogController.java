package io.interlinkgateway.log;

import io.interlinkgateway.caller.RequiredRole;
import io.interlinkgateway.caller.Role;
import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.FormerJobs;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Jobs;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.log.feed.LogReader;
import io.interlinkgateway.web.AcceptedTypes;
import io.interlinkgateway.web.OpenStreams;
import io.interlinkgateway.web.StreamedResponse;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.extensions.Extension;
import io.swagger.v3.oas.annotations.extensions.ExtensionProperty;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.Closeable;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/// Logs of jobs, as text or as server-sent events.
@RestController
@Tag(name = "Logs")
class LogController {

    private static final String DESCRIPTION =
            """
            The job's output, byte for byte; with `raw` the plugin's lines as well. With `follow` the response waits \
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

    private static final Finding TIMESTAMPS_UNKNOWN =
            Finding.error(
                    "timestamps-known",
                    "timestamps",
                    "Nodes do not report when a line was written.",
                    "Accept text/event-stream: an event has the time at which its line reached the"
                            + " gateway, if that was while it was written.");

    private final LogReaders readers;
    private final LogResponses responses;
    private final Jobs jobs;
    private final FormerJobs former;
    private final OpenStreams streams;

    LogController(
            LogReaders readers,
            LogResponses responses,
            Jobs jobs,
            FormerJobs former,
            OpenStreams streams) {
        this.readers = readers;
        this.responses = responses;
        this.jobs = jobs;
        this.former = former;
        this.streams = streams;
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
                                                        LogEventSource.Line.class,
                                                        LogEventSource.PluginLine.class,
                                                        LogEventSource.Unreadable.class,
                                                        LogEventSource.End.class
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
                            description = "Include the lines of the plugin and SLURM.")
                    boolean raw,
            @RequestParam
                    @Parameter(
                            description =
                                    "Only this number of the job's last lines, and later ones.")
                    Optional<Integer> tailLines,
            @RequestParam
                    @Parameter(
                            description =
                                    "Only output of this number of last seconds; refused if its"
                                            + " time is not known.")
                    Optional<Long> sinceSeconds,
            @RequestParam(required = false)
                    @Parameter(
                            schema = @Schema(type = "boolean", defaultValue = "false"),
                            description = "Refused for text/plain; events always have them.")
                    boolean timestamps,
            @RequestParam @Parameter(description = "The container; by default the first.")
                    Optional<String> container,
            @RequestHeader("Last-Event-ID") Optional<String> lastEventId,
            @RequestHeader(HttpHeaders.ACCEPT) @Parameter(hidden = true)
                    Optional<List<String>> accept,
            HttpMethod method,
            HttpServletResponse response)
            throws HttpMediaTypeNotAcceptableException {
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
                        lastEventId.filter(id -> !id.isBlank()));
        return () -> {
            try (Closeable _ = streams.count(OpenStreams.Kind.LOG);
                    LogReader reader = open(workspace, name, options)) {
                StreamedResponse streamed = new StreamedResponse(method, response);
                if (events) {
                    ContainerLog.Key log = reader.key();
                    responses.events(
                            reader,
                            LogFrame.live(log, new FinalState(log, jobs::find)),
                            options.lastEventId(),
                            streamed);
                } else {
                    responses.text(reader, streamed);
                }
                return null;
            }
        };
    }

    private LogReader open(Workspace workspace, JobName name, LogOptions options) {
        try {
            return readers.open(workspace, name, options);
        } catch (GatewayException.NotFound missing) {
            // It may also be the container that is missing.
            throw jobs.find(workspace, name).isPresent()
                    ? missing
                    : former.missing(workspace, name);
        }
    }
}
