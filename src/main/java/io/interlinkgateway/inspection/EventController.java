package io.interlinkgateway.inspection;

import io.interlinkgateway.caller.RequiredRole;
import io.interlinkgateway.caller.Role;
import io.interlinkgateway.event.JobEvent;
import io.interlinkgateway.event.JobEvents;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobFilter;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.Jobs;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.representation.DeletedJob;
import io.interlinkgateway.representation.JobResponse;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.extensions.Extension;
import io.swagger.v3.oas.annotations.extensions.ExtensionProperty;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import tools.jackson.databind.json.JsonMapper;

/// Changes of jobs as server-sent events. Each subscriber has a virtual thread, which writes to the response itself:
/// so a slow one waits alone. When the gateway stops, the streams end before the server
/// waits for its requests.
@RestController
@Tag(name = "Jobs")
class EventController implements SmartLifecycle {

    private static final String AFTER = "Last-Event-ID";

    /// Events that are written before the client gets them, if they come at once.
    private static final int BATCH = 100;

    /// Thousands of clients wait, and each keeps its buffer meanwhile.
    private static final int BUFFER = 4096;

    /// Written events that are kept for the other subscribers.
    private static final int KEPT = 256;

    private static final String DESCRIPTION =
            """
            Server-sent events. `state`: a job was created or its state changed; the data is the job without its \
            definition. `deleted`: a job was removed; the data is its name and uid. `reset`: the changes since \
            Last-Event-ID are not completely known; list the jobs again. Each event has an id. Reconnect with \
            Last-Event-ID, to any replica, to receive the current state of each job that changed in between and a \
            `deleted` event for each job removed. Delivery is at least once. Events with an id and no data are \
            heartbeats. The stream ends when the gateway stops or the client is too slow: reconnect.\
            """;

    private final JobEvents events;
    private final Jobs jobs;
    private final JsonMapper json;
    private final Duration heartbeat;
    private final AtomicReferenceArray<@Nullable Written> written =
            new AtomicReferenceArray<>(KEPT);
    private final Set<JobEvents.Subscription> streaming = ConcurrentHashMap.newKeySet();
    private volatile boolean running = true;

    EventController(JobEvents events, Jobs jobs, JsonMapper json, EventProperties properties) {
        this.events = events;
        this.jobs = jobs;
        this.json = json;
        this.heartbeat = properties.heartbeat();
    }

    /// The changes are not all known.
    @Schema(
            name = "StreamReset",
            description = "The data of the event reset: it has no fields.",
            additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    private record Lost() {}

    /// What both streams answer.
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
                                                DeletedJob.class,
                                                Lost.class
                                            }),
                            extensions =
                                    @Extension(
                                            name = "x-events",
                                            properties = {
                                                @ExtensionProperty(
                                                        name = "state",
                                                        value = "#/components/schemas/Job"),
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
        Optional<String> after = lastEventId.filter(id -> !id.isBlank());
        JobFilter filter =
                new JobFilter(
                        workspace,
                        Optional.empty(),
                        state,
                        node,
                        InspectionController.labels(label));
        return () -> {
            try (JobEvents.Subscription subscription = events.subscribe(filter, after)) {
                stream(subscription, Optional.empty(), method, response);
                return null;
            }
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
        Optional<String> after = lastEventId.filter(id -> !id.isBlank());
        JobFilter filter =
                new JobFilter(workspace, Optional.of(name), Set.of(), Optional.empty(), Map.of());
        return () -> {
            try (JobEvents.Subscription subscription = events.subscribe(filter, after)) {
                Optional<Job> now =
                        after.isPresent()
                                ? Optional.empty()
                                : Optional.of(
                                        jobs.find(workspace, name)
                                                .orElseThrow(
                                                        () -> InspectionController.notFound(name)));
                stream(
                        subscription,
                        now.map(job -> new JobEvent.Changed(subscription.position(), job)),
                        method,
                        response);
                return null;
            }
        };
    }

    private void stream(
            JobEvents.Subscription subscription,
            Optional<JobEvent> first,
            HttpMethod method,
            HttpServletResponse response)
            throws IOException {
        response.setBufferSize(BUFFER);
        response.setContentType(MediaType.TEXT_EVENT_STREAM_VALUE + ";charset=utf-8");
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        response.setHeader("X-Accel-Buffering", "no");
        if (HttpMethod.HEAD.equals(method)) {
            return;
        }
        ServletOutputStream client = response.getOutputStream();
        streaming.add(subscription);
        try {
            client.write(first.map(this::text).orElseGet(() -> heartbeat(subscription)));
            client.flush();
            boolean open = running;
            while (open) {
                Optional<JobEvent> event = subscription.next(heartbeat);
                if (event.isEmpty()) {
                    client.write(heartbeat(subscription));
                }
                for (int count = 1; event.isPresent() && open; count++) {
                    client.write(text(event.get()));
                    open = !(event.get() instanceof JobEvent.Ended);
                    event =
                            open && count < BATCH
                                    ? subscription.next(Duration.ZERO)
                                    : Optional.empty();
                }
                client.flush();
            }
        } catch (InterruptedException stopping) {
            // A client that reconnects with the last id misses nothing.
            return;
        } finally {
            streaming.remove(subscription);
        }
    }

    private static byte[] heartbeat(JobEvents.Subscription subscription) {
        return ("id: " + subscription.position() + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    /// An event as it was written, for all who get the same.
    private record Written(JobEvent event, String text) {}

    // The very event is meant: to compare its contents would cost more than to write it.
    @SuppressWarnings("ReferenceEquality")
    private byte[] text(JobEvent event) {
        int slot = Math.floorMod(System.identityHashCode(event), KEPT);
        Written kept = written.get(slot);
        if (kept == null || kept.event != event) {
            kept = new Written(event, write(event));
            written.set(slot, kept);
        }
        return kept.text.getBytes(StandardCharsets.UTF_8);
    }

    private String write(JobEvent event) {
        String head =
                switch (event) {
                    case JobEvent.Changed changed -> data("state", JobResponse.from(changed.job()));
                    case JobEvent.Deleted deleted ->
                            data("deleted", new DeletedJob(deleted.name().value(), deleted.uid()));
                    case JobEvent.Reset _ -> data("reset", new Lost());
                    case JobEvent.Ended _ -> "";
                };
        return head + "id: " + event.position() + "\n\n";
    }

    private String data(String type, Object body) {
        return "event: " + type + "\ndata: " + json.writeValueAsString(body) + "\n";
    }

    @Override
    public void start() {
        running = true;
    }

    /// No thread is interrupted: one that writes would cut its connection.
    @Override
    public void stop() {
        running = false;
        streaming.forEach(JobEvents.Subscription::end);
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
