package io.interlinkgateway.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class EventTextTests {

    private final EventText text = new EventText(new JsonMapper());

    @Test
    void fieldsKeepTheirOrder() {
        text.event("log").id("a/o3").data(Map.of("text", "é")).end();
        text.event("state").data(Map.of()).id("7").end();

        assertThat(text.toBytes())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(
                        """
                        event: log
                        id: a/o3
                        data: {"text":"é"}

                        event: state
                        data: {}
                        id: 7

                        """);
    }

    @Test
    void lineBreaksInDataAreEscaped() {
        text.data(Map.of("text", "10%\r20%\n\nevent: end")).end();

        assertThat(text.toBytes())
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("data: {\"text\":\"10%\\r20%\\n\\nevent: end\"}\n\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1\n\nevent: end", "1\r", "\n"})
    void aFieldOfMoreThanOneLineIsRejected(String value) {
        assertThatIllegalArgumentException().isThrownBy(() -> text.id(value));
        assertThatIllegalArgumentException().isThrownBy(() -> text.event(value));
        assertThatIllegalArgumentException().isThrownBy(() -> EventText.heartbeat(value));
        assertThat(text.toBytes()).isEmpty();
    }

    @Test
    void heartbeatsAreNotEvents() {
        assertThat(EventText.heartbeat()).asString(StandardCharsets.UTF_8).isEqualTo(": alive\n\n");
        assertThat(EventText.heartbeat("7"))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("id: 7\n\n");
    }

    @Test
    void movedTextIsNotSentAgain() throws Exception {
        ByteArrayOutputStream client = new ByteArrayOutputStream();
        text.event("one").end();
        text.moveTo(client);
        assertThat(text.toBytes()).isEmpty();
        text.moveTo(client);
        text.event("two").end();
        text.moveTo(client);

        assertThat(client.toString(StandardCharsets.UTF_8))
                .isEqualTo("event: one\n\nevent: two\n\n");
    }
}
