package io.interlinkgateway.history;

import io.interlinkgateway.caller.RequiredRole;
import io.interlinkgateway.caller.Role;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobDefinition;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.log.ContainerLog;
import io.interlinkgateway.log.LogFrame;
import io.interlinkgateway.log.LogOptions;
import io.interlinkgateway.log.LogReaders;
import io.interlinkgateway.log.LogResponses;
import io.interlinkgateway.log.feed.LogReader;
import io.interlinkgateway.representation.JobResponse;
import io.interlinkgateway.web.AcceptedTypes;
import io.interlinkgateway.web.RefusedRequestException;
import io.interlinkgateway.web.StreamedResponse;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.extensions.Extension;
import io.swagger.v3.oas.annotations.extensions.ExtensionProperty;
import io.swagger.v3.oas.annotations.headers.Header;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletResponse;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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

/// Logs of the history's jobs, from the archive, or from the node if the job is live and its log not archived yet.
@RestController
@Tag(name = "History")
class HistoryLogController {

    private static final String COMPLETENESS = "Log-Completeness";
    private static final int BUFFER = 16_384;

    private static final String DESCRIPTION =
            """
            What the job wrote, from the archive. The log of a live job that is not archived yet is read from its \
            node, as it is now. The header `Log-Completeness` is COMPLETE, SHORTENED or PARTIAL for an archived log, \
            and missing for one from a node. An archived text has an `ETag`, and `Range` with one range of bytes is \
            answered with 206, unless `tailLines` or `Last-Event-ID` is given; other ranges are ignored. A log that is lost or expired is \
            answered with 410.

            With `Accept: text/event-stream` each line is an event `log`, as for live jobs, and the event `end` has \
            the job and what is known about its archived log. After a lost connection, send the last event's id as \
            `Last-Event-ID`. The ids are not those of a live job's log: once the log is archived, start again without \
            an id.\
            """;

    private final PastJobs jobs;
    private final LogArchive archive;
    private final LogReaders readers;
    private final LogResponses responses;

    HistoryLogController(
            PastJobs jobs, LogArchive archive, LogReaders readers, LogResponses responses) {
        this.jobs = jobs;
        this.archive = archive;
        this.readers = readers;
        this.responses = responses;
    }

    /// The data of the event `end`.
    @Schema(
            name = "PastLogEnd",
            description =
                    "The data of the event end of a log of the history: the job, and what is known"
                            + " about its archived log. The latter is missing if the log was read"
                            + " from the job's node.")
    record End(JobResponse job, PastJobResponse.@Nullable LogResponse log) {}

    /// What a request wants of a log.
    private record Request(
            LogOptions options,
            boolean events,
            Optional<List<String>> ranges,
            Optional<String> ifRange,
            HttpMethod method,
            HttpServletResponse response) {

        StreamedResponse streamed() {
            return new StreamedResponse(method, response);
        }
    }

