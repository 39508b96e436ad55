package io.interlinkgateway.submission;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.SharedGateway;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@SharedGateway
class TimeToLiveTests {

    private static final JsonMapper JSON = new JsonMapper();

    @Autowired private MockMvcTester mvc = MockMvcTester.of(List.of());

    private MvcTestResult preflight(String seconds) {
        return mvc.post()
                .uri("/api/v1/jobs/preflight?workspace=open")
                .contentType(MediaType.APPLICATION_JSON)
                .content(
                        """
                        {"node": "sandbox", "image": "/images/busybox.sif", "command": ["true"],
                         "resources": {"limits": {"cpu": "1", "memory": "64Mi"}},
                         "ttlSecondsAfterFinished": %s}
                        """
                                .formatted(seconds))
                .exchange();
    }

    private JsonNode verdict(String seconds) {
        return JSON.readTree(preflight(seconds).getResponse().getContentAsByteArray());
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "2592000", "null"})
    void aPeriodInItsRangeIsAccepted(String seconds) {
        JsonNode verdict = verdict(seconds);

        assertThat(verdict.path("accepted").asBoolean()).as(verdict.toString()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "2592001", "9223372036854775807"})
    void aPeriodOutOfItsRangeIsRefusedWithItsField(String seconds) {
        JsonNode verdict = verdict(seconds);

        assertThat(verdict.path("accepted").asBoolean(true)).as(verdict.toString()).isFalse();
        assertThat(verdict.path("findings").valueStream())
                .anySatisfy(finding -> {
                    assertThat(finding.path("rule").asString()).isEqualTo("ttl");
                    assertThat(finding.path("field").asString())
                            .isEqualTo("ttlSecondsAfterFinished");
                    assertThat(finding.path("hint").asString()).isNotEmpty();
                });
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.5", "\"60\"", "9223372036854775808", "[60]", "true"})
    void whatIsNoWholeNumberOfSecondsIsRefused(String seconds) {
        MvcTestResult answer = preflight(seconds);

        assertThat(answer).hasStatus(422);
        assertThat(answer).bodyText().contains("ttlSecondsAfterFinished");
    }

    @Test
    void aPodCannotHaveThePeriodAsItsAnnotation() {
        assertThat(
                        mvc.post()
                                .uri("/api/v1/jobs/preflight?workspace=open")
                                .contentType(MediaType.APPLICATION_YAML)
                                .content(
                                        """
                                        apiVersion: v1
                                        kind: Pod
                                        metadata:
                                          name: train
                                          annotations:
                                            interlink-gateway.io/ttl-seconds-after-finished: "0"
                                        spec:
                                          nodeName: sandbox
                                          containers:
                                          - {name: main, image: /images/busybox.sif}
                                        """)
                                .exchange())
                .bodyText()
                .contains("\"accepted\":false");
    }
}
