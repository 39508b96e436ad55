package io.interlinkgateway.history;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Workspace;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;

/// A history in memory, with the rules of the ports, whose database can be away.
final class FakeHistory implements JobHistory, LogArchive {

    private record Key(String uid, String container) {}

    private record Stored(ArchivedLog log, List<Chunk> chunks) {}

    private final Clock clock;
    private final TreeMap<String, Observation> jobs = new TreeMap<>();
    private final Map<Key, Stored> logs = new HashMap<>();
    private final Map<Key, Instant> reservations = new HashMap<>();
    private final Map<String, MlflowLink> links = new HashMap<>();
    private final List<Observation> written = new ArrayList<>();
    private final List<Integer> batches = new ArrayList<>();
    private boolean away;
    private Set<Workspace> withoutCredentials = Set.of();
    private int workspaceReads;
    private int refusals;

    FakeHistory(Clock clock) {
        this.clock = clock;
    }

    /// @param workspaces those whose credentials, which are masked in what is stored, can't be read
    synchronized void withoutCredentials(Set<Workspace> workspaces) {
        withoutCredentials = workspaces;
    }

    synchronized void away(boolean now) {
        away = now;
    }

    /// @return all observations, in the order of their writes
    synchronized List<Observation> written() {
        return List.copyOf(written);
    }

    /// @return how often the workspaces were read
    synchronized int workspaceReads() {
        return workspaceReads;
    }

    synchronized List<Integer> batches() {
        return List.copyOf(batches);
    }

