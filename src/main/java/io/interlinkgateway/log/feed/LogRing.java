package io.interlinkgateway.log.feed;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// The last bytes of one log, shared by all of its readers. Its size is limited.
///
/// When it is full, the writer waits for the readers, so a single reader determines the speed. Among several readers,
/// one that delays the others for longer than the grace period is evicted.
public final class LogRing {

    private static final int MAX_BYTES_TAKEN = 65_536;

    private final int capacity;
    private final Duration grace;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private final Condition room = lock.newCondition();
    private final Set<Attachment> attached = new HashSet<>();

    /// The last entry that was removed; the oldest entry follows it.
    private Entry removed = new Entry(LogPiece.plugin(LogPosition.HEAD, new byte[0]), 0);

    private Entry newest = removed;
    private int size;
    private LogPosition end = LogPosition.HEAD;
    private @Nullable LiveSince liveSince;
    private boolean over;
    private Optional<String> brokenOff = Optional.empty();
    private Optional<String> problem = Optional.empty();
    private long problems;

    /// @param capacity the most bytes
    /// @param grace how long a reader may delay the others
    public LogRing(int capacity, Duration grace) {
        this.capacity = capacity;
        this.grace = grace;
    }

    private static final class Entry {

        private final LogPiece piece;
        private int unread;
        private @Nullable Entry next;

        Entry(LogPiece piece, int unread) {
            this.piece = piece;
            this.unread = unread;
        }
    }

    /// The time since which the arrival of each byte is known.
    private record LiveSince(Instant time, LogPosition position) {}

    /// Adds a piece. The part of it before [#end()] was added already and is omitted.
    ///
    /// @throws InterruptedException if the thread is interrupted while it waits for readers
    void add(List<LogPiece> pieces) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            for (LogPiece piece : pieces) {
                Optional<LogPiece> fresh = piece.after(end);
                if (fresh.isPresent()) {
                    append(fresh.get());
                }
            }
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void append(LogPiece piece) throws InterruptedException {
        while (size > 0 && size + piece.size() > capacity) {
            Entry oldest = Objects.requireNonNull(removed.next);
            if (oldest.unread > 0) {
                news.signalAll();
                awaitReaders(oldest);
            }
            size -= oldest.piece.size();
            removed = oldest;
        }
        Entry entry = new Entry(piece, attached.size());
        newest.next = entry;
        newest = entry;
        size += piece.size();
        end = piece.end();
    }

    private void awaitReaders(Entry oldest) throws InterruptedException {
        long left = grace.toNanos();
        while (oldest.unread > 0) {
            left = room.awaitNanos(left);
            if (left <= 0) {
                if (oldest.unread < attached.size()) {
                    detachReadersBefore(oldest);
                }
                left = grace.toNanos();
            }
        }
    }

    private void detachReadersBefore(Entry unread) {
        for (Attachment attachment : List.copyOf(attached)) {
            if (attachment.isBefore(unread)) {
                attachment.detach();
            }
        }
    }

    /// From now on, pieces are added as they are written.
    void live(Instant now) {
        lock.lock();
        try {
            if (liveSince == null) {
                liveSince = new LiveSince(now, end);
            }
        } finally {
            lock.unlock();
        }
    }

    boolean isLive() {
        lock.lock();
        try {
            return liveSince != null;
        } finally {
            lock.unlock();
        }
    }

    /// The position of the first byte that arrived after a time.
    ///
    /// @return empty if this is not known
    public Optional<LogPosition> positionAt(Instant time) {
        lock.lock();
        try {
            LiveSince live = liveSince;
            if (live == null || live.time.isAfter(time)) {
                return Optional.empty();
            }
            if (removed.piece.end().compareTo(live.position) > 0
                    && !removed.piece.arrivedAt().map(time::isAfter).orElse(false)) {
                return Optional.empty();
            }
            for (Entry entry = removed.next; entry != null; entry = entry.next) {
                if (entry.piece.arrivedAt().map(arrived -> !arrived.isBefore(time)).orElse(false)) {
                    return Optional.of(entry.piece.start());
                }
            }
            return Optional.of(end);
        } finally {
            lock.unlock();
        }
    }