    @RequiredRole(Role.VIEWER)
    @GetMapping(
            path = "/api/v1/history/jobs/{uid}/logs",
            produces = {MediaType.TEXT_PLAIN_VALUE, MediaType.TEXT_EVENT_STREAM_VALUE})
    @Operation(
            operationId = "readPastJobLog",
            summary = "Read the log of a past job",
            description = DESCRIPTION,
            responses = {
                @ApiResponse(
                        responseCode = "200",
                        headers = {
                            @Header(
                                    name = COMPLETENESS,
                                    description = "Whether the archived log is whole.",
                                    schema =
                                            @Schema(
                                                    type = "string",
                                                    allowableValues = {
                                                        "COMPLETE",
                                                        "SHORTENED",
                                                        "PARTIAL"
                                                    })),
                            @Header(
                                    name = HttpHeaders.ETAG,
                                    description = "The tag of a whole archived text.",
                                    schema = @Schema(type = "string"))
                        },
                        content = {
                            @Content(
                                    mediaType = MediaType.TEXT_PLAIN_VALUE,
                                    schema = @Schema(type = "string")),
                            @Content(
                                    mediaType = MediaType.TEXT_EVENT_STREAM_VALUE,
                                    schema = @Schema(oneOf = End.class),
                                    extensions =
                                            @Extension(
                                                    name = "x-events",
                                                    properties = {
                                                        @ExtensionProperty(
                                                                name = "log",
                                                                value =
                                                                        "#/components/schemas/LogLine"),
                                                        @ExtensionProperty(
                                                                name = "problem",
                                                                value =
                                                                        "#/components/schemas/LogProblem"),
                                                        @ExtensionProperty(
                                                                name = "end",
                                                                value =
                                                                        "#/components/schemas/PastLogEnd")
                                                    }))
                        }),
                @ApiResponse(
                        responseCode = "204",
                        description = "The client has everything, up to the event `end`.",
                        content = @Content),
                @ApiResponse(
                        responseCode = "206",
                        description = "The requested range of the text.",
                        headers =
                                @Header(
                                        name = HttpHeaders.CONTENT_RANGE,
                                        description = "The range, and the length of the text.",
                                        schema = @Schema(type = "string")),
                        content =
                                @Content(
                                        mediaType = MediaType.TEXT_PLAIN_VALUE,
                                        schema = @Schema(type = "string")))
            })
    Callable<@Nullable Void> read(
            Workspace workspace,
            @PathVariable String uid,
            @RequestParam @Parameter(description = "Only this number of the job's last lines.")
                    Optional<Integer> tailLines,
            @RequestParam @Parameter(description = "The container; by default the first.")
                    Optional<String> container,
            @RequestHeader("Last-Event-ID") Optional<String> lastEventId,
            @RequestHeader(HttpHeaders.RANGE) @Parameter(hidden = true)
                    Optional<List<String>> ranges,
            @RequestHeader(HttpHeaders.IF_RANGE) @Parameter(hidden = true) Optional<String> ifRange,
            @RequestHeader(HttpHeaders.ACCEPT) @Parameter(hidden = true)
                    Optional<List<String>> accept,
            HttpMethod method,
            HttpServletResponse response)
            throws HttpMediaTypeNotAcceptableException {
        boolean events =
                AcceptedTypes.of(accept.orElse(List.of()))
                        .prefer(MediaType.TEXT_EVENT_STREAM, MediaType.TEXT_PLAIN);
        LogOptions options =
                new LogOptions(
                        container,
                        false,
                        false,
                        tailLines.map(OptionalInt::of).orElse(OptionalInt.empty()),
                        Optional.empty(),
                        lastEventId.filter(id -> !id.isBlank()));
        Request request = new Request(options, events, ranges, ifRange, method, response);
        return () -> {
            PastJob past = jobs.find(workspace, uid);
            Optional<ArchivedLog> archived = archived(past, options.container());
            if (past.isLive() && archived.filter(HistoryLogController::isWhole).isEmpty()) {
                live(past, request);
            } else {
                archived(past, archived.orElseThrow(() -> notArchived(past, options)), request);
            }
            return null;
        };
    }

    /// The archived log of a container, by default the first one.
    private static Optional<ArchivedLog> archived(PastJob past, Optional<String> container) {
        Optional<String> wanted =
                container.or(() ->
                        past.job().definition().map(JobDefinition::containers).stream()
                                .flatMap(List::stream)
                                .findFirst());
        return past.logs().stream()
                .filter(log -> wanted.isEmpty() || wanted.get().equals(log.container()))
                .findFirst();
    }

    private static boolean isWhole(ArchivedLog log) {
        return log.completeness().isFinal() && log.completeness().hasContent();
    }

    private static GatewayException notArchived(PastJob past, LogOptions options) {
        boolean known =
                options.container()
                        .map(name ->
                                past.job().definition().map(JobDefinition::containers).stream()
                                        .anyMatch(names -> names.contains(name)))
                        .orElse(true);
        return known
                ? new GatewayException.LogGone(
                        "The log was not archived before the job's pod was removed.")
                : new GatewayException.NotFound("container", options.container().orElse(""));
    }

    private void live(PastJob past, Request request) throws IOException, InterruptedException {
        Job job = past.job();
        try (LogReader reader = open(past, request.options())) {
            if (!reader.key().uid().equals(job.uid())) {
                throw notArchived(past, request.options());
            }
            if (request.events()) {
                responses.events(
                        reader,
                        LogFrame.live(reader.key(), _ -> new End(shown(job), null)),
                        request.options().lastEventId(),
                        request.streamed());
            } else {
                responses.text(reader, request.streamed());
            }
        }
    }

    private LogReader open(PastJob past, LogOptions options) {
        Job job = past.job();
        try {
            return readers.open(job.workspace(), job.name(), options);
        } catch (GatewayException.NotFound _) {
            // Its pod was removed, and the history does not have that yet; or it has no such
            // container.
            throw notArchived(past, options);
        }
    }

