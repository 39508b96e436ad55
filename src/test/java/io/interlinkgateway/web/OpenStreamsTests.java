package io.interlinkgateway.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OpenStreamsTests {

    private final OpenStreams streams = new OpenStreams();
    private final AtomicInteger ended = new AtomicInteger();

    @Test
    void allOpenStreamsEndWhenTheGatewayStops() {
        streams.register(() -> ended.addAndGet(1));
        streams.register(() -> ended.addAndGet(10));

        streams.stop();

        assertThat(ended).hasValue(11);
        assertThat(streams.isRunning()).isFalse();
    }

    @Test
    void aStreamThatEndedByItselfIsNotEndedAgain() throws Exception {
        streams.register(ended::incrementAndGet).close();

        streams.stop();

        assertThat(ended).hasValue(0);
    }

    @Test
    void aStreamThatOpensWhileTheGatewayStopsEndsAtOnce() {
        streams.stop();

        streams.register(ended::incrementAndGet);

        assertThat(ended).hasValue(1);
    }

    @Test
    void streamsStayOpenAfterTheGatewayHasStartedAgain() {
        streams.stop();
        streams.start();

        streams.register(ended::incrementAndGet);

        assertThat(streams.isRunning()).isTrue();
        assertThat(ended).hasValue(0);
    }
}
