package io.interlinkgateway.log.feed;

import io.interlinkgateway.log.ContainerLog;
import io.interlinkgateway.log.Redaction;
import io.interlinkgateway.log.feed.LogPosition.Stage;
import io.interlinkgateway.record.JobRecord;
import io.interlinkgateway.record.PluginLog;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Reads one log from its start, assigns each byte its position, and masks secrets.
public final class LogDecoder {

    private static final int LARGEST_PIECE = 16_384;

    private final PluginLog log;
    private final Redaction redaction;
    private final Collector collector = new Collector();

    /// @param opened a log, at its head
    public LogDecoder(ContainerLog.Opened opened) {
        this.log = opened.plugin();
        this.redaction = opened.redaction();
    }

    /// @param bytes the next bytes, split anywhere
    /// @return the pieces whose origin is known now
    public List<LogPiece> read(byte[] bytes) {
        log.read(bytes, 0, bytes.length, collector);
        return collector.taken();
    }

    /// Reports that no bytes arrived for a moment. The plugin's lines arrive as a whole, so some pending bytes are the
    /// job's.
    List<LogPiece> pause() {
        log.pause(collector);
        return collector.taken();
    }

    /// Reports that no bytes arrived for so long that the log is not at its end.
    List<LogPiece> settle() {
        log.settle(collector);
        return collector.taken();
    }

    /// The log is at its end.
    List<LogPiece> end() {
        log.end(collector);
        collector.endRun();
        return collector.taken();
    }

    /// A reading of a log that may go on is at its end. What looks like the times that follow a container's
    /// output is the job's own unless the job has ended.
    public List<LogPiece> endForNow() {
        List<LogPiece> rest = end();
        boolean goesOn = record().filter(JobRecord.Started.class::isInstance).isPresent();
        if (goesOn && endsWithTimes(rest)) {
            LogPiece times = rest.removeLast();
            rest.add(LogPiece.own(times.start(), times.bytes()));
        }
        return rest;
    }

    /// @param rest the pending bytes at the end of a log
    /// @return whether they contain the times that bash prints for the plugin at a container's end
    static boolean endsWithTimes(List<LogPiece> rest) {
        return !rest.isEmpty()
                && rest.getLast().isPlugins()
                && rest.getLast().start().stage() == Stage.OUTPUT;
    }

    /// @return how far the job's own output was given on
    LogPosition reached() {
        return collector.at;
    }

    /// @return whether the origin of no byte is known: the log is empty, or its first bytes may become the record's
    ///     header
    boolean isEmpty() {
        return !collector.hasBytes;
    }

    /// @return whether the plugin's record has begun, so that the container's output can be followed
    boolean hasHeader() {
        return log.isHeaded();
    }

    /// @return whether something may stand before the plugin's record
    boolean mayBePreparing() {
        return log.mayBePreparing();
    }

    Optional<JobRecord> record() {
        return log.record();
    }

    private final class Collector implements PluginLog.Sink {

        private ByteArrayOutputStream open = new ByteArrayOutputStream();
        private List<LogPiece> pieces = new ArrayList<>();
        private LogPosition at = LogPosition.HEAD;
        private boolean plugin;
        private boolean hasBytes;

        @Override
        public void own(byte[] bytes, int from, int to) {
            if (log.isInOutput() && at.stage() == Stage.PREPARATION) {
                endRun();
                at = new LogPosition(Stage.OUTPUT, 0);
            }
            add(bytes, from, to, false);
        }

        @Override
        public void plugin(byte[] bytes, int from, int to) {
            add(bytes, from, to, true);
        }

        private void add(byte[] bytes, int from, int to, boolean plugins) {
            hasBytes |= from < to;
            if (plugin != plugins) {
                endRun();
                plugin = plugins;
            }
            int next = from;
            while (next < to) {
                int length = Math.min(to - next, LARGEST_PIECE - open.size());
                open.write(bytes, next, length);
                next += length;
                if (open.size() == LARGEST_PIECE) {
                    cut();
                }
            }
        }

        private void cut() {
            byte[] bytes = redaction.next(open.toByteArray());
            open.reset();
            add(bytes);
        }

        /// What comes next is not the continuation of what came before.
        private void endRun() {
            cut();
            add(redaction.end());
        }

        private void add(byte[] bytes) {
            if (bytes.length > 0) {
                LogPiece piece = plugin ? LogPiece.plugin(at, bytes) : LogPiece.own(at, bytes);
                pieces.add(piece);
                at = piece.end();
            }
        }

        List<LogPiece> taken() {
            cut();
            // Thousands wait, and not each with room for a burst.
            open = new ByteArrayOutputStream();
            List<LogPiece> taken = pieces;
            pieces = new ArrayList<>();
            return taken;
        }
    }
}
