package io.interlinkgateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Documents and headers that are made to break their readers. Each gets an answer, soon, that is no 5xx, and a refusal
/// is a problem with a type. How many are tried is the property `hostile.tries`; a failure names its seed.
@SharedGateway
class HostileDocumentsTests {

    private static final int TRIES = Integer.getInteger("hostile.tries", 1000);
    private static final long SEED = Long.getLong("hostile.seed", 1);
    private static final Duration SOON = Duration.ofMinutes(1);
    private static final JsonMapper JSON = new JsonMapper();
    private static final String PREFLIGHT = "/api/v1/jobs/preflight";

    private static final List<String> PIECES =
            List.of(
                    "&a ",
                    "*a",
                    "*a : b",
                    "<<: *a",
                    "<<: {a: b}",
                    "? ",
                    "!!java.net.URL ",
                    "!!binary ",
                    "!!set {a, b}",
                    "!!timestamp ",
                    "!!float .nan",
                    "!<tag:x> ",
                    "!local ",
                    "--- ",
                    "...\n",
                    "%YAML 9.9\n---\n",
                    "%TAG ! tag:x,2000:\n---\n",
                    "{",
                    "}",
                    "[",
                    "]",
                    "[[[[[[[[",
                    "{a: {a: ",
                    ": ",
                    "- ",
                    "| ",
                    ">-\n",
                    "'",
                    "\"",
                    "\\u0000",
                    "\\ud800",
                    "\0",
                    "\u0085",
                    "\u2028",
                    "\ufeff",
                    "\uffff",
                    "\t",
                    "\r",
                    "null",
                    "~",
                    "0x",
                    "0b2",
                    "1e999",
                    "-.inf",
                    "9".repeat(400),
                    "12:30:45",
                    "2026-01-01",
                    "yes",
                    "name: name: ",
                    "#",
                    "//",
                    "/* */",
                    "NaN",
                    "\"a\":1,\"a\":2",
                    ",",
                    "\n  ",
                    "\n",
                    "spec:",
                    "containers:",
                    "metadata: [",
                    "kind: List\nitems: ",
                    "\ud83d\ude00");

    private final HttpClient http = HttpClient.newHttpClient();

    @LocalServerPort private int port;

    private record Answer(int status, String type, String body) {}

    static Stream<Arguments> bombs() {
        StringBuilder laughs =
                new StringBuilder("kind: Pod\na0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for (int level = 1; level < 12; level++) {
            laughs.append("a%d: &a%d [".formatted(level, level))
                    .append("*a%d, ".formatted(level - 1).repeat(9))
                    .append("]\n");
        }
        StringBuilder merges = new StringBuilder("kind: Pod\na0: &a0 {k: v}\n");
        for (int level = 1; level < 3000; level++) {
            merges.append(
                    "a%d: &a%d {<<: [*a%d, *a%d], k%d: v}\n"
                            .formatted(level, level, level - 1, level - 1, level));
        }
        return Stream.of(
                Arguments.of("aliases of aliases", "application/yaml", laughs.toString()),
                Arguments.of("merges of merges", "application/yaml", merges.toString()),
                Arguments.of(
                        "a loop", "application/yaml", "kind: Pod\nspec: &a {containers: [*a]}"),
                Arguments.of("lists in lists", "application/yaml", "[".repeat(900_000)),
                Arguments.of("maps in maps", "application/yaml", "{a: ".repeat(200_000)),
                Arguments.of("sequences in sequences", "application/yaml", "- ".repeat(400_000)),
                Arguments.of("questions", "application/yaml", "? ".repeat(400_000)),
                Arguments.of(
                        "a long number",
                        "application/yaml",
                        "kind: Pod\na: " + "9".repeat(900_000)),
                Arguments.of(
                        "an old long number",
                        "application/yaml",
                        "kind: Pod\na: " + "1:".repeat(400_000) + "1"),
                Arguments.of(
                        "a long fraction",
                        "application/yaml",
                        "kind: Pod\na: 1e" + "9".repeat(900_000)),
                Arguments.of("a long key", "application/yaml", "k".repeat(900_000) + ": v"),
                Arguments.of("many keys", "application/yaml", keys("k%d: v\n")),
                Arguments.of("many documents", "application/yaml", "---\na: b\n".repeat(100_000)),
                Arguments.of("quotes", "application/yaml", "\"".repeat(900_000)),
                Arguments.of("anchors", "application/yaml", keys("&a%1$d k%1$d: &b%1$d v\n")),
                Arguments.of("lists in lists", "application/json", "[".repeat(900_000)),
                Arguments.of("maps in maps", "application/json", "{\"env\":".repeat(120_000)),
                Arguments.of(
                        "a long number",
                        "application/json",
                        "{\"node\": " + "9".repeat(900_000) + "}"),
                Arguments.of(
                        "a long fraction",
                        "application/json",
                        "{\"slurm\": {\"nodes\": 1e999999999}}"),
                Arguments.of(
                        "a long key", "application/json", "{\"" + "k".repeat(900_000) + "\": 1}"),
                Arguments.of(
                        "many keys",
                        "application/json",
                        "{\"env\": {" + keys("\"k%d\": \"v\",") + "\"a\": \"b\"}}"),
                Arguments.of(
                        "a long amount", "application/json", limit("cpu", "9".repeat(900_000))),
                Arguments.of("a huge amount", "application/json", limit("memory", "1e99")),
                Arguments.of("a tiny amount", "application/json", limit("memory", "1e-99")),
                Arguments.of(
                        "flags",
                        "application/json",
                        "{\"node\": \"sandbox\", \"image\": \"/a\", \"slurm\": {\"flags\": \""
                                + "-N ".repeat(300_000)
                                + "\"}}"),
                Arguments.of(
                        "options",
                        "application/json",
                        "{\"node\": \"sandbox\", \"image\": \"/a\", \"singularity\": {\"options\":"
                                + " \""
                                + "- ".repeat(400_000)
                                + "\"}}"),
                Arguments.of(
                        "empty variables",
                        "application/yaml",
                        container("env: [" + "{},".repeat(200_000) + "]")),
                Arguments.of(
                        "numbers for texts",
                        "application/yaml",
                        container("args: [" + "1,".repeat(400_000) + "]")),
                Arguments.of(
                        "numbers for names",
                        "application/yaml",
                        container("env: [" + "{name: 1},".repeat(80_000) + "]")),
                Arguments.of(
                        "nulls",
                        "application/json",
                        "{\"node\": \"sandbox\", \"image\": \"/a\", \"args\": ["
                                + "null,".repeat(150_000)
                                + "null]}"),
                Arguments.of(
                        "a label of dots",
                        "application/json",
                        "{\"node\": \"" + "a.".repeat(400_000) + "\", \"image\": \"/a\"}"));
    }

