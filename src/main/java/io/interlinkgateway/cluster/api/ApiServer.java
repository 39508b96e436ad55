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
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
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

/// The Kubernetes API server: each request once, within its deadline, and every failure as what it means for
/// callers. What the client's own exceptions say is only logged: they name addresses.
public final class ApiServer {

    private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);
    private static final int LONGEST_WORDS = 1000;

    /// How strict validation names a field.
    private static final Pattern STRICT = Pattern.compile("(unknown|duplicate) field \"([^\"]+)\"");

    /// An API server that starts refuses everybody until it has read who may do what.
    private static final Duration LONGEST_START = Duration.ofSeconds(15);

    private final KubernetesClient client;
    private final Duration deadline;
    private volatile long silentAt = System.nanoTime() - LONGEST_START.toNanos();

    /// @param client the client
    /// @param deadline how long a request may take
    public ApiServer(KubernetesClient client, Duration deadline) {
        this.client = client;
        this.deadline = deadline;
    }

    /// @return for requests within [#call]
    public KubernetesClient client() {
        return client;
    }

    /// @return how long a request may take
    public Duration deadline() {
        return deadline;
    }

    /// An answer as it came.
    ///
    /// @param code the HTTP status
    /// @param body the body's text
    public record Answer(int code, String body) {

        public boolean successful() {
            return code >= 200 && code < 300;
        }

        /// The Status object that a failure's body is, if it is one.
        public Status status() {
            try {
                Status status = Serialization.unmarshal(body, Status.class);
                return status == null ? new Status() : status;
            } catch (RuntimeException noStatus) {
                return new Status();
            }
        }

        public boolean hasReason(String reason) {
            return reason.equals(status().getReason());
        }
    }

    /// Calls the client.
    ///
    /// @throws GatewayException by what the API server answered
    /// @throws KubernetesClientTimeoutException if it was asked to wait for a condition, and that did not come
    public <T> T call(Supplier<T> operation) {
        try {
            return operation.get();
        } catch (KubernetesClientTimeoutException timeout) {
            throw timeout;
        } catch (KubernetesClientException failure) {
            throw failed(failure);
        }
    }

    /// The pod of that name as it is now.
    ///
    /// @throws GatewayException by what the API server answered
    public Optional<Pod> pod(String namespace, String name) {
        return Optional.ofNullable(
                call(() -> client.pods().inNamespace(namespace).withName(name).get()));
    }

    /// @param failure what the client threw
    /// @return what it means
    public GatewayException failed(KubernetesClientException failure) {
        return failure.getCode() <= 0
                ? silent(failure)
                : refused(failure.getCode(), failure.getStatus());
    }

    /// Sends a request that the client's own methods can't express.
    ///
    /// @param body a Kubernetes object, or null for none
    /// @throws GatewayException.ClusterUnavailable if there is no answer within the deadline
    public Answer send(String method, String path, @Nullable Object body) {
        return send(
                request(path)
                        .method(
                                method,
                                "application/json",
                                body == null ? "" : Serialization.asJson(body))
                        .build());
    }

    /// Changes some fields of an object.
    ///
    /// @param fields the object with these fields alone
    /// @throws GatewayException.ClusterUnavailable if there is no answer within the deadline
    public Answer patch(String path, Object fields) {
        return send(
                request(path)
                        .method(
                                "PATCH",
                                "application/merge-patch+json",
                                Serialization.asJson(fields))
                        .build());
    }

    private HttpRequest.Builder request(String path) {
        return client.getHttpClient()
                .newHttpRequestBuilder()
                .uri(uri(path))
                .timeout(deadline.toMillis(), TimeUnit.MILLISECONDS);
    }

    private Answer send(HttpRequest request) {
        HttpResponse<byte[]> response =
                await(client.getHttpClient().sendAsync(request, byte[].class));
        return new Answer(response.code(), new String(response.body(), StandardCharsets.UTF_8));
    }

    URI uri(String path) {
        return URI.create(client.getMasterUrl().toString().replaceAll("(?<!/)/+$", "") + path);
    }

    <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException failure) {
            future.cancel(true);
            throw silent(failure);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            future.cancel(true);
            throw stopping();
        }
    }

    GatewayException.ClusterUnavailable silent(Exception failure) {
        silentAt = System.nanoTime();
        LOG.warn("The Kubernetes API server gave no answer: {}", failure.toString());
        return new GatewayException.ClusterUnavailable("The Kubernetes API server gave no answer.");
    }

    /// Who waited is not wanted any more.
    static GatewayException.ClusterUnavailable stopping() {
        return new GatewayException.ClusterUnavailable("The gateway stops.");
    }

    /// What a refusal means.
    public GatewayException refused(int code, @Nullable Status status) {
        String words = words(code, status);
        return switch (code) {
            case 400, 422 -> new GatewayException.Rejected(findings(words, status));
            case 429 -> new GatewayException.ClusterUnavailable(words);
            case 401, 403 ->
                    mayBeStarting()
                            ? new GatewayException.ClusterUnavailable(words)
                            : new GatewayException.ClusterRefused(words);
            default ->
                    code >= 500
                            ? new GatewayException.ClusterUnavailable(words)
                            : new GatewayException.ClusterRefused(words);
        };
    }

    private boolean mayBeStarting() {
        return System.nanoTime() - silentAt < LONGEST_START.toNanos();
    }

    private static String words(int code, @Nullable Status status) {
        String said = status == null ? null : status.getMessage();
        return "The Kubernetes API server answered "
                + code
                + (said == null ? "." : ": " + Text.shown(said, LONGEST_WORDS));
    }

    private static List<Finding> findings(String words, @Nullable Status status) {
        List<StatusCause> causes =
                status == null || status.getDetails() == null
                        ? List.of()
                        : status.getDetails().getCauses();
        String hint = "Correct the field; kubectl explain pod shows what it takes.";
        if (causes.isEmpty()) {
            List<Finding> strict =
                    STRICT.matcher(words)
                            .results()
                            .map(match ->
                                    Finding.error(
                                            "kubernetes", match.group(2), match.group(), hint))
                            .toList();
            return strict.isEmpty()
                    ? List.of(Finding.error("kubernetes", "", words, hint))
                    : strict;
        }
        return causes.stream()
                .map(cause ->
                        Finding.error(
                                "kubernetes",
                                String.valueOf(cause.getField()),
                                Text.shown(String.valueOf(cause.getMessage()), LONGEST_WORDS),
                                hint))
                .toList();
    }
}
