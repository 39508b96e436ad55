package io.interlinkgateway.log.feed;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.log.ContainerLog;
import io.interlinkgateway.log.LogStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Reads from a [LogFeed]'s ring. Where the ring no longer has the wanted bytes, reads the log again until it has
/// caught up.
public final class FollowingReader implements LogReader {

    /// How long the log may have fewer bytes than when it was followed: a plugin that restarts ends its responses early
    /// until it is ready.
    private static final Duration LONGEST_VAIN = Duration.ofMinutes(1);

    private final LogFeed feed;
    private final boolean raw;
    private final Runnable whenClosed;
    private LogPosition position;
    private LogRing.@Nullable Attachment live;
    private @Nullable CatchUp catchUp;
    private Optional<Long> vainSince = Optional.empty();
    private long notBefore = System.nanoTime();

    /// @param position what the reader has already
    /// @param raw whether it wants the plugin's lines, too
    public FollowingReader(LogFeed feed, LogPosition position, boolean raw, Runnable whenClosed) {
        this.feed = feed;
        this.position = position;
        this.raw = raw;
        this.whenClosed = whenClosed;
    }

    @Override
    public ContainerLog.Key key() {
        return feed.log().key();
    }

    @Override
    public LogEvent next(Duration patience) throws InterruptedException {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            Duration left = Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
            if (live != null || attached()) {
                Optional<LogEvent> event = fromRing(left);
                if (event.isPresent()) {
                    return event.get();
                }
            } else if (catchUp == null && !mayCatchUp(left)) {
                return new LogEvent.Quiet();
            } else {
                try {
                    LogEvent event = fromOwnReading(left);
                    if (!(event instanceof LogEvent.Quiet) || left.isZero()) {
                        return event;
                    }
                } catch (GatewayException failure) {
                    return retry(String.valueOf(failure.getMessage()));
                } catch (IOException failure) {
                    return retry("The log broke off.");
                }
            }
        }
    }

    private boolean isVainForLong() {
        return vainSince
                .filter(since -> System.nanoTime() - since > LONGEST_VAIN.toNanos())
                .isPresent();
    }

    private boolean attached() {
        live = feed.ring().attach(position, raw).orElse(null);
        if (live != null) {
            stopCatchingUp();
            vainSince = Optional.empty();
        }
        return live != null;
    }

    /// @return nothing if the reader was too slow for the ring
    private Optional<LogEvent> fromRing(Duration patience) throws InterruptedException {
        LogRing.Attachment attachment = live;
        if (attachment == null) {
            return Optional.empty();
        }
        Optional<LogEvent> event = attachment.take(patience);
        if (event.isEmpty()) {
            live = null;
        } else if (event.get() instanceof LogEvent.Output output) {
            position = output.pieces().getLast().end();
        }
        return event;
    }

    private boolean mayCatchUp(Duration patience) throws InterruptedException {
        long wait = notBefore - System.nanoTime();
        if (wait > patience.toNanos()) {
            Thread.sleep(patience);
            return false;
        }
        if (wait > 0) {
            Thread.sleep(Duration.ofNanos(wait));
        }
        return feed.catchUps().tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS);
    }

    private LogEvent fromOwnReading(Duration patience) throws IOException, InterruptedException {
        CatchUp reading = catchUp;
        if (reading == null) {
            reading = new CatchUp(System.nanoTime() + feed.pace().catchUp().toNanos());
            catchUp = reading;
            reading.open();
        }
        switch (reading.opened().stream().next(patience)) {
            case LogStream.Part.Bytes bytes -> {
                List<LogPiece> pieces = wanted(reading.decoder().read(bytes.toByteArray()));
                if (!pieces.isEmpty()) {
                    vainSince = Optional.empty();
                    position = pieces.getLast().end();
                    if (reading.isTooLong() && feed.catchUps().hasQueuedThreads()) {
                        stopCatchingUp();
                    }
                    return new LogEvent.Output(pieces);
                }
            }
            case LogStream.Part.Quiet _ -> {}
            case LogStream.Part.End _ -> {
                stopCatchingUp();
                if (isVainForLong()) {
                    return new LogEvent.Broken("A part of the log can't be read any more.");
                }
                vainSince = vainSince.or(() -> Optional.of(System.nanoTime()));
                notBefore = System.nanoTime() + feed.pace().retry().toNanos();
            }
        }
        return new LogEvent.Quiet();
    }

    /// Nothing beyond the ring: what follows there may be the plugin's.
    private List<LogPiece> wanted(List<LogPiece> pieces) {
        LogPosition end = feed.ring().end();
        List<LogPiece> wanted = new ArrayList<>();
        for (LogPiece piece : pieces) {
            if (!piece.isPlugins() || raw) {
                piece.before(end).flatMap(known -> known.after(position)).ifPresent(wanted::add);
            }
        }
        return wanted;
    }

    /// An outage is no reading in vain.
    private LogEvent retry(String message) {
        stopCatchingUp();
        vainSince = Optional.empty();
        notBefore = System.nanoTime() + feed.pace().longestRetry().toNanos() / 10;
        return new LogEvent.Problem(message);
    }

    private void stopCatchingUp() {
        if (catchUp != null) {
            catchUp.close();
            catchUp = null;
            feed.catchUps().release();
        }
    }

    @Override
    public void close() {
        stopCatchingUp();
        if (live != null) {
            live.close();
            live = null;
        }
        whenClosed.run();
    }

    private final class CatchUp implements AutoCloseable {

        private final long tooLongAt;
        private ContainerLog.@Nullable Opened opened;
        private @Nullable LogDecoder decoder;

        CatchUp(long tooLongAt) {
            this.tooLongAt = tooLongAt;
        }

        void open() {
            ContainerLog.Opened now = feed.log().open(false);
            opened = now;
            decoder = new LogDecoder(now);
        }

        ContainerLog.Opened opened() {
            return Objects.requireNonNull(opened);
        }

        LogDecoder decoder() {
            return Objects.requireNonNull(decoder);
        }

        boolean isTooLong() {
            return System.nanoTime() - tooLongAt > 0;
        }

        @Override
        public void close() {
            if (opened != null) {
                opened.close();
            }
        }
    }
}
