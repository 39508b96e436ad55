package io.interlinkgateway.history;

import io.interlinkgateway.event.JobObserver;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Workspace;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.springframework.stereotype.Component;

/// A history in memory, with the same answers as one in a database, for tests of what uses it.
@Component
class MemoryHistory implements JobHistory, LogArchive {

    private final Map<String, Entry> entries = new ConcurrentHashMap<>();

    private static final class Entry {
        PastJob past;
        final JobObserver.Origin origin;
        final List<StateChange> changes = new ArrayList<>();
        final Map<String, ArchivedLog> logs = new LinkedHashMap<>();
        final Map<String, byte[]> texts = new LinkedHashMap<>();

        Entry(PastJob past, JobObserver.Origin origin) {
            this.past = past;
            this.origin = origin;
        }

        PastJob withLogs() {
            return new PastJob(
                    past.job(),
                    past.version(),
                    past.firstSeenAt(),
                    past.seenAt(),
                    past.removedAt(),
                    past.mlflow(),
                    List.copyOf(logs.values()));
        }
    }

    public Set<Workspace> workspaces() {
        return entries.values().stream()
                .map(entry -> entry.past.job().workspace())
                .collect(Collectors.toSet());
    }

    public List<PastJob> live(Workspace workspace, String after, int most) {
        return List.of();
    }

    @Override
    public synchronized void write(List<Observation> observations) {
        for (Observation seen : observations) {
            Job job = seen.job();
            Optional<Instant> removed =
                    seen.presence() == Observation.Presence.REMOVED
                            ? Optional.of(seen.seenAt())
                            : Optional.empty();
            Entry entry =
                    entries.computeIfAbsent(
                            job.uid(),
                            _ ->
                                    new Entry(
                                            new PastJob(
                                                    job,
                                                    seen.version(),
                                                    seen.seenAt(),
                                                    seen.seenAt(),
                                                    removed,
                                                    MlflowLink.NONE,
                                                    List.of()),
                                            seen.origin().get()));
            entry.past =
                    new PastJob(
                            job,
                            seen.version(),
                            entry.past.firstSeenAt(),
                            seen.seenAt(),
                            removed,
                            entry.past.mlflow(),
                            List.of());
            entry.changes.add(new StateChange(seen.version(), seen.seenAt(), job));
        }
    }

    @Override
    public Optional<PastJob> find(String uid) {
        return entry(uid)
                .map(entry -> {
                    PastJob past = entry.withLogs();
                    Job job = past.job();
                    return new PastJob(
                            new Job(
                                    job.name(),
                                    job.workspace(),
                                    job.uid(),
                                    job.node(),
                                    job.state(),
                                    job.evidence(),
                                    job.hpc(),
                                    job.containers(),
                                    job.remoteJobId(),
                                    job.timeLimit(),
                                    job.cancellation(),
                                    job.createdAt(),
                                    job.managedBy(),
                                    job.submittedBy(),
                                    job.labels(),
                                    Optional.of(entry.origin.definition())),
                            past.version(),
                            past.firstSeenAt(),
                            past.seenAt(),
                            past.removedAt(),
                            past.mlflow(),
                            past.logs());
                });
    }

    private Optional<Entry> entry(String uid) {
        return Optional.ofNullable(entries.get(uid));
    }

    @Override
    public Optional<String> lastOf(Workspace workspace, JobName name) {
        return newest().filter(past ->
                        past.job().workspace().equals(workspace) && past.job().name().equals(name))
                .map(past -> past.job().uid())
                .findFirst();
    }

    private java.util.stream.Stream<PastJob> newest() {
        return entries.values().stream()
                .map(Entry::withLogs)
                .sorted(
                        Comparator.comparing((PastJob past) -> past.job().createdAt())
                                .thenComparing(past -> past.job().uid())
                                .reversed());
    }

    @Override
    public List<StateChange> changes(String uid) {
        return entry(uid).map(entry -> List.copyOf(entry.changes)).orElse(List.of());
    }