    private static String container(String fields) {
        return "apiVersion: v1\nkind: Pod\nspec:\n  nodeSelector: {kubernetes.io/hostname:"
                + " sandbox}\n  containers:\n  - name: c\n    image: /a\n    "
                + fields
                + "\n";
    }

    private static String limit(String resource, String amount) {
        return "{\"node\": \"sandbox\", \"image\": \"/a\", \"resources\": {\"limits\": {\"%s\": \"%s\"}}}"
                .formatted(resource, amount);
    }

    private static String keys(String form) {
        StringBuilder keys = new StringBuilder();
        for (int key = 0; keys.length() < 900_000; key++) {
            keys.append(form.formatted(key));
        }
        return keys.toString();
    }

    @ParameterizedTest(name = "{0}, {1}")
    @MethodSource("bombs")
    void aBombIsRefusedSoon(String name, String contentType, String body) throws Exception {
        for (String path : List.of(PREFLIGHT, "/api/v1/jobs")) {
            Answer answer = post(path, contentType, body.getBytes(StandardCharsets.UTF_8));

            assertThat(answer.status).as(answer.body).isIn(200, 201, 400, 413, 422);
            check(answer, name);
            assertThat(answer.body).hasSizeLessThan(50_000);
        }
    }

    @Test
    void aBodyOfAHundredMegabytesIsRefusedBeforeItIsRead() throws Exception {
        for (String type : List.of("application/yaml", "application/json")) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setSoTimeout((int) SOON.toMillis());
                OutputStream out = socket.getOutputStream();
                out.write(
                        ("POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Type: "
                                        + type
                                        + "\r\nContent-Length: 104857600\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                byte[] block = " ".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
                try {
                    for (int sent = 0; sent < 104_857_600; sent += block.length) {
                        out.write(block);
                    }
                } catch (IOException refused) {
                    // The gateway does not wait for the rest.
                }
                assertThat(statusLine(socket.getInputStream())).contains(" 413");
            }
        }
    }

    @Test
    void brokenDocumentsAreAnsweredWithProblems() throws Exception {
        List<String> sources =
                List.of(
                        Files.readString(Path.of("examples/my-pod.yaml")),
                        Files.readString(Path.of("examples/job.json")));
        Map<Integer, Integer> statuses = new LinkedHashMap<>();
        for (int at = 0; at < TRIES; at++) {
            Random random = new Random(SEED + at);
            boolean yaml = random.nextBoolean();
            String body = broken(sources.get(random.nextInt(sources.size())), random);
            Answer answer =
                    post(
                            PREFLIGHT,
                            yaml ? "application/yaml" : "application/json",
                            body.getBytes(
                                    random.nextInt(20) == 0
                                            ? StandardCharsets.UTF_16
                                            : StandardCharsets.UTF_8));
            check(answer, "hostile.seed=" + (SEED + at));
            statuses.merge(answer.status, 1, Integer::sum);
        }
        System.out.println(TRIES + " broken documents: " + statuses);
        assertThat(statuses.keySet()).isSubsetOf(200, 400, 413, 422);
    }

