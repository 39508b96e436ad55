package io.interlinkgateway.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.interlinkgateway.web.EventSource.Progress;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.mock.web.MockHttpServletResponse;

class StreamedResponseTests {

    private static final Duration HEARTBEAT = Duration.ofSeconds(7);

    /// The text of each flush.
    private final List<String> flushed = new ArrayList<>();

    private final MockHttpServletResponse response =
            new MockHttpServletResponse() {

                private int sent;

                @Override
                public void flushBuffer() {
                    super.flushBuffer();
                    String text = text();
                    flushed.add(text.substring(sent));
                    sent = text.length();
                }
            };

    /// Writes the given texts, where an empty text means that nothing happens in time, and then ends.
    private static class Script implements EventSource {

        private final Queue<String> texts;
        private final List<Duration> waits = new ArrayList<>();

        Script(String... texts) {
            this.texts = new ArrayDeque<>(List.of(texts));
        }

        @Override
        public Progress next(Duration patience, OutputStream client)
                throws IOException, InterruptedException {
            waits.add(patience);
            String text = texts.remove();
            client.write(text.getBytes(StandardCharsets.UTF_8));
            if (text.isEmpty()) {
                return Progress.QUIET;
            }
            return texts.isEmpty() ? Progress.ENDED : Progress.SENT;
        }
    }

    @Test
    void theHeadersAreSentAtOnceAndEachEventWhenItHappens() throws Exception {
        send(HttpMethod.GET, new Script("one\n\n", "two\n\n"));

        assertThat(flushed).containsExactly("", "one\n\n", "two\n\n");
        assertThat(response.getContentType()).isEqualTo("text/event-stream");
        assertThat(response.getHeader("Cache-Control")).isEqualTo("no-store");
        assertThat(response.getHeader("X-Accel-Buffering")).isEqualTo("no");
        assertThat(response.getBufferSize()).isEqualTo(4096);
    }

    @Test
    void theBeginningOfASourceIsSentWithTheHeaders() throws Exception {
        send(
                HttpMethod.GET,
                new Script("one\n\n") {
                    @Override
                    public void begin(OutputStream client) throws IOException {
                        client.write("id: 0\n\n".getBytes(StandardCharsets.UTF_8));
                    }
                });

        assertThat(flushed).containsExactly("id: 0\n\n", "one\n\n");
    }

    @Test
    void aHeartbeatIsSentEachTimeNothingHappensInTime() throws Exception {
        Script script = new Script("one\n\n", "", "", "two\n\n");

        send(HttpMethod.GET, script);

        assertThat(flushed).containsExactly("", "one\n\n", ": alive\n\n", ": alive\n\n", "two\n\n");
        assertThat(script.waits).hasSize(4).containsOnly(HEARTBEAT);
    }

    @Test
    void aSourceCanHaveItsOwnHeartbeats() throws Exception {
        send(
                HttpMethod.GET,
                new Script("", "one\n\n") {
                    @Override
                    public byte[] heartbeat() {
                        return EventText.heartbeat("7");
                    }
                });

        assertThat(flushed).containsExactly("", "id: 7\n\n", "one\n\n");
    }

    @Test
    void aHeadRequestReceivesOnlyTheHeaders() throws Exception {
        Script script = new Script("one\n\n");

        send(HttpMethod.HEAD, script);

        assertThat(flushed).containsExactly("");
        assertThat(script.waits).isEmpty();
        assertThat(response.getContentType()).isEqualTo("text/event-stream");
    }

    @Test
    void aStreamEndsWhenItsClientDisconnects() {
        Script script =
                new Script("one\n\n", "two\n\n") {
                    @Override
                    public Progress next(Duration patience, OutputStream client)
                            throws IOException, InterruptedException {
                        super.next(patience, client);
                        throw new IOException("reset by peer");
                    }
                };

        assertThatIOException().isThrownBy(() -> send(HttpMethod.GET, script));
        assertThat(script.waits).hasSize(1);
    }

    @Test
    void aFailureOfTheSourceIsNotAnEnd() {
        EventSource source =
                (_, _) -> {
                    throw new IllegalStateException("broken");
                };

        assertThatIllegalStateException().isThrownBy(() -> send(HttpMethod.GET, source));
    }

    @Test
    void anEventStreamEndsWithoutErrorWhenItsThreadIsInterrupted() throws Exception {
        EventSource source =
                (_, _) -> {
                    throw new InterruptedException();
                };

        send(HttpMethod.GET, source);

        assertThat(flushed).containsExactly("");
    }

    @Test
    void textIsSentWhenTheBodyIsFlushed() throws Exception {
        new StreamedResponse(HttpMethod.GET, response)
                .text(body -> {
                    assertThat(body.isCommitted()).isFalse();
                    body.getOutputStream().write("é".getBytes(StandardCharsets.UTF_8));
                    body.flushBuffer();
                });

        assertThat(flushed).containsExactly("é");
        assertThat(response.getContentType()).isEqualTo("text/plain;charset=utf-8");
        assertThat(response.getHeader("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(response.getHeader("X-Accel-Buffering")).isEqualTo("no");
    }

    @Test
    void aHeadRequestForTextReceivesOnlyTheHeaders() throws Exception {
        new StreamedResponse(HttpMethod.HEAD, response)
                .text(_ -> {
                    throw new AssertionError("A body was written.");
                });

        assertThat(flushed).containsExactly("");
        assertThat(response.getContentType()).isEqualTo("text/plain;charset=utf-8");
    }

    @Test
    void aClientThatHasEverythingReceivesNoContent() {
        new StreamedResponse(HttpMethod.GET, response).noContent();

        assertThat(response.getStatus()).isEqualTo(204);
        assertThat(response.getContentType()).isNull();
        assertThat(response.getHeader("X-Accel-Buffering")).isEqualTo("no");
    }

    private void send(HttpMethod method, EventSource source) throws IOException {
        new StreamedResponse(method, response)
                .events(MediaType.TEXT_EVENT_STREAM, source, HEARTBEAT);
    }

    private String text() {
        return new String(response.getContentAsByteArray(), StandardCharsets.UTF_8);
    }
}
