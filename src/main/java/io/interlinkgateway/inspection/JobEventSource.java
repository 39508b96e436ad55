package io.interlinkgateway.inspection;

import io.interlinkgateway.event.JobEvent;
import io.interlinkgateway.event.JobEvents;
import io.interlinkgateway.web.EventSource;
import io.interlinkgateway.web.EventText;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Optional;

/// Writes the events of one subscription.
final class JobEventSource implements EventSource {

    /// How many events are written before the response is flushed, if they are available at once.
    private static final int BATCH = 100;

    private final JobEvents.Subscription subscription;
    private final Optional<JobEvent> first;
    private final JobEventTexts texts;

    /// @param first an event before those of the subscription
    JobEventSource(
            JobEvents.Subscription subscription, Optional<JobEvent> first, JobEventTexts texts) {
        this.subscription = subscription;
        this.first = first;
        this.texts = texts;
    }

    @Override
    public void begin(OutputStream client) throws IOException {
        client.write(first.map(texts::of).orElseGet(this::heartbeat));
    }

    @Override
    public Progress next(Duration patience, OutputStream client)
            throws IOException, InterruptedException {
        Optional<JobEvent> event = subscription.next(patience);
        if (event.isEmpty()) {
            return Progress.QUIET;
        }
        for (int count = 1; event.isPresent(); count++) {
            client.write(texts.of(event.get()));
            if (event.get() instanceof JobEvent.Ended) {
                return Progress.ENDED;
            }
            event = count < BATCH ? subscription.next(Duration.ZERO) : Optional.empty();
        }
        return Progress.SENT;
    }

    /// Contains the position, which advances while nothing happens to these jobs: after a long silence the position of
    /// the last event would be too old to continue from.
    @Override
    public byte[] heartbeat() {
        return EventText.heartbeat(subscription.position());
    }
}
