package io.interlinkgateway.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.interlinkgateway.log.feed.LogReader;
import io.interlinkgateway.web.StreamedResponse;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.mock.web.MockHttpServletResponse;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Events contain every byte, and a client can continue after each id.
class LogEventSourceTests {

    /// Configured like the gateway's mapper.
    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .changeDefaultPropertyInclusion(
                            usual -> usual.withValueInclusion(JsonInclude.Include.NON_ABSENT))
                    .build();

    private final FakeNode node = new FakeNode(Duration.ofMillis(15));
    private final LogReaders readers =
            new LogReaders(node::log, node::find, LogFollowingTests.FAST, Clock.systemUTC());

    /// An event as a client parses it.
    private record Event(String name, Optional<String> id, JsonNode data) {

        static List<Event> parse(String stream) {
            return Arrays.stream(stream.split("\n\n"))
                    .filter(block -> !block.startsWith(":"))
                    .map(Event::of)
                    .toList();
        }

        private static Event of(String block) {
            String[] lines = block.split("\n");
            assertThat(lines[0]).startsWith("event: ");
            boolean hasId = lines[1].startsWith("id: ");
            assertThat(lines).hasSize(hasId ? 3 : 2);
            return new Event(
                    lines[0].substring(7),
                    hasId ? Optional.of(lines[1].substring(4)) : Optional.empty(),
                    JSON.readTree(lines[lines.length - 1].substring(6)));
        }

        byte[] bytes() {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.writeBytes(
                    data.has("base64")
                            ? Base64.getDecoder().decode(data.path("base64").asString())
                            : data.path("text").asString().getBytes(StandardCharsets.UTF_8));
            if (!data.path("partial").asBoolean()) {
                bytes.write('\n');
            }
            return bytes.toByteArray();
        }
    }

    @Test
    void eachLineIsAnEventAndTheEndHasTheJob() throws Exception {
        write("one\ntwo\n\n10%\r20%\n");
        node.exit(0);
        node.phase("Failed");

        List<Event> events = events(LogOptions.ALL.following());

        assertThat(events)
                .extracting(Event::name)
                .containsExactly("log", "log", "log", "log", "end");
        assertThat(events)
                .extracting(event -> event.data.path("text").asString(""))
                .startsWith("one", "two", "", "10%\r20%");
        assertThat(events.getLast().data.path("state").asString()).isEqualTo("FAILED");
        assertThat(events.getLast().data.has("definition")).isFalse();
        assertThat(LogCursor.parse(events.getLast().id.orElseThrow()).position()).isEmpty();
    }

    @Test
    void thePluginsLinesAreSeparateEvents() throws Exception {
        write("one\n");
        node.exit(0);
        node.phase("Failed");

        List<Event> events = events(LogOptions.ALL.withPluginLines());

        assertThat(events.getFirst().name).isEqualTo("plugin");
        assertThat(events)
                .filteredOn(event -> event.name.equals("log"))
                .extracting(event -> event.data.path("text").asString())
                .containsExactly("one");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void everyByteIsSentAndAClientCanContinueAfterEachId(long seed) throws Exception {
        Random random = new Random(seed);
        ByteArrayOutputStream written = new ByteArrayOutputStream();
        for (int part = 0; part < 20; part++) {
            written.writeBytes(
                    switch (random.nextInt(5)) {
                        case 0 -> randomBytes(random);
                        case 1 ->
                                "é€😀"
                                        .repeat(random.nextInt(6000))
                                        .getBytes(StandardCharsets.UTF_8);
                        case 2 ->
                                "x".repeat(random.nextInt(50_000)).getBytes(StandardCharsets.UTF_8);
                        case 3 -> new byte[] {'\n', '\r', '\n', 0, (byte) 0xf0};
                        default -> "a line\n".getBytes(StandardCharsets.UTF_8);
                    });
        }
        node.start();
        node.write(written.toByteArray());
        node.exit(0);
        node.phase("Failed");

        List<Event> events = events(LogOptions.ALL);

        assertThat(joined(events)).isEqualTo(written.toByteArray());
        int cut = random.nextInt(events.size() - 1);
        List<Event> rest = events(LogOptions.ALL.after(events.get(cut).id.orElseThrow()));
        ByteArrayOutputStream both = new ByteArrayOutputStream();
        both.writeBytes(joined(events.subList(0, cut + 1)));
        both.writeBytes(joined(rest));
        assertThat(both.toByteArray()).isEqualTo(written.toByteArray());
    }

    @Test
    void aPasswordIsMaskedAndAClientCanContinueAfterEachId() throws Exception {
        node.hide("hunter2");
        write("hunter2\n" + "x".repeat(16_380) + "hunter2 and hunter2\nend");
        node.exit(0);
        node.phase("Failed");
        byte[] whole =
                ("*******\n" + "x".repeat(16_380) + "******* and *******\nend")
                        .getBytes(StandardCharsets.UTF_8);

        List<Event> events = events(LogOptions.ALL.following());

        assertThat(joined(events)).isEqualTo(whole);
        for (int cut = 0; cut < events.size() - 1; cut++) {
            int before = joined(events.subList(0, cut + 1)).length;
            assertThat(joined(events(LogOptions.ALL.after(events.get(cut).id.orElseThrow()))))
                    .isEqualTo(Arrays.copyOfRange(whole, before, whole.length));
        }
    }

    @Test
    void theEndHasTheNameOfADeletedJob() throws Exception {
        write("one\n");
        node.exit(0);
        node.phase("Failed");

        Event end = events(LogOptions.ALL.following(), (_, _) -> Optional.empty()).getLast();

        assertThat(end.name).isEqualTo("end");
        assertThat(end.data.path("name").asString()).isEqualTo(FakeNode.NAME.value());
        assertThat(end.data.path("uid").asString())
                .isEqualTo(node.find(FakeNode.WORKSPACE, FakeNode.NAME).orElseThrow().uid());
    }

    private static byte[] randomBytes(Random random) {
        byte[] bytes = new byte[random.nextInt(5000)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] joined(List<Event> events) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        events.stream()
                .filter(event -> event.name.equals("log"))
                .forEach(event -> all.writeBytes(event.bytes()));
        return all.toByteArray();
    }

    private void write(String text) {
        node.start();
        node.write(text);
    }

    private List<Event> events(LogOptions options) throws Exception {
        return events(options, node::find);
    }

    private List<Event> events(LogOptions options, JobLookup jobs) throws Exception {
        MockHttpServletResponse response = new MockHttpServletResponse();
        try (LogReader reader = readers.open(FakeNode.WORKSPACE, FakeNode.NAME, options)) {
            new StreamedResponse(HttpMethod.GET, response)
                    .events(
                            MediaType.TEXT_EVENT_STREAM,
                            new LogEventSource(
                                    reader,
                                    LogFrame.live(reader.key(), new FinalState(reader.key(), jobs)),
                                    JSON),
                            Duration.ofMillis(300));
        }
        return Event.parse(response.getContentAsString(StandardCharsets.UTF_8));
    }
}
