package io.interlinkgateway.inspection;

import io.interlinkgateway.caller.RequiredRole;
import io.interlinkgateway.caller.Role;
import io.interlinkgateway.event.EventProperties;
import io.interlinkgateway.event.JobEvent;
import io.interlinkgateway.event.JobEvents;
import io.interlinkgateway.job.FormerJobs;
import io.interlinkgateway.job.JobFilter;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.Jobs;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.representation.DeletedJob;
import io.interlinkgateway.representation.JobResponse;
import io.interlinkgateway.representation.LabelParameter;
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
import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/// Changes of jobs as server-sent events.
@RestController
@Tag(name = "Jobs")
class EventController {

    private static final String AFTER = "Last-Event-ID";

    private static final String DESCRIPTION =
            """
            Server-sent events. `state`: a job was created or its state changed; the data is the job without its \
            definition. `walltime`: the end of a running job's time limit is near, by default in 10 minutes and \
            in 1 minute; the data is the job and the mark. `deleted`: a job was removed; the data is its name, its \
            uid and what is known about its end on the HPC. `reset`: the changes since Last-Event-ID are not \
            completely known; list the jobs again. Each event has an id. Reconnect with Last-Event-ID, to any \
            replica, to receive the current state of each job that changed in between, the marks that passed in \
            between, and a `deleted` event for each job removed. Delivery is at least once. Events with an id and no \
            data are heartbeats. The stream ends when the gateway stops or the client is too slow: reconnect.\
            """;

    /// With the character set, because some clients assume Latin-1 without it.
    private static final MediaType TYPE =
            MediaType.parseMediaType(MediaType.TEXT_EVENT_STREAM_VALUE + ";charset=utf-8");

    private final JobEvents events;
    private final Jobs jobs;
    private final FormerJobs former;
    private final OpenStreams open;
    private final JobEventTexts texts;
    private final Duration heartbeat;

    EventController(
            JobEvents events,
            Jobs jobs,
            FormerJobs former,
            OpenStreams open,
            JsonMapper json,
            EventProperties properties) {
        this.events = events;
        this.jobs = jobs;
        this.former = former;
        this.open = open;
        this.texts = new JobEventTexts(json);
        this.heartbeat = properties.heartbeat();
    }

    /// The response of both streams.
    @Target(ElementType.METHOD)
    @Retention(RetentionPolicy.RUNTIME)
    @ApiResponse(
            responseCode = "200",
            content =
                    @Content(
                            mediaType = MediaType.TEXT_EVENT_STREAM_VALUE,
                            schema =
                                    @Schema(
                                            oneOf = {
                                                JobResponse.class,
                                                JobEventTexts.WalltimeMark.class,
                                                DeletedJob.class,
                                                JobEventTexts.StreamReset.class
                                            }),
                            extensions =
                                    @Extension(
                                            name = "x-events",
                                            properties = {
                                                @ExtensionProperty(
                                                        name = "state",
                                                        value = "#/components/schemas/Job"),
                                                @ExtensionProperty(
                                                        name = "walltime",
                                                        value =
                                                                "#/components/schemas/WalltimeMark"),
                                                @ExtensionProperty(
                                                        name = "deleted",
                                                        value = "#/components/schemas/DeletedJob"),
                                                @ExtensionProperty(
                                                        name = "reset",
                                                        value = "#/components/schemas/StreamReset")
                                            })))
    private @interface StateStream {}

    @RequiredRole(Role.VIEWER)
    @GetMapping(path = "/api/v1/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    @Operation(
            operationId = "streamEvents",
            summary = "Follow the states of jobs",
            description =
                    DESCRIPTION
                            + " Events are sent for changes after which the job matches the filter,"
                            + " and for the removal of jobs that matched it in any state.")
    @StateStream
    Callable<@Nullable Void> all(
            Workspace workspace,
            @RequestParam(defaultValue = "") Set<JobPhase> state,
            @RequestParam Optional<NodeName> node,
            @RequestParam(defaultValue = "") @Parameter(description = "key=value; may be repeated.")
                    List<String> label,
            @RequestHeader(AFTER) Optional<String> lastEventId,
            HttpMethod method,
            HttpServletResponse response) {
        Map<String, String> labels = LabelParameter.parse(label);
        JobFilter filter = new JobFilter(workspace, Optional.empty(), state, node, labels);
        Optional<String> after = lastEventId.filter(id -> !id.isBlank());
        return () -> {
            stream(filter, after, _ -> Optional.empty(), new StreamedResponse(method, response));
            return null;
        };
    }

    @RequiredRole(Role.VIEWER)
    @GetMapping(path = "/api/v1/jobs/{name}/events", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    @Operation(
            operationId = "streamJobEvents",
            summary = "Follow a job's state",
            description =
                    DESCRIPTION
                            + " Without Last-Event-ID the first event is the job's current state.")
    @StateStream
    Callable<@Nullable Void> one(
            Workspace workspace,
            @PathVariable JobName name,
            @RequestHeader(AFTER) Optional<String> lastEventId,
            HttpMethod method,
            HttpServletResponse response) {
        JobFilter filter =
                new JobFilter(workspace, Optional.of(name), Set.of(), Optional.empty(), Map.of());
        Optional<String> after = lastEventId.filter(id -> !id.isBlank());
        return () -> {
            stream(
                    filter,
                    after,
                    position ->
                            after.isPresent()
                                    ? Optional.empty()
                                    : Optional.of(current(position, workspace, name)),
                    new StreamedResponse(method, response));
            return null;
        };
    }

    private JobEvent current(String position, Workspace workspace, JobName name) {
        return jobs.find(workspace, name)
                .map(job -> new JobEvent.Changed(position, job))
                .orElseThrow(() -> former.missing(workspace, name));
    }

    /// @param first the event before those of a subscription that starts at this position
    private void stream(
            JobFilter filter,
            Optional<String> after,
            Function<String, Optional<JobEvent>> first,
            StreamedResponse response)
            throws IOException {
        try (Closeable _ = open.count(OpenStreams.Kind.EVENTS);
                JobEvents.Subscription subscription = events.subscribe(filter, after);
                Closeable _ = open.register(subscription::end)) {
            Optional<JobEvent> event = first.apply(subscription.position());
            response.events(TYPE, new JobEventSource(subscription, event, texts), heartbeat);
        }
    }
}
