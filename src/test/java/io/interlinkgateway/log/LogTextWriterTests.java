package io.interlinkgateway.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.log.FakeNode.Failure;
import io.interlinkgateway.log.FakeNode.Kind;
import io.interlinkgateway.log.feed.LogEvent;
import io.interlinkgateway.log.feed.LogReader;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletResponse;

/// When a follower of the bare text is refused, and when not.
class LogTextWriterTests {

    private static final Duration HEARTBEAT = Duration.ofMillis(50);
    private static final LogOptions ALL = LogOptions.ALL.following();

    private final FakeNode node = new FakeNode(Duration.ofMillis(15));
    private final LogReaders readers =
            new LogReaders(node::log, node::find, LogFollowingTests.FAST, Clock.systemUTC());
    private final MockHttpServletResponse response = new MockHttpServletResponse();

    @Test
    void aPassingFailureBeforeTheFirstByteIsNoRefusal() throws Exception {
        node.fail(new Failure(0, Kind.REFUSED), new Failure(0, Kind.REFUSED));
        node.start();
        node.write("one\n");
        node.exit(0);

        follow(Duration.ofSeconds(10));

        assertThat(response.getContentAsString()).isEqualTo("one\n");
        assertThat(node.hasFailed()).isTrue();
    }

    @Test
    void aLogThatCannotBeReadIsRefused() {
        node.start();
        node.down(true);

        assertThatExceptionOfType(GatewayException.ClusterUnavailable.class)
                .isThrownBy(() -> follow(Duration.ofMillis(100)))
                .withMessage("The plugin answered 500.");
        assertThat(response.isCommitted()).isFalse();
    }

    @Test
    void aFormerFailureIsNotSentToNewReaders() throws Exception {
        node.down(true);
        node.start();
        node.write("one\n");
        try (LogReader first = readers.open(FakeNode.WORKSPACE, FakeNode.NAME, ALL)) {
            assertThat(first.next(Duration.ofSeconds(10))).isInstanceOf(LogEvent.Problem.class);
            node.down(false);
            LogEvent next = first.next(Duration.ofSeconds(10));
            while (next instanceof LogEvent.Problem) {
                next = first.next(Duration.ofSeconds(10));
            }
            assertThat(next).isInstanceOf(LogEvent.Output.class);

            try (LogReader second = readers.open(FakeNode.WORKSPACE, FakeNode.NAME, ALL.tail(0))) {
                assertThat(second.next(Duration.ZERO)).isEqualTo(new LogEvent.Quiet());
            }
        }
    }

    private void follow(Duration outage) throws Exception {
        try (LogReader reader = readers.open(FakeNode.WORKSPACE, FakeNode.NAME, ALL)) {
            new LogTextWriter(reader, response, outage).write(HEARTBEAT);
        }
    }
}
