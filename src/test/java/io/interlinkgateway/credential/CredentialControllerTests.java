package io.interlinkgateway.credential;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.SharedGateway;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/// The endpoints over the sandbox.
@SharedGateway
@ExtendWith(OutputCaptureExtension.class)
class CredentialControllerTests {

    private static final String ADDRESS = "/api/v1/mlflow-credentials/mlflow-server";

    @Autowired private MockMvcTester mvc = MockMvcTester.of(List.of());

    @BeforeEach
    void forget() {
        assertThat(mvc.delete().uri(ADDRESS))
                .satisfiesAnyOf(
                        result -> assertThat(result).hasStatus(204),
                        result -> assertThat(result).hasStatus(404));
    }

    @Test
    void putCreatesThenReplaces() {
        MvcTestResult first = put("{'username':'ada','password':'s3cret-marker'}");
        MvcTestResult second = put("{'username':'grace','password':'s3cret-marker'}");

        assertThat(first)
                .hasStatus(201)
                .hasHeader("Location", ADDRESS + "?workspace=default")
                .bodyText()
                .contains("ada")
                .doesNotContain("s3cret-marker");
        assertThat(second).hasStatus(200).bodyText().contains("grace");
    }

    @Test
    void allErrorsAreReportedAtOnce() {
        MvcTestResult result =
                put("{'username':'a:b','password':'','trackingUri':'http://u:s3cret-marker@h/'}");

        assertThat(result).hasStatus(422);
        assertThat(result)
                .bodyJson()
                .extractingPath("$.findings[*].field")
                .asArray()
                .containsExactlyInAnyOrder("username", "password", "trackingUri");
        assertThat(result).bodyText().doesNotContain("s3cret-marker");
    }

    @Test
    void aTokenIsPutInPlaceOfAPassword() {
        MvcTestResult made = put("{'token':'s3cret-marker'}");

        assertThat(made).hasStatus(201).bodyText().doesNotContain("s3cret-marker");
        assertThat(made).bodyJson().extractingPath("$.kind").isEqualTo("TOKEN");
        assertThat(made).bodyJson().doesNotHavePath("$.username");
    }

    @Test
    void aTokenBesideAPasswordAndNothingAtAllAreRefused() {
        MvcTestResult both =
                put("{'username':'ada','password':'s3cret-marker','token':'s3cret-marker'}");
        MvcTestResult none = put("{}");

        assertThat(both)
                .hasStatus(422)
                .bodyJson()
                .extractingPath("$.findings[*].field")
                .asArray()
                .containsExactly("token");
        assertThat(none)
                .hasStatus(422)
                .bodyJson()
                .extractingPath("$.findings[*].field")
                .asArray()
                .containsExactly("username", "password");
        assertThat(both).bodyText().doesNotContain("s3cret-marker");
    }

    @Test
    void whatIsNotThereIsNotFound() {
        assertThat(mvc.get().uri(ADDRESS)).hasStatus(404);
        assertThat(mvc.delete().uri(ADDRESS)).hasStatus(204);
        assertThat(mvc.post().uri(ADDRESS + "/verify")).hasStatus(404);
    }

    @Test
    void anUnboundCredentialNeedsAServerToBeVerified() {
        put("{'username':'ada','password':'s3cret-marker'}");

        assertThat(mvc.post().uri(ADDRESS + "/verify"))
                .hasStatus(422)
                .bodyJson()
                .extractingPath("$.findings[0].field")
                .isEqualTo("trackingUri");
    }

    @Test
    void aBoundCredentialIsNotSentElsewhere() {
        put(
                "{'username':'ada','password':'s3cret-marker',"
                        + "'trackingUri':'https://mlflow.example.org/'}");

        MvcTestResult result =
                send(HttpMethod.POST, ADDRESS + "/verify", "{'trackingUri':'https://127.0.0.1/'}");

        assertThat(result)
                .hasStatus(422)
                .bodyJson()
                .extractingPath("$.findings[0].rule")
                .isEqualTo("credential-server");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'username':'ada','password':'s3cret-marker'}",
                "{'username':'ada','password':'s3cret-marker','trackingUri':'::'}",
                "{'username':'a:b','password':'s3cret-marker'}",
                "{'password':'s3cret-marker'}",
                "{'username':'ada','password':s3cret-marker}",
                "{'username':'ada','password':['s3cret-marker']}",
                "{'username':'ada','password':'s3cret-marker\\u0000'}",
                "{'username':'ada','password':'s3cret-marker'",
                "{'username':'ada','password':'s3cret-marker','more':1}",
                "'s3cret-marker'"
            })
    void thePasswordIsInNoAnswerAndNoLogLine(String body, CapturedOutput output) {
        LoggingSystem logging = LoggingSystem.get(CredentialController.class.getClassLoader());
        logging.setLogLevel("io.interlinkgateway", LogLevel.TRACE);

        MvcTestResult result = put(body);
        MvcTestResult list = mvc.get().uri("/api/v1/mlflow-credentials").exchange();

        logging.setLogLevel("io.interlinkgateway", null);
        assertThat(result).bodyText().doesNotContain("s3cret");
        assertThat(list).bodyText().doesNotContain("s3cret");
        assertThat(output.getAll()).doesNotContain("s3cret");
    }

    private MvcTestResult put(String body) {
        return send(HttpMethod.PUT, ADDRESS, body);
    }

    private MvcTestResult send(HttpMethod method, String address, String body) {
        return mvc.method(method)
                .uri(address)
                .contentType(MediaType.APPLICATION_JSON)
                .content(body.replace('\'', '"'))
                .exchange();
    }
}
