import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PfxOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// As much of a Kubernetes API server as a submission needs: one virtual node, pods that stay pending, their lists and
/// watches, over HTTP/2 and TLS as with a real one. The image's cache is trained against it, because a cluster can't be
/// reached while an image is built. Everything is kept in memory and nothing is checked.
///
/// Runs from its source with the application's libraries:
/// `java -cp 'APP/lib/*' ApiServer.java KEYSTORE CERTIFICATE KUBECONFIG`. KEYSTORE (PKCS #12, password `training`) has the
/// key of CERTIFICATE (PEM, for 127.0.0.1); KUBECONFIG is written once requests are answered.
final class ApiServer {

    private static final String NODE =
            """
            {"apiVersion": "v1", "kind": "Node",
             "metadata": {"name": "training", "uid": "3f7c1c5e-6a53-4f35-9a53-6a7a4e4a2d1b", "resourceVersion": "1",
              "creationTimestamp": "2025-01-01T00:00:00Z",
              "labels": {"virtual-node.interlink/type": "virtual-kubelet", "kubernetes.io/hostname": "training"},
              "annotations": {"interlink.virtual-kubelet.io/ping-response": "{\\"status\\":\\"ok\\"}"}},
             "spec": {"providerID": "external:///training",
              "taints": [{"key": "virtual-node.interlink/no-schedule", "value": "true", "effect": "NoSchedule"}]},
             "status": {
              "capacity": {"cpu": "10000", "memory": "30000Gi", "nvidia.com/gpu": "8", "pods": "20000"},
              "allocatable": {"cpu": "10000", "memory": "30000Gi", "nvidia.com/gpu": "8", "pods": "20000"},
              "conditions": [
               {"type": "Ready", "status": "True", "lastHeartbeatTime": "NOW",
                "lastTransitionTime": "2025-01-01T00:00:00Z"},
               {"type": "InterlinkConnectivity", "status": "True", "lastHeartbeatTime": "NOW",
                "lastTransitionTime": "2025-01-01T00:00:00Z"}]}}
            """;

    private static final Pattern PODS = Pattern.compile("/api/v1/namespaces/([^/]+)/pods(?:/([^/]+))?");

    private final Map<String, JsonObject> pods = new LinkedHashMap<>();
    private final Set<HttpServerResponse> podWatches = new LinkedHashSet<>();
    private long version = 1;

    static void main(String[] arguments) {
        HttpServerOptions options =
                new HttpServerOptions()
                        .setHost("127.0.0.1")
                        .setPort(0)
                        .setSsl(true)
                        .setUseAlpn(true)
                        .setKeyCertOptions(new PfxOptions().setPath(arguments[0]).setPassword("training"));
        // One event loop handles all requests, so nothing here is locked.
        Vertx.vertx()
                .createHttpServer(options)
                .requestHandler(new ApiServer()::handle)
                .listen()
                .onSuccess(server -> describe(server.actualPort(), Path.of(arguments[1]), Path.of(arguments[2])))
                .onFailure(failure -> {
                    failure.printStackTrace();
                    System.exit(1);
                });
    }

    private static void describe(int port, Path certificate, Path kubeconfig) {
        try {
            Path unfinished = Path.of(kubeconfig + ".new");
            Files.writeString(
                    unfinished,
                    """
                    apiVersion: v1
                    kind: Config
                    current-context: training
                    contexts: [{name: training, context: {cluster: training, user: training}}]
                    clusters: [{name: training, cluster: {server: "https://127.0.0.1:%d", certificate-authority-data: %s}}]
                    users: [{name: training, user: {token: none}}]
                    """
                            .formatted(port, Base64.getEncoder().encodeToString(Files.readAllBytes(certificate))));
            Files.move(unfinished, kubeconfig);
        } catch (java.io.IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
    }

    private void handle(HttpServerRequest request) {
        Matcher path = PODS.matcher(request.path());
        boolean watch = "true".equals(request.getParam("watch"));
        if (request.path().equals("/api/v1/nodes")) {
            if (watch) {
                request.response().setChunked(true).writeHead();
            } else {
                answer(request, 200, list("NodeList", new JsonArray().add(node())));
            }
        } else if (request.path().equals("/api/v1/nodes/training")) {
            answer(request, 200, node());
        } else if (!path.matches()) {
            answer(request, 404, status(404, "NotFound"));
        } else if (request.method().name().equals("POST")) {
            String namespace = path.group(1);
            request.body().onSuccess(body -> create(request, namespace, body));
        } else if (path.group(2) != null) {
            JsonObject pod = pods.get(path.group(2));
            answer(request, pod == null ? 404 : 200, pod == null ? status(404, "NotFound") : pod);
        } else if (watch) {
            podWatches.add(request.response().setChunked(true));
            request.response().exceptionHandler(_ -> podWatches.remove(request.response()));
            request.response().writeHead();
        } else {
            answer(request, 200, list("PodList", new JsonArray(pods.values().stream().limit(50).toList())));
        }
    }

    private static JsonObject node() {
        return new JsonObject(NODE.replace("NOW", Instant.now().toString()));
    }

    private void create(HttpServerRequest request, String namespace, Buffer body) {
        JsonObject pod = body.toJsonObject();
        version++;
        JsonObject metadata = pod.getJsonObject("metadata");
        metadata.put("namespace", namespace)
                .put("uid", UUID.randomUUID().toString())
                .put("resourceVersion", Long.toString(version))
                .put("creationTimestamp", Instant.now().toString());
        pod.put("status", new JsonObject().put("phase", "Pending").put("qosClass", "Burstable"));
        if (request.getParam("dryRun") == null) {
            if (pods.putIfAbsent(metadata.getString("name"), pod) != null) {
                answer(request, 409, status(409, "AlreadyExists"));
                return;
            }
            String event = new JsonObject().put("type", "ADDED").put("object", pod) + "\n";
            podWatches.forEach(stream -> stream.write(event));
        }
        answer(request, 201, pod);
    }

    private JsonObject list(String kind, JsonArray items) {
        return new JsonObject()
                .put("apiVersion", "v1")
                .put("kind", kind)
                .put("metadata", new JsonObject().put("resourceVersion", Long.toString(version)))
                .put("items", items);
    }

    private static JsonObject status(int code, String reason) {
        return new JsonObject()
                .put("apiVersion", "v1")
                .put("kind", "Status")
                .put("status", "Failure")
                .put("reason", reason)
                .put("message", reason)
                .put("code", code);
    }

    private static void answer(HttpServerRequest request, int code, JsonObject body) {
        request.response().setStatusCode(code).putHeader("Content-Type", "application/json").end(body.toBuffer());
    }
}