    synchronized Optional<Instant> reservedUntil(String uid) {
        return reservations.entrySet().stream()
                .filter(entry -> entry.getKey().uid.equals(uid))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    synchronized String text(String uid, String container) {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (Chunk chunk : chunks(uid, container)) {
            byte[] compressed = new byte[chunk.compressed().remaining()];
            chunk.compressed().duplicate().get(compressed);
            try (GZIPInputStream bytes =
                    new GZIPInputStream(new ByteArrayInputStream(compressed))) {
                bytes.transferTo(text);
            } catch (IOException damaged) {
                throw new UncheckedIOException(damaged);
            }
        }
        return text.toString(java.nio.charset.StandardCharsets.UTF_8);
    }

    synchronized List<Chunk> chunks(String uid, String container) {
        return Objects.requireNonNull(logs.get(new Key(uid, container))).chunks;
    }

    synchronized MlflowLink linkOf(String uid) {
        return links.getOrDefault(uid, MlflowLink.NONE);
    }

    /// @return how often it was away when it was asked
    synchronized int refusals() {
        return refusals;
    }

    synchronized void lose(String uid) {
        jobs.remove(uid);
    }

    private void requireThere() {
        if (away) {
            refusals++;
            throw new GatewayException.HistoryUnavailable("The database does not respond.");
        }
    }

    @Override
    public synchronized Set<Workspace> write(List<Observation> observations) {
        requireThere();
        batches.add(observations.size());
        Set<Workspace> unreadable = new HashSet<>();
        for (Observation observation : observations) {
            if (withoutCredentials.contains(observation.job().workspace())) {
                unreadable.add(observation.job().workspace());
                continue;
            }
            written.add(observation);
            Observation before = jobs.get(observation.job().uid());
            boolean isFinal = before != null && before.presence() == Observation.Presence.REMOVED;
            if (before == null || (!isFinal && before.version() <= observation.version())) {
                jobs.put(observation.job().uid(), observation);
            }
        }
        return unreadable;
    }

    synchronized Optional<PastJob> find(String uid) {
        requireThere();
        return Optional.ofNullable(jobs.get(uid)).map(this::past);
    }

    @Override
    public Optional<PastJob> find(Workspace workspace, String uid) {
        return find(uid).filter(past -> past.job().workspace().equals(workspace));
    }

    private PastJob past(Observation observation) {
        return new PastJob(
                observation.job(),
                observation.version(),
                observation.seenAt(),
                observation.seenAt(),
                observation.presence() == Observation.Presence.REMOVED
                        ? Optional.of(observation.seenAt())
                        : Optional.empty(),
                linkOf(observation.job().uid()),
                List.of(),
                List.of());
    }

    @Override
    public synchronized Set<Workspace> workspaces() {
        requireThere();
        workspaceReads++;
        return jobs.values().stream()
                .filter(job -> job.presence() == Observation.Presence.LIVE)
                .map(job -> job.job().workspace())
                .collect(Collectors.toSet());
    }

    @Override
    public synchronized List<PastJob> live(Workspace workspace, String after, int most) {
        requireThere();
        return jobs.tailMap(after, false).values().stream()
                .filter(job -> job.presence() == Observation.Presence.LIVE)
                .filter(job -> job.job().workspace().equals(workspace))
                .limit(most)
                .map(this::past)
                .toList();
    }

    @Override
    public synchronized boolean reserve(String uid, String container, Duration period) {
        requireThere();
        Key key = new Key(uid, container);
        if (logs.containsKey(key) && logs.get(key).log.completeness().isFinal()) {
            return false;
        }
        reservations.put(key, clock.instant().plus(period));
        return true;
    }

    @Override
    public synchronized boolean store(String uid, ArchivedLog log, List<Chunk> chunks) {
        requireThere();
        Key key = new Key(uid, log.container());
        reservations.remove(key);
        Stored before = logs.get(key);
        if (before != null && !isBetter(log.completeness(), before.log.completeness())) {
            return false;
        }
        logs.put(key, new Stored(log, List.copyOf(chunks)));
        return true;
    }

    @Override
    public synchronized boolean storeAtEnd(String uid, ArchivedLog log, List<Chunk> chunks) {
        boolean goesOn =
                find(uid)
                        .filter(PastJob::isLive)
                        .filter(past -> !JobPhase.of(past.job().state()).ended())
                        .isPresent();
        return store(uid, goesOn ? log.partial("The job goes on.") : log, chunks);
    }

    private static boolean isBetter(
            ArchivedLog.Completeness completeness, ArchivedLog.Completeness known) {
        return !known.isFinal() && (completeness.hasContent() || !known.hasContent());
    }

    @Override
    public synchronized void link(String uid, MlflowLink link) {
        requireThere();
        links.put(uid, link);
    }

    @Override
    public synchronized List<Due> due(int most, Set<NodeName> except) {
        requireThere();
        return jobs.values().stream()
                .filter(job ->
                        job.presence() == Observation.Presence.REMOVED
                                || JobPhase.of(job.job().state()).ended())
                .filter(job -> job.job().node().filter(except::contains).isEmpty())
                .flatMap(job ->
                        job.origin().get().definition().containers().stream()
                                .filter(container -> isDue(job, container))
                                .map(container -> new Due(past(job), container)))
                .limit(most)
                .toList();
    }

    private boolean isDue(Observation job, String container) {
        Key key = new Key(job.job().uid(), container);
        Instant reserved = reservations.getOrDefault(key, Instant.MIN);
        Stored stored = logs.get(key);
        boolean live = job.presence() == Observation.Presence.LIVE;
        return (stored == null || (live && !stored.log.completeness().isFinal()))
                && !reserved.isAfter(clock.instant());
    }

    @Override
    public synchronized Optional<ArchivedLog> find(String uid, String container) {
        requireThere();
        return Optional.ofNullable(logs.get(new Key(uid, container))).map(Stored::log);
    }

    @Override
    public Optional<String> lastOf(Workspace workspace, JobName name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<StateChange> changes(String uid) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<String> manifest(String uid) {
        throw new UnsupportedOperationException();
    }

    @Override
    public HistoryPage list(HistoryQuery query) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Removal remove(Workspace workspace, String uid) {
        throw new UnsupportedOperationException();
    }

    @Override
    public NodeStatistics statistics(NodeName node, Duration period) {
        throw new UnsupportedOperationException();
    }

    @Override
    public InputStream read(String uid, String container, long start) {
        throw new UnsupportedOperationException();
    }

    @Override
    public long tail(String uid, String container, int lines) {
        throw new UnsupportedOperationException();
    }
}