    /// The log is complete.
    void finish() {
        lock.lock();
        try {
            over = true;
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Adding ends, although the log may have more output.
    public void breakOff(String message) {
        lock.lock();
        try {
            brokenOff = Optional.of(message);
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// Nothing can be added for now.
    void problem(String message) {
        lock.lock();
        try {
            problem = Optional.of(message);
            problems++;
            news.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /// The last problem is over.
    void recovered() {
        lock.lock();
        try {
            problem = Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    LogPosition end() {
        lock.lock();
        try {
            return end;
        } finally {
            lock.unlock();
        }
    }

    /// @return whether nothing more is added
    public boolean isOver() {
        lock.lock();
        try {
            return over;
        } finally {
            lock.unlock();
        }
    }

    /// Adds a reader from a position on, which may be after the end.
    ///
    /// @param plugins whether to include the plugin's lines
    /// @return empty if the bytes after the position were removed
    Optional<Attachment> attach(LogPosition position, boolean plugins) {
        lock.lock();
        try {
            int order = removed.piece.end().compareTo(position);
            boolean missesLines =
                    order == 0 && plugins && removed.piece.isPlugins() && removed.piece.size() > 0;
            if (order > 0 || missesLines) {
                return Optional.empty();
            }
            Attachment attachment = new Attachment(position, plugins);
            attached.add(attachment);
            return Optional.of(attachment);
        } finally {
            lock.unlock();
        }
    }

    /// A reader's position in the ring. For one thread at a time.
    final class Attachment {

        private final boolean plugins;
        private LogPosition position;
        private @Nullable Entry last;
        private long problemsSeen;

        private Attachment(LogPosition position, boolean plugins) {
            this.position = position;
            this.plugins = plugins;
            Entry before = removed;
            Entry next = before.next;
            while (next != null && next.piece.after(position).isEmpty()) {
                before = next;
                next = next.next;
            }
            last = before;
            for (Entry entry = next; entry != null; entry = entry.next) {
                entry.unread++;
            }
        }

        /// @return the next event; empty if the reader was evicted because it was too slow
        Optional<LogEvent> take(Duration patience) throws InterruptedException {
            long left = patience.toNanos();
            lock.lockInterruptibly();
            try {
                while (true) {
                    if (last == null) {
                        return Optional.empty();
                    }
                    List<LogPiece> pieces = nextPieces(last);
                    if (!pieces.isEmpty()) {
                        return Optional.of(new LogEvent.Output(pieces));
                    }
                    if (over) {
                        return Optional.of(new LogEvent.End());
                    }
                    if (brokenOff.isPresent()) {
                        return Optional.of(new LogEvent.Broken(brokenOff.get()));
                    }
                    if (problem.isPresent() && (problemsSeen < problems || left <= 0)) {
                        problemsSeen = problems;
                        return Optional.of(new LogEvent.Problem(problem.get()));
                    }
                    if (left <= 0) {
                        return Optional.of(new LogEvent.Quiet());
                    }
                    left = news.awaitNanos(left);
                }
            } finally {
                lock.unlock();
            }
        }

        private List<LogPiece> nextPieces(Entry from) {
            List<LogPiece> pieces = new ArrayList<>();
            int taken = 0;
            Entry entry = from;
            while (entry.next != null && taken < MAX_BYTES_TAKEN) {
                entry = entry.next;
                if (--entry.unread == 0 && removed.next == entry) {
                    room.signal();
                }
                if (!entry.piece.isPlugins() || plugins) {
                    Optional<LogPiece> fresh = entry.piece.after(position);
                    if (fresh.isPresent()) {
                        pieces.add(fresh.get());
                        taken += fresh.get().size();
                        position = fresh.get().end();
                    }
                }
            }
            last = entry;
            return pieces;
        }

        private boolean isBefore(Entry unread) {
            for (Entry entry = last == null ? null : last.next; entry != null; entry = entry.next) {
                if (entry == unread) {
                    return true;
                }
            }
            return false;
        }

        private void detach() {
            for (Entry entry = last == null ? null : last.next; entry != null; entry = entry.next) {
                entry.unread--;
            }
            last = null;
            attached.remove(this);
            room.signal();
        }

        void close() {
            lock.lock();
            try {
                detach();
            } finally {
                lock.unlock();
            }
        }
    }
}
