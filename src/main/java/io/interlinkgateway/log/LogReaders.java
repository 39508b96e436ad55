package io.interlinkgateway.log;

import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.log.feed.FollowingReader;
import io.interlinkgateway.log.feed.LogDecoder;
import io.interlinkgateway.log.feed.LogFeed;
import io.interlinkgateway.log.feed.LogPiece;
import io.interlinkgateway.log.feed.LogPosition;
import io.interlinkgateway.log.feed.LogReader;
import io.interlinkgateway.log.feed.LogTimings;
import io.interlinkgateway.log.feed.SnapshotReader;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Opens readers of logs. All followers of a container share one [LogFeed], which is closed with the last of them.
public final class LogReaders {

    /// A node's response without data for this long is considered lost.
    private static final Duration RESPONSE_TIMEOUT = Duration.ofSeconds(30);

    private final JobLogs logs;
    private final JobLookup jobs;
    private final LogTimings timings;
    private final Clock clock;
    private final Map<ContainerLog.Key, Shared> feeds = new ConcurrentHashMap<>();

    /// @param readers the number of readers
    private record Shared(LogFeed feed, int readers) {}

    LogReaders(JobLogs logs, JobLookup jobs, LogTimings timings, Clock clock) {
        this.logs = logs;
        this.jobs = jobs;
        this.timings = timings;
        this.clock = clock;
    }

    /// Opens a job's log.
    ///
    /// @param workspace the job's workspace
    /// @param name the job's name
    /// @param options which part of the log
    /// @return a reader, which must be closed
    /// @throws GatewayException.NotFound if there is no such job or container
    /// @throws GatewayException.CursorExpired if the last event's id does not belong to this job
    /// @throws GatewayException.Rejected if the time of the job's output is not known that far back
    /// @throws GatewayException.ClusterUnavailable if the log can't be read now
    public LogReader open(Workspace workspace, JobName name, LogOptions options) {
        ContainerLog log = logs.find(workspace, name, options.container());
        LogPosition start = start(log, options);
        return options.follow()
                ? follow(log, start, options.raw())
                : new SnapshotReader(
                        log.key(),
                        mayHaveOutput(log) ? log.open(false) : null,
                        start,
                        options.raw());
    }

    private boolean mayHaveOutput(ContainerLog log) {
        return job(log).map(Job::state).map(LogFeed::mayHaveOutput).orElse(false);
    }

    private Optional<Job> job(ContainerLog log) {
        return jobs.find(log.key().workspace(), log.key().job())
                .filter(job -> job.uid().equals(log.key().uid()));
    }

    private LogPosition start(ContainerLog log, LogOptions options) {
        if (options.lastEventId().isPresent()) {
            LogCursor cursor = LogCursor.parse(options.lastEventId().get());
            if (!cursor.isOf(log.key())) {
                throw new GatewayException.CursorExpired();
            }
            return cursor.position().orElse(LogPosition.HEAD);
        }
        if (options.since().isPresent()) {
            return since(log, clock.instant().minus(options.since().get()));
        }
        if (options.tailLines().isPresent() && mayHaveOutput(log)) {
            return tail(log, options.tailLines().getAsInt());
        }
        return LogPosition.HEAD;
    }

    /// Nodes do not report when a job wrote its output. The time is only known for output that arrived while this
    /// gateway followed the log.
    private LogPosition since(ContainerLog log, Instant time) {
        Job job =
                job(log).orElseThrow(() ->
                        new GatewayException.NotFound("job", log.key().job().value()));
        if (!job.createdAt().isBefore(time)) {
            return LogPosition.HEAD;
        }
        return Optional.ofNullable(feeds.get(log.key()))
                .flatMap(shared -> shared.feed().ring().positionAt(time))
                .orElseThrow(LogReaders::notKnown);
    }

    private static GatewayException.Rejected notKnown() {
        return new GatewayException.Rejected(
                List.of(
                        Finding.error(
                                "since-known",
                                "sinceSeconds",
                                "It is not known what the job wrote since then: its node does not"
                                    + " report times, and this gateway has not followed the log for"
                                    + " that long.",
                                "Use tailLines, or follow the log and store the id of its last"
                                        + " event.")));
    }

    private static LogPosition tail(ContainerLog log, int lines) {
        Deque<LogPosition> starts = new ArrayDeque<>();
        try (ContainerLog.Opened opened = log.open(false)) {
            LogDecoder decoder = new LogDecoder(opened);
            LogPosition end = LogPosition.HEAD;
            boolean lineStart = true;
            boolean more = true;
            while (more) {
                List<LogPiece> pieces =
                        switch (opened.stream().next(RESPONSE_TIMEOUT)) {
                            case LogStream.Part.Bytes bytes -> decoder.read(bytes.toByteArray());
                            case LogStream.Part.Quiet _ ->
                                    throw new IOException("The log's response stalled.");
                            case LogStream.Part.End _ -> {
                                more = false;
                                yield decoder.endForNow();
                            }
                        };
                for (LogPiece piece : pieces) {
                    if (!piece.isPlugins()) {
                        lineStart = count(piece, lineStart, lines, starts);
                        end = piece.end();
                    }
                }
            }
            return starts.isEmpty() ? end : starts.getFirst();
        } catch (IOException _) {
            throw new GatewayException.ClusterUnavailable("The log's response ended early.");
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new GatewayException.ClusterUnavailable("The gateway stops.");
        }
    }

    /// @return whether the next byte is the start of a line
    private static boolean count(
            LogPiece piece, boolean lineStart, int lines, Deque<LogPosition> starts) {
        boolean begins = lineStart;
        byte[] bytes = piece.bytes();
        for (int at = 0; at < bytes.length; at++) {
            if (begins && lines > 0) {
                if (starts.size() == lines) {
                    starts.removeFirst();
                }
                starts.addLast(piece.start().plus(at));
            }
            begins = bytes[at] == '\n';
        }
        return begins;
    }

    private LogReader follow(ContainerLog log, LogPosition start, boolean raw) {
        Shared shared =
                Objects.requireNonNull(
                        feeds.compute(
                                log.key(),
                                (_, now) ->
                                        now == null || now.feed.ring().isOver()
                                                ? new Shared(started(log), 1)
                                                : new Shared(now.feed, now.readers + 1)));
        return new FollowingReader(shared.feed, start, raw, () -> leave(shared.feed));
    }

    private LogFeed started(ContainerLog log) {
        LogFeed feed = new LogFeed(log, jobs, timings, clock);
        feed.start();
        return feed;
    }

    private void leave(LogFeed feed) {
        feeds.computeIfPresent(
                feed.log().key(),
                (_, shared) -> {
                    if (shared.feed != feed) {
                        return shared;
                    }
                    if (shared.readers > 1) {
                        return new Shared(feed, shared.readers - 1);
                    }
                    feed.stop();
                    return null;
                });
    }

    /// Disconnects all followers before the server stops. Clients reconnect, because they received no event `end`.
    void close() {
        feeds.values()
                .forEach(shared -> {
                    shared.feed.ring().breakOff("The gateway stops.");
                    shared.feed.stop();
                });
    }

    /// The number of logs that are followed at their nodes.
    int followed() {
        return feeds.size();
    }
}