    private void archived(PastJob past, ArchivedLog log, Request request)
            throws IOException, InterruptedException {
        if (!log.completeness().hasContent()) {
            throw new GatewayException.LogGone(log.note().orElse("The log is not archived."));
        }
        if (request.events()) {
            events(past, log, request);
        } else {
            text(past, log, request);
        }
    }

    private void events(PastJob past, ArchivedLog log, Request request) throws IOException {
        Job job = past.job();
        ArchivedLogCursor cursor = new ArchivedLogCursor(job.uid(), log.container());
        LogFrame frame =
                cursor.frame(_ -> new End(shown(job), PastJobResponse.LogResponse.from(log)));
        long start = start(cursor, request.options(), archive.tail(job.uid(), log.container(), 0));
        ContainerLog.Key key =
                new ContainerLog.Key(job.workspace(), job.name(), job.uid(), log.container());
        InputStream bytes = archive.read(job.uid(), log.container(), start);
        try (LogReader reader = new ArchivedLogReader(key, bytes, start)) {
            request.response().setHeader(COMPLETENESS, log.completeness().name());
            responses.events(reader, frame, request.options().lastEventId(), request.streamed());
        }
    }

    private long start(ArchivedLogCursor cursor, LogOptions options, long length) {
        OptionalInt lines = options.tailLines();
        return options.lastEventId()
                .map(id -> cursor.positionAfter(id, length))
                .orElseGet(() ->
                        lines.isEmpty()
                                ? 0L
                                : archive.tail(cursor.uid(), cursor.container(), lines.getAsInt()));
    }

    private void text(PastJob past, ArchivedLog log, Request request)
            throws IOException, InterruptedException {
        Job job = past.job();
        long length = archive.tail(job.uid(), log.container(), 0);
        LogOptions options = request.options();
        boolean whole = options.tailLines().isEmpty() && options.lastEventId().isEmpty();
        Optional<String> tag = log.sha256().filter(_ -> whole).map(digest -> "\"" + digest + "\"");
        Optional<List<String>> ranges =
                request.ranges().filter(_ -> whole && isSame(request.ifRange(), tag));
        long start = start(new ArchivedLogCursor(job.uid(), log.container()), options, length);
        long end = length;
        HttpStatus status = HttpStatus.OK;
        Optional<String> contentRange = Optional.empty();
        switch (ByteRange.parse(ranges, length)) {
            case ByteRange.Requested.Part(ByteRange range) -> {
                start = range.start();
                end = range.end();
                status = HttpStatus.PARTIAL_CONTENT;
                contentRange = Optional.of(range.contentRange());
            }
            case ByteRange.Requested.Whole _ -> {}
            case ByteRange.Requested.Nothing _ -> throw notSatisfiable(length);
        }
        HttpServletResponse response = request.response();
        try (InputStream bytes =
                new BufferedInputStream(archive.read(job.uid(), log.container(), start), BUFFER)) {
            // A failure to read the first byte is answered while the response has no length yet.
            bytes.mark(1);
            bytes.read();
            bytes.reset();
            long count = end - start;
            response.setStatus(status.value());
            response.setContentLengthLong(count);
            response.setHeader(HttpHeaders.ACCEPT_RANGES, whole ? "bytes" : "none");
            response.setHeader(COMPLETENESS, log.completeness().name());
            tag.ifPresent(value -> response.setHeader(HttpHeaders.ETAG, value));
            contentRange.ifPresent(value -> response.setHeader(HttpHeaders.CONTENT_RANGE, value));
            request.streamed().text(body -> copy(bytes, count, body.getOutputStream()));
        }
    }

    private static boolean isSame(Optional<String> ifRange, Optional<String> tag) {
        return ifRange.isEmpty() || ifRange.equals(tag);
    }

    private static RefusedRequestException notSatisfiable(long length) {
        RefusedRequestException refused =
                new RefusedRequestException(
                        HttpStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
                        "The log has " + length + " bytes, and the range begins after them.",
                        "Request bytes before that, or omit Range.");
        refused.getHeaders().set(HttpHeaders.CONTENT_RANGE, "bytes */" + length);
        return refused;
    }

    private static void copy(InputStream log, long count, OutputStream client) throws IOException {
        byte[] buffer = new byte[BUFFER];
        long left = count;
        while (left > 0) {
            int read = log.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read < 0) {
                throw new EOFException("The archived log is shorter than expected.");
            }
            client.write(buffer, 0, read);
            left -= read;
        }
        client.flush();
    }

    private static JobResponse shown(Job job) {
        return JobResponse.from(job.withoutDefinition());
    }
}
