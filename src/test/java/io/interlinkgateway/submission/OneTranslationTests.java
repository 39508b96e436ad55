package io.interlinkgateway.submission;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.SharedGateway;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordingStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

/// How often a request translates its job and reads its credential, as the runtime counts the calls.
@SharedGateway
@Isolated("the runtime counts the calls of all threads")
class OneTranslationTests {

    private static final MediaType JSON = MediaType.APPLICATION_JSON;
    private static final MediaType YAML = MediaType.APPLICATION_YAML;

    @Autowired private MockMvcTester mvc = MockMvcTester.of(List.of());

    @ParameterizedTest
    @CsvSource({
        "POST, /api/v1/jobs?workspace=once, 201, json",
        "POST, /api/v1/jobs?workspace=once, 201, yaml",
        "POST, /api/v1/jobs/preflight?workspace=once, 200, json",
        "POST, /api/v1/jobs/preflight?workspace=once, 200, yaml",
        "PUT, /api/v1/jobs/replaced?workspace=once&replace=true, 201, json"
    })
    void eachRequestTranslatesItsJobOnce(String method, String uri, int status, String type) {
        boolean isSpec = type.equals("json");
        String body = isSpec ? Examples.SPEC : Examples.POD;

        List<RecordedMethod> calls =
                calls(
                        "io.interlinkgateway.pod.SpecTranslation::translated;"
                                + "io.interlinkgateway.pod.ManifestTranslation::translated",
                        () -> send(method, uri, isSpec ? JSON : YAML, body, status));

        assertThat(calls).map(RecordedMethod::getName).containsExactly("translated");
    }

    /// What the pod logs in with and what is checked must be the same credential, and each reading is a request to the
    /// API server.
    @Test
    void aSubmissionReadsItsCredentialOnce() {
        send(
                "PUT",
                "/api/v1/mlflow-credentials/read-once?workspace=once",
                JSON,
                "{\"username\": \"ada\", \"password\": \"s3cret-marker\"}",
                201);
        String job =
                Examples.SPEC.replaceFirst(
                        "\\{",
                        "{\"mlflow\": {\"credential\": \"read-once\", \"trackingUri\":"
                                + " \"https://mlflow.example.org/\"},");

        List<RecordedMethod> calls =
                calls(
                        "io.interlinkgateway.sandbox.SandboxCredentials::find",
                        () -> send("POST", "/api/v1/jobs?workspace=once", JSON, job, 201));

        assertThat(calls)
                .map(RecordedMethod::getDescriptor)
                .filteredOn(descriptor -> descriptor.contains("CredentialName"))
                .hasSize(1);
    }

    private static List<RecordedMethod> calls(String filter, Runnable request) {
        List<RecordedMethod> calls = new CopyOnWriteArrayList<>();
        try (RecordingStream recording = new RecordingStream()) {
            recording.enable("jdk.MethodTrace").with("filter", filter);
            recording.onEvent("jdk.MethodTrace", event -> calls.add(event.getValue("method")));
            recording.startAsync();
            request.run();
            recording.stop();
        }
        return calls;
    }

    private void send(String method, String uri, MediaType type, String body, int status) {
        assertThat(
                        mvc.method(HttpMethod.valueOf(method))
                                .uri(uri)
                                .contentType(type)
                                .content(body)
                                .exchange())
                .hasStatus(status);
    }
}