    private static String broken(String source, Random random) {
        StringBuilder text = new StringBuilder(source);
        for (int change = random.nextInt(4); change >= 0; change--) {
            int at = random.nextInt(text.length() + 1);
            switch (random.nextInt(4)) {
                case 0 -> text.delete(at, Math.min(text.length(), at + random.nextInt(30)));
                case 1 ->
                        text.insert(
                                at,
                                text.substring(
                                        at, Math.min(text.length(), at + random.nextInt(60))));
                default -> text.insert(at, PIECES.get(random.nextInt(PIECES.size())));
            }
        }
        return text.toString();
    }

    /// Raw, for a client would refuse to send them.
    @Test
    void brokenHeadersAndAddressesAreAnswered() throws Exception {
        List<String> values = new ArrayList<>(PIECES);
        values.addAll(
                List.of(
                        "Bearer",
                        "Bearer ",
                        "Bearer a.b.c",
                        "Bearer " + "a".repeat(7000),
                        "Bearer ..",
                        "Basic !!",
                        "bytes=0-",
                        "-1",
                        "0",
                        "1e9",
                        "%",
                        "%00",
                        "%zz",
                        "../..",
                        ";a=b",
                        "text/event-stream;q=2",
                        "*/*;q=x",
                        "application/yaml;charset=none",
                        "application/json;charset=utf-7",
                        "a/b/c",
                        "/",
                        "x".repeat(5000)));
        List<String> headers =
                List.of(
                        "Authorization",
                        "Idempotency-Key",
                        "Accept",
                        "Content-Type",
                        "Last-Event-ID",
                        "Origin",
                        "X-Forwarded-Host",
                        "Accept-Language",
                        "Content-Encoding",
                        "Expect",
                        "Range",
                        "X");
        List<String> queries =
                List.of(
                        "workspace",
                        "limit",
                        "cursor",
                        "state",
                        "label",
                        "node",
                        "tailLines",
                        "follow");
        for (int at = 0; at < Math.min(TRIES, 100_000); at++) {
            Random random = new Random(SEED + at);
            String value = values.get(random.nextInt(values.size())).replaceAll("[\r\n]", " ");
            String request =
                    random.nextBoolean()
                            ? "GET /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\n"
                                    + headers.get(random.nextInt(headers.size()))
                                    + ": "
                                    + value
                            : "GET /api/v1/jobs?"
                                    + queries.get(random.nextInt(queries.size()))
                                    + "="
                                    + value.replace(" ", "+")
                                    + " HTTP/1.1\r\nHost: localhost";
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setSoTimeout((int) SOON.toMillis());
                socket.getOutputStream()
                        .write(
                                (request + "\r\nConnection: close\r\n\r\n")
                                        .getBytes(StandardCharsets.UTF_8));
                assertThat(statusLine(socket.getInputStream()))
                        .as("hostile.seed=%d: %s", SEED + at, request)
                        .matches("HTTP/1.1 [24]\\d\\d.*");
            }
        }
    }

    private static Stream<String> requestsThatAreNone() {
        return Stream.of(
                "NONSENSE",
                "GET /api/v1/jobs",
                "GET /api/v1/jobs HTTP/9.9\r\nHost: localhost",
                "GET /api/v1/jobs HTTP/1.1",
                "GET /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nHost: localhost",
                "GET /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nno colon",
                "GET /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nX: " + "x".repeat(20_000),
                "GET /" + "x".repeat(20_000) + " HTTP/1.1\r\nHost: localhost",
                "GET /api/%zz HTTP/1.1\r\nHost: localhost",
                "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1",
                "POST /api/v1/jobs HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n"
                        + "Transfer-Encoding: chunked");
    }

    @ParameterizedTest
    @MethodSource("requestsThatAreNone")
    void whatIsNoRequestIsAnsweredWithAProblemToo(String request) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout((int) SOON.toMillis());
            socket.getOutputStream().write((request + "\r\n\r\n").getBytes(StandardCharsets.UTF_8));
            String answer =
                    new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(answer).containsPattern("^HTTP/1.[01] 4\\d\\d ");
            assertThat(answer).containsIgnoringCase("Content-Type: application/problem+json");
            assertThat(
                            JSON.readTree(answer.substring(answer.indexOf("\r\n\r\n")))
                                    .path("type")
                                    .asString())
                    .startsWith("/problems/");
        }
    }

    private static String statusLine(InputStream answer) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int next = answer.read(); next >= 0 && next != '\r'; next = answer.read()) {
            line.append((char) next);
        }
        return line.toString();
    }

    private static void check(Answer answer, String what) {
        assertThat(answer.status).as(what + ": " + answer.body).isBetween(200, 499);
        if (answer.status >= 400) {
            JsonNode problem = JSON.readTree(answer.body);
            assertThat(answer.type).as(what).startsWith("application/problem+json");
            assertThat(problem.path("type").asString()).as(what).startsWith("/problems/");
            assertThat(problem.path("status").asInt()).as(what).isEqualTo(answer.status);
        }
    }

    private Answer post(String path, String contentType, byte[] body)
            throws IOException, InterruptedException {
        HttpResponse<String> response =
                http.send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                                .timeout(SOON)
                                .header("Content-Type", contentType)
                                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        return new Answer(
                response.statusCode(),
                response.headers().firstValue("Content-Type").orElse(""),
                response.body());
    }
}