    @Override
    public Optional<String> manifest(String uid) {
        return entry(uid).map(entry -> entry.origin.manifest());
    }

    @Override
    public HistoryPage list(HistoryQuery query) {
        List<PastJob> found =
                newest().filter(past -> past.job().workspace().equals(query.filter().workspace()))
                        .filter(past -> query.filter().matches(past.job()))
                        .filter(past ->
                                query.reasons().isEmpty()
                                        || (past.job().state()
                                                        instanceof
                                                        io.interlinkgateway.job.JobState.Failed
                                                                failed
                                                && query.reasons()
                                                        .contains(
                                                                io.interlinkgateway.job.JobReason
                                                                        .of(failed.reason()))))
                        .filter(past ->
                                query.submittedBy().isEmpty()
                                        || query.submittedBy().equals(past.job().submittedBy()))
                        .filter(past ->
                                query.since().isEmpty()
                                        || !past.job().createdAt().isBefore(query.since().get()))
                        .filter(past ->
                                query.until().isEmpty()
                                        || past.job().createdAt().isBefore(query.until().get()))
                        .filter(past ->
                                query.text().isEmpty()
                                        || (past.job().name().value() + " " + past.job().labels())
                                                .toLowerCase(java.util.Locale.ROOT)
                                                .contains(
                                                        query.text()
                                                                .get()
                                                                .toLowerCase(
                                                                        java.util.Locale.ROOT)))
                        .toList();
        int from = 0;
        if (query.cursor().isPresent()) {
            List<String> uids = found.stream().map(past -> past.job().uid()).toList();
            from = uids.indexOf(query.cursor().get()) + 1;
            if (from == 0) {
                throw new GatewayException.CursorExpired();
            }
        }
        List<PastJob> page = found.stream().skip(from).limit(query.limit()).toList();
        return new HistoryPage(
                page,
                from + page.size() < found.size()
                        ? Optional.of(page.getLast().job().uid())
                        : Optional.empty());
    }

    @Override
    public boolean remove(String uid) {
        return entries.remove(uid) != null;
    }

    @Override
    public NodeStatistics statistics(NodeName node, Duration period) {
        return new NodeStatistics(List.of(), 0, Map.of());
    }

    @Override
    public boolean reserve(String uid, String container, Duration period) {
        return true;
    }

    @Override
    public boolean store(String uid, ArchivedLog log, List<Chunk> chunks) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (Chunk chunk : chunks) {
            byte[] compressed = new byte[chunk.compressed().remaining()];
            chunk.compressed().duplicate().get(compressed);
            try (InputStream bytes = new GZIPInputStream(new ByteArrayInputStream(compressed))) {
                bytes.transferTo(text);
            } catch (IOException broken) {
                throw new UncheckedIOException(broken);
            }
        }
        Entry entry = entry(uid).orElseThrow();
        entry.logs.put(log.container(), log);
        entry.texts.put(log.container(), text.toByteArray());
        return true;
    }

    @Override
    public void link(String uid, MlflowLink link) {}

    @Override
    public List<Due> due(int most) {
        return List.of();
    }

    @Override
    public Optional<ArchivedLog> find(String uid, String container) {
        return entry(uid).map(entry -> entry.logs.get(container));
    }

    private byte[] text(String uid, String container) {
        return java.util.Objects.requireNonNull(entry(uid).orElseThrow().texts.get(container));
    }

    @Override
    public InputStream read(String uid, String container, long start) {
        byte[] text = text(uid, container);
        return new ByteArrayInputStream(text, (int) start, text.length);
    }

    @Override
    public long tail(String uid, String container, int lines) {
        byte[] text = text(uid, container);
        int at = text.length;
        int left = lines;
        while (at > 0 && left > 0) {
            at--;
            while (at > 0 && text[at - 1] != '\n') {
                at--;
            }
            left--;
        }
        return at;
    }
}
