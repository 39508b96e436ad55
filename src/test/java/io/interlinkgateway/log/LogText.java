package io.interlinkgateway.log;

import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.log.feed.LogEvent;
import io.interlinkgateway.log.feed.LogReader;
import io.interlinkgateway.log.feed.LogTimings;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;

/// A job's log as text, as a client gets it.
///
/// @param logs where it is read
/// @param jobs what the job does
/// @param workspace where the job lives
/// @param name the job's name
public record LogText(JobLogs logs, JobLookup jobs, Workspace workspace, JobName name) {

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    /// @param logs finds logs
    /// @param jobs finds the states of jobs
    /// @return readers with the gateway's own timings
    public static LogReaders readers(JobLogs logs, JobLookup jobs) {
        Duration wait = Duration.ofSeconds(30);
        LogProperties properties = new LogProperties(LogProperties.MIN_BUFFER, wait, wait);
        return new LogReaders(logs, jobs, LogTimings.of(properties), Clock.systemUTC());
    }

    /// All that comes, to its end.
    ///
    /// @param options what of it
    /// @return the text
    public String read(LogOptions options) {
        return new String(bytes(options), StandardCharsets.UTF_8);
    }

    /// All that comes, to its end.
    ///
    /// @param options what of it
    /// @return the bytes
    public byte[] bytes(LogOptions options) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (LogReader reader = readers(logs, jobs).open(workspace, name, options)) {
            while (true) {
                switch (reader.next(PATIENCE)) {
                    case LogEvent.Output output ->
                            output.pieces().forEach(piece -> bytes.writeBytes(piece.bytes()));
                    case LogEvent.Quiet _, LogEvent.Problem _ -> {}
                    case LogEvent.Broken broken -> throw new AssertionError(broken.message());
                    case LogEvent.End _ -> {
                        return bytes.toByteArray();
                    }
                }
            }
        } catch (InterruptedException stopped) {
            throw new AssertionError(stopped);
        }
    }
}
