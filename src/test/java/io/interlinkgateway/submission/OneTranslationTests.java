package io.interlinkgateway.submission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import jdk.jfr.consumer.RecordedMethod;
import jdk.jfr.consumer.RecordingStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.boot.webmvc.test.autoconfigure.MockMvcPrint;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;

/// How often a request translates its job, as the runtime counts the calls.
@SpringBootTest
@AutoConfigureMockMvc(print = MockMvcPrint.NONE)
class OneTranslationTests {

    @Autowired private MockMvcTester mvc = MockMvcTester.of(List.of());

    @ParameterizedTest
    @CsvSource({
        "POST, /api/v1/jobs, 201, json",
        "POST, /api/v1/jobs, 201, yaml",
        "POST, /api/v1/jobs/preflight, 200, json",
        "POST, /api/v1/jobs/preflight, 200, yaml",
        "PUT, /api/v1/jobs/replaced?replace=true, 201, json"
    })
    void eachRequestTranslatesItsJobOnce(String method, String uri, int status, String type) {
        boolean isSpec = type.equals("json");
        AtomicInteger translations = new AtomicInteger();
        try (RecordingStream calls = new RecordingStream()) {
            calls.enable("jdk.MethodTrace")
                    .with(
                            "filter",
                            "io.interlinkgateway.pod.SpecTranslation::translated;"
                                    + "io.interlinkgateway.pod.ManifestTranslation::translated");
            calls.onEvent(
                    "jdk.MethodTrace",
                    event -> {
                        RecordedMethod called = event.getValue("method");
                        assertThat(called.getName()).isEqualTo("translated");
                        translations.incrementAndGet();
                    });
            calls.startAsync();
            assertThat(
                            mvc.method(HttpMethod.valueOf(method))
                                    .uri(uri)
                                    .contentType(
                                            isSpec
                                                    ? MediaType.APPLICATION_JSON
                                                    : MediaType.APPLICATION_YAML)
                                    .content(isSpec ? Examples.SPEC : Examples.POD)
                                    .exchange())
                    .hasStatus(status);
            calls.stop();
        }

        assertThat(translations).hasValue(1);
    }
}
