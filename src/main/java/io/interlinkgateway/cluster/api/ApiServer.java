package io.interlinkgateway.cluster.api;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.KubernetesClientTimeoutException;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.failure.Text;
import io.micrometer.observation.ObservationRegistry;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The Kubernetes API server. Sends each request once, with a deadline, and translates failures to
/// [GatewayException]s. The messages of the client's exceptions contain addresses, so they are only logged.
public final class ApiServer {

    private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);
    private static final int LONGEST_MESSAGE = 1000;

    /// Matches a field in the message of a strict validation.
    private static final Pattern STRICT = Pattern.compile("(unknown|duplicate) field \"([^\"]+)\"");

    /// An API server that is starting refuses all callers until it has loaded its access rules.
    private static final Duration LONGEST_START = Duration.ofSeconds(15);

    private final KubernetesClient client;
    private final Duration deadline;
    private final ObservationRegistry observations;
    private volatile long unavailableAt = System.nanoTime() - LONGEST_START.toNanos();

    /// @param client the client
    /// @param deadline how long a request may take
    /// @param observations where requests are measured
    public ApiServer(KubernetesClient client, Duration deadline, ObservationRegistry observations) {
        this.client = client;
        this.deadline = deadline;
        this.observations = observations;
    }

    /// @return the client, for use within [#call]
    public KubernetesClient client() {
        return client;
    }

    /// @return how long a request may take
    public Duration deadline() {
        return deadline;
    }

    /// A complete response.
    ///
    /// @param code the HTTP status
    /// @param body the body's text
    public record Answer(int code, String body) {

        public boolean successful() {
            return code >= 200 && code < 300;
        }

        /// The Status object in a failure's body; an empty one if the body has none.
        public Status status() {
            try {
                Status status = Serialization.unmarshal(body, Status.class);
                return status == null ? new Status() : status;
            } catch (RuntimeException _) {
                return new Status();
            }
        }

        public boolean hasReason(String reason) {
            return reason.equals(status().getReason());
        }
    }

    /// Calls the client.
    ///
    /// @param operation what the client requests
    /// @throws GatewayException according to the API server's response
    /// @throws KubernetesClientTimeoutException if the operation waits for a condition that was not met in time
    public <T> T call(ApiOperation operation, Supplier<T> request) {
        try {
            return measured(operation, request);
        } catch (KubernetesClientTimeoutException timeout) {
            throw timeout;
        } catch (KubernetesClientException failure) {
            throw failed(failure);
        }
    }

    /// Calls the client as [#call], without translating its exceptions.
    ///
    /// @param operation what the client requests
    /// @throws KubernetesClientException according to the API server's response
    public <T> T measured(ApiOperation operation, Supplier<T> request) {
        ApiObservation observation = observe(operation);
        try {
            T result = request.get();
            observation.succeeded();
            return result;
        } catch (RuntimeException failure) {
            if (failure instanceof KubernetesClientException refusal && refusal.getCode() > 0) {
                observation.answered(refusal.getCode());
            } else {
                observation.failed();
            }
            throw failure;
        }
    }

    /// Reads a pod.
    ///
    /// @throws GatewayException according to the API server's response
    public Optional<Pod> pod(String namespace, String name) {
        return Optional.ofNullable(
                call(
                        ApiOperation.on("get", "pods", namespace, name),
                        () -> client.pods().inNamespace(namespace).withName(name).get()));
    }

    /// @param failure the client's exception
    /// @return the failure as the gateway reports it
    public GatewayException failed(KubernetesClientException failure) {
        return failure.getCode() <= 0
                ? unavailable(failure)
                : refused(failure.getCode(), failure.getStatus());
    }

    /// Sends a request that the client has no method for.
    ///
    /// @param body a Kubernetes object, or null for none
    /// @throws GatewayException.ClusterUnavailable if there is no response within the deadline
    public Answer send(String method, String path, @Nullable Object body) {
        return send(
                ApiOperation.of(method, path, body),
                request(path)
                        .method(
                                method,
                                "application/json",
                                body == null ? "" : Serialization.asJson(body))
                        .build());
    }

    /// Changes some fields of an object.
    ///
    /// @param fields an object that has only these fields
    /// @throws GatewayException.ClusterUnavailable if there is no response within the deadline
    public Answer patch(String path, Object fields) {
        return send(
                ApiOperation.of("PATCH", path, null),
                request(path)
                        .method(
                                "PATCH",
                                "application/merge-patch+json",
                                Serialization.asJson(fields))
                        .build());
    }

    /// Reads a list with the metadata of its objects only.
    ///
    /// @throws GatewayException.ClusterUnavailable if there is no answer within the deadline
    public Answer metadata(String path) {
        return send(
                ApiOperation.of("GET", path, null),
                request(path)
                        .header(
                                "Accept",
                                "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1")
                        .build());
    }

    private HttpRequest.Builder request(String path) {
        return client.getHttpClient()
                .newHttpRequestBuilder()
                .uri(uri(path))
                .timeout(deadline.toMillis(), TimeUnit.MILLISECONDS);
    }

    private Answer send(ApiOperation operation, HttpRequest request) {
        ApiObservation observation = observe(operation);
        HttpResponse<byte[]> response;
        try {
            response = await(client.getHttpClient().sendAsync(request, byte[].class));
        } catch (RuntimeException failure) {
            observation.failed();
            throw failure;
        }
        observation.answered(response.code());
        return new Answer(response.code(), new String(response.body(), StandardCharsets.UTF_8));
    }

    ApiObservation observe(ApiOperation operation) {
        return ApiObservation.start(observations, operation);
    }

    URI uri(String path) {
        return URI.create(client.getMasterUrl().toString().replaceAll("(?<!/)/+$", "") + path);
    }

    <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException failure) {
            future.cancel(true);
            throw unavailable(failure);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            future.cancel(true);
            throw stopping();
        }
    }

    GatewayException.ClusterUnavailable unavailable(Exception failure) {
        unavailableAt = System.nanoTime();
        LOG.warn("The Kubernetes API server gave no answer: {}", failure.toString());
        return new GatewayException.ClusterUnavailable("The Kubernetes API server gave no answer.");
    }

    /// For a thread that is interrupted because the gateway stops.
    static GatewayException.ClusterUnavailable stopping() {
        return new GatewayException.ClusterUnavailable("The gateway is stopping.");
    }

    /// @param answer any response
    /// @return the same response, if it is successful
    /// @throws GatewayException according to the response otherwise
    public Answer accepted(Answer answer) {
        if (!answer.successful()) {
            throw refused(answer.code(), answer.status());
        }
        return answer;
    }

    /// The exception for an unsuccessful response.
    public GatewayException refused(int code, @Nullable Status status) {
        String message = message(code, status);
        return switch (code) {
            case 400, 422 -> new GatewayException.Rejected(findings(message, status));
            case 429 -> new GatewayException.ClusterUnavailable(message);
            case 401, 403 ->
                    mayBeStarting()
                            ? new GatewayException.ClusterUnavailable(message)
                            : new GatewayException.ClusterRefused(message);
            default ->
                    code >= 500
                            ? new GatewayException.ClusterUnavailable(message)
                            : new GatewayException.ClusterRefused(message);
        };
    }

    private boolean mayBeStarting() {
        return System.nanoTime() - unavailableAt < LONGEST_START.toNanos();
    }

    private static String message(int code, @Nullable Status status) {
        String given = status == null ? null : status.getMessage();
        return "The Kubernetes API server answered "
                + code
                + (given == null ? "." : ": " + Text.shown(given, LONGEST_MESSAGE));
    }

    private static List<Finding> findings(String message, @Nullable Status status) {
        List<StatusCause> causes =
                status == null || status.getDetails() == null
                        ? List.of()
                        : status.getDetails().getCauses();
        String hint = "Correct the field; kubectl explain pod shows its valid values.";
        if (causes.isEmpty()) {
            List<Finding> strict =
                    STRICT.matcher(message)
                            .results()
                            .map(match ->
                                    Finding.error(
                                            "kubernetes", match.group(2), match.group(), hint))
                            .toList();
            return strict.isEmpty()
                    ? List.of(Finding.error("kubernetes", "", message, hint))
                    : strict;
        }
        return causes.stream()
                .map(cause ->
                        Finding.error(
                                "kubernetes",
                                Objects.requireNonNullElse(cause.getField(), ""),
                                Text.shown(String.valueOf(cause.getMessage()), LONGEST_MESSAGE),
                                hint))
                .toList();
    }
}
