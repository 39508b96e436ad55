package io.interlinkgateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/// The API's description: what is committed is what the gateway says, and its examples run.
@SharedGateway
class OpenApiTests {

    private static final CommittedFile COMMITTED =
            new CommittedFile(Path.of("openapi.json"), "openapi.update");

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
        COMMITTED.assertHolds(
                json.writeValueAsString(json.readValue(get("/v3/api-docs"), Map.class)) + "\n");
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
    void theHeadersOfAnswersAreDescribed() throws Exception {
        JsonNode jobs = description().at("/paths/~1api~1v1~1jobs/post/responses");
        JsonNode job = description().at("/paths/~1api~1v1~1jobs~1{name}");

        assertThat(jobs.at("/201/headers").propertyNames()).contains("ETag", "Location");
        assertThat(jobs.at("/default/headers").propertyNames()).contains("Retry-After");
        for (String answer :
                List.of(
                        "get/responses/200",
                        "get/responses/304",
                        "put/responses/201",
                        "delete/responses/202")) {
            assertThat(job.at("/" + answer + "/headers").propertyNames())
                    .as(answer)
                    .contains("ETag");
        }
    }

    /// A client's methods have these names: a further operation must not rename another.
    @Test
    void operationIdsAreAVerbAndANoun() throws Exception {
        assertThat(description().path("paths").findValuesAsString("operationId"))
                .isNotEmpty()
                .doesNotHaveDuplicates()
                .allMatch(id -> id.matches("[a-z]+[A-Z][A-Za-z]+"));
    }

    @Test
    void everySchemaHasADescription() throws Exception {
        List<String> vague = new ArrayList<>();
        JsonNode description = description();
        description
                .at("/components/schemas")
                .properties()
                .forEach(schema -> collectVague(schema.getKey(), schema.getValue(), vague));
        for (JsonNode content : description.findValues("content")) {
            content.properties()
                    .forEach(body ->
                            collectVague(body.getKey(), body.getValue().path("schema"), vague));
        }
        for (JsonNode parameters : description.path("paths").findValues("parameters")) {
            parameters.forEach(parameter ->
                    collectVague(
                            parameter.path("name").asString(), parameter.path("schema"), vague));
        }

        assertThat(vague).isEmpty();
    }

    private static void collectVague(String path, JsonNode schema, List<String> vague) {
        boolean says =
                switch (schema.path("type").asString("")) {
                    case "object" ->
                            !schema.path("properties").isEmpty()
                                    || schema.has("additionalProperties");
                    case "array" -> schema.has("items");
                    case "" -> Stream.of("$ref", "anyOf", "oneOf", "allOf").anyMatch(schema::has);
                    default -> true;
                };
        if (!says) {
            vague.add(path);
        }
        schema.path("properties")
                .properties()
                .forEach(property ->
                        collectVague(path + "." + property.getKey(), property.getValue(), vague));
        Stream.of("anyOf", "oneOf", "allOf")
                .flatMap(kind -> schema.path(kind).valueStream())
                .forEach(choice -> collectVague(path + "|", choice, vague));
        Stream.of("items", "additionalProperties")
                .map(schema::path)
                .filter(JsonNode::isObject)
                .forEach(inner -> collectVague(path + "[]", inner, vague));
    }

    @Test
    void whatIsAlwaysThereIsRequired() throws Exception {
        JsonNode schemas = description().at("/components/schemas");

        assertThat(schemas.at("/Job/required").valueStream().map(JsonNode::asString))
                .containsExactlyInAnyOrder(
                        "name", "uid", "workspace", "state", "createdAt", "evidence", "managedBy");
        assertThat(schemas.at("/JobPage/required").valueStream().map(JsonNode::asString))
                .containsExactly("items");
        assertThat(schemas.at("/JobSpec/required").valueStream().map(JsonNode::asString))
                .containsExactlyInAnyOrder("image", "node");
    }

    @Test
    void whatHasAFewValuesIsAnEnum() throws Exception {
        JsonNode schemas = description().at("/components/schemas");

        assertThat(
                        List.of(
                                "/Job/properties/state",
                                "/Job/properties/reason",
                                "/Evidence/properties/source",
                                "/Finding/properties/rule",
                                "/Finding/properties/severity"))
                .allSatisfy(
                        field -> assertThat(schemas.at(field).path("enum")).as(field).isNotEmpty());
    }

    @Test
    void theEventsOfEachStreamAreDescribed() throws Exception {
        JsonNode paths = description().path("paths");

        assertThat(events(paths.at("/~1api~1v1~1events/get")))
                .containsExactlyInAnyOrder("state", "walltime", "deleted", "reset");
        assertThat(events(paths.at("/~1api~1v1~1jobs~1{name}~1events/get")))
                .containsExactlyInAnyOrder("state", "walltime", "deleted", "reset");
        assertThat(events(paths.at("/~1api~1v1~1jobs~1{name}~1logs/get")))
                .containsExactlyInAnyOrder("log", "plugin", "problem", "end");
    }

    private static Collection<String> events(JsonNode operation) {
        return operation.at("/responses/200/content/text~1event-stream/x-events").propertyNames();
    }

    @Test
    void everyParameterHasADescription() throws Exception {
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

    @Test
    void theGatewaysAddressLeadsABrowserToTheConsole() throws Exception {
        HttpResponse<String> answer = start("text/html,application/xhtml+xml,*/*;q=0.8");

        assertThat(answer.statusCode()).isEqualTo(302);
        assertThat(answer.headers().firstValue("Location")).hasValue("/console/");
    }

    @Test
    void theRootHasLinksForOtherClients() throws Exception {
        HttpResponse<String> answer = start("*/*");

        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode links = json.readTree(answer.body());
        assertThat(get(links.path("description").asString())).contains("\"openapi\"");
        assertThat(get(links.path("nodes").asString())).contains("\"items\"");
        assertThat(get(links.path("problems").asString())).contains("invalid-job");
    }

    private HttpResponse<String> start(String accept) throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
                        .header("Accept", accept)
                        .build(),
                HttpResponse.BodyHandlers.ofString());
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
