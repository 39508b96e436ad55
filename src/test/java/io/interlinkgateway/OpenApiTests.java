package io.interlinkgateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The API's description: what is committed is what the gateway says, and its examples run.
@SpringBootTest(webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
class OpenApiTests {

    private static final Path COMMITTED = Path.of("openapi.json");

    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json =
            JsonMapper.builder()
                    .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .build();

    @LocalServerPort private int port;

    /// To accept a change: `./mvnw test -Dtest=OpenApiTests -Dopenapi.update=true`.
    @Test
    void theCommittedDescriptionIsTheGatewaysOwn() throws Exception {
        String now = json.writeValueAsString(json.readValue(get("/v3/api-docs"), Map.class)) + "\n";
        if (Boolean.getBoolean("openapi.update")) {
            Files.writeString(COMMITTED, now);
        }

        assertThat(now).isEqualTo(Files.readString(COMMITTED));
    }

    @Test
    void schemaNamesAreLegal() throws Exception {
        assertThat(description().at("/components/schemas").propertyNames())
                .isNotEmpty()
                .allMatch(name -> name.matches("[A-Za-z0-9._-]+"));
    }

    @Test
    void everySchemaThatIsReferredToIsThere() throws Exception {
        JsonNode description = description();

        assertThat(description.findValuesAsString("$ref"))
                .isNotEmpty()
                .allSatisfy(reference ->
                        assertThat(description.at(reference.substring(1)).isMissingNode())
                                .as(reference)
                                .isFalse());
    }

    @Test
    void everyParameterSaysWhatItIs() throws Exception {
        assertThat(description().path("paths").findValues("parameters"))
                .flatMap(parameters -> parameters.valueStream().toList())
                .isNotEmpty()
                .allMatch(parameter -> parameter.hasNonNull("description"));
    }

    @Test
    void theExamplesOfASubmissionRunAsTheyStand() throws Exception {
        JsonNode bodies = description().at("/paths/~1api~1v1~1jobs/post/requestBody/content");
        List<Integer> answers = new ArrayList<>();
        for (Map.Entry<String, JsonNode> body : bodies.properties()) {
            for (JsonNode example : body.getValue().path("examples")) {
                JsonNode value = example.path("value");
                answers.add(
                        post(
                                body.getKey(),
                                value.isString() ? value.asString() : value.toString()));
            }
        }

        assertThat(answers).hasSizeGreaterThanOrEqualTo(2).allMatch(code -> code / 100 == 2);
    }

    @Test
    void swaggerUiIsThere() throws Exception {
        assertThat(get("/swagger-ui/index.html")).contains("swagger-ui");
    }

    private JsonNode description() throws Exception {
        return json.readTree(get("/v3/api-docs"));
    }

    private String get(String path) throws IOException, InterruptedException {
        return http.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    private int post(String type, String body) throws IOException, InterruptedException {
        return http.send(
                        HttpRequest.newBuilder(
                                        URI.create("http://127.0.0.1:" + port + "/api/v1/jobs"))
                                .header("Content-Type", type)
                                .POST(HttpRequest.BodyPublishers.ofString(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .statusCode();
    }
}
