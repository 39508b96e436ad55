package io.interlinkgateway.history.store;

import static java.util.stream.Collectors.groupingBy;

import io.interlinkgateway.event.JobObserver;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.history.MlflowLink;
import io.interlinkgateway.history.Observation;
import io.interlinkgateway.history.Observation.Presence;
import io.interlinkgateway.history.WorkspaceRedaction.Masks;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.Workspace;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.SqlParameterSource;

/// Writes observations. A job's row is locked while it is compared with them, and rows are locked in the order of
/// their uids, so that several replicas do not block each other.
final class JobWriter {

    private static final Logger LOG = LoggerFactory.getLogger(JobWriter.class);

    /// How many changes of a state are kept. If a job has more, the last one is replaced.
    static final int MAX_CHANGES = 1_000;

    private static final int MAX_UID = 100;
    private static final int MAX_PARTITION = 200;
    private static final int MAX_SEARCH = 20_000;

    private static final String ROWS =
            """
            select uid, version, seen_at, removed_at, log_due_since, logs_archived, changes, document
            from job where uid in (:uids)\
            """;

    private static final String INSERT =
            """
            insert into job (uid, workspace, name, node, slurm_partition, phase, reason, submitted_by,
                created_at, first_seen_at, seen_at, removed_at, live_uid, active_at, queue_seconds,
                run_seconds, log_due_since, logs_archived, version, changes, document, search_text,
                mlflow_tracking_uri, mlflow_experiment, mlflow_run)
            values (:uid, :workspace, :name, :node, :partition, :phase, :reason, :submittedBy,
                :createdAt, :firstSeenAt, :seenAt, :removedAt, :liveUid, :activeAt, :queueSeconds,
                :runSeconds, :logDueSince, false, :version, :changes, :document, :searchText,
                :trackingUri, :experiment, :run)
            on conflict do nothing\
            """;

    private static final String UPDATE =
            """
            update job set node = :node,
                slurm_partition = coalesce(:partition, slurm_partition),
                phase = :phase, reason = :reason,
                submitted_by = coalesce(:submittedBy, submitted_by),
                seen_at = :seenAt, removed_at = :removedAt, live_uid = :liveUid,
                active_at = coalesce(:activeAt, active_at),
                queue_seconds = coalesce(:queueSeconds, queue_seconds),
                run_seconds = coalesce(:runSeconds, run_seconds),
                log_due_since = :logDueSince, logs_archived = :logsArchived,
                version = :version, changes = :changes,
                document = :document, search_text = :searchText
            where uid = :uid\
            """;

    /// After how long no more workspaces' credentials are read for a batch if one could not be read: the cluster may not
    /// respond at all.
    private static final Duration LONGEST_READING = Duration.ofSeconds(5);

    private final Database database;
    private final Function<Workspace, Masks> masks;

    /// The workspaces whose credentials may not be read, once that was logged.
    private final Set<Workspace> refusing = ConcurrentHashMap.newKeySet();

    /// @param masks masks the secrets of a workspace in what is stored
    JobWriter(Database database, Function<Workspace, Masks> masks) {
        this.database = database;
        this.masks = masks;
    }

    /// A job's row, as far as it decides what an observation changes.
    ///
    /// @param job empty if the row can't be read; the next observation replaces it
    private record Row(
            long version,
            Instant seenAt,
            Optional<Instant> removedAt,
            Optional<Instant> logDueSince,
            boolean logsArchived,
            int changes,
            Optional<Job> job) {

        static Row of(ResultSet row) throws SQLException {
            return new Row(
                    row.getLong("version"),
                    Times.at(row, "seen_at"),
                    Times.found(row, "removed_at"),
                    Times.found(row, "log_due_since"),
                    row.getBoolean("logs_archived"),
                    row.getInt("changes"),
                    StoredJob.read(row.getString("uid"), row.getString("document")));
        }

        /// @param first the first observation of a job
        /// @return a row that accepts it
        static Row before(Observation first) {
            return new Row(
                    Long.MIN_VALUE,
                    first.seenAt(),
                    Optional.empty(),
                    Optional.empty(),
                    false,
                    0,
                    Optional.of(first.job()));
        }

        /// A removal is final, because a UID is never used again; only a removal with a confirmed end replaces one
        /// without. Observations of one version of the pod differ in what the job's record or SLURM shows, which changes
        /// without the pod; of these the latest counts.
        boolean accepts(Observation observation) {
            boolean removal = observation.presence() == Presence.REMOVED;
            if (removedAt.isPresent()) {
                return removal
                        && (job.isEmpty()
                                || (job.get().hasUnconfirmedEnd()
                                        && !observation.job().hasUnconfirmedEnd()));
            }
            return removal
                    || observation.version() > version
                    || (observation.version() == version
                            && !hasStateOf(observation)
                            && !observation.seenAt().isBefore(seenAt));
        }

        boolean isOver() {
            return removedAt.isPresent()
                    || job.filter(known -> JobPhase.of(known.state()).ended()).isPresent();
        }

        boolean changesBy(Observation observation) {
            return changes == 0 || !hasStateOf(observation);
        }

        private boolean hasStateOf(Observation observation) {
            return job.filter(known -> observation.job().hasSameStateAs(known)).isPresent();
        }

        Row after(Observation observation) {
            Optional<Instant> removed =
                    observation.presence() == Presence.REMOVED
                            ? removedAt.or(() -> Optional.of(observation.seenAt()))
                            : Optional.empty();
            boolean over = removed.isPresent() || JobPhase.of(observation.job().state()).ended();
            // interLink reports some ends although the job goes on.
            boolean archived = logsArchived && (over || !isOver());
            boolean due = over && !archived;
            return new Row(
                    Math.max(version, observation.version()),
                    observation.seenAt(),
                    removed,
                    due
                            ? logDueSince.or(() -> Optional.of(observation.seenAt()))
                            : Optional.empty(),
                    archived,
                    changesBy(observation) ? Math.min(changes + 1, MAX_CHANGES) : changes,
                    Optional.of(observation.job()));
        }
    }

    /// What a job was created from, as it is stored.
    private record Origin(
            Optional<byte[]> definition,
            Optional<byte[]> manifest,
            List<String> containers,
            MlflowLink mlflow) {

        /// Of a job whose definition can't be read.
        static Origin unknown(Job job) {
            return new Origin(
                    Optional.empty(),
                    Optional.empty(),
                    job.containers().stream().map(Job.ContainerExit::name).toList(),
                    MlflowLink.NONE);
        }
    }

    /// A job that is not stored yet.
    private record Created(Update update, Origin origin) {

        SqlParameterSource values() {
            StoredJob job = StoredJob.of(update.job());
            return SqlLogArchive.addTo(
                    JobWriter.values(update.uid, job, update.after)
                            .addValue("workspace", job.workspace())
                            .addValue("name", job.name())
                            .addValue("createdAt", Times.of(job.createdAt()))
                            .addValue("firstSeenAt", Times.of(update.before.seenAt)),
                    origin.mlflow);
        }
    }

    /// @return the workspaces whose secrets can't be masked now; nothing of them is stored
    Set<Workspace> write(List<Observation> observations) {
        Map<Workspace, Optional<Masks>> known = new HashMap<>();
        Set<Workspace> unreadable = new HashSet<>();
        long end = System.nanoTime() + LONGEST_READING.toNanos();
        for (Observation observation : observations) {
            Workspace workspace = observation.job().workspace();
            if (known.containsKey(workspace) || unreadable.contains(workspace)) {
                continue;
            }
            if (!unreadable.isEmpty() && System.nanoTime() - end > 0) {
                unreadable.add(workspace);
                continue;
            }
            try {
                known.put(workspace, masksOf(workspace));
            } catch (GatewayException.ClusterUnavailable unavailable) {
                LOG.info(
                        "The jobs of the workspace {} can't be recorded now, because its"
                                + " credentials can't be read: {}",
                        workspace.value(),
                        unavailable.getMessage());
                unreadable.add(workspace);
            }
        }
        write(
                observations.stream()
                        .filter(JobWriter::hasUid)
                        .filter(one -> !unreadable.contains(one.job().workspace()))
                        .map(one -> asStored(one, known))
                        .toList(),
                known);
        return unreadable;
    }

    /// @param observations as they are stored
    /// @param known what masks the secrets of their workspaces
    private void write(List<Observation> observations, Map<Workspace, Optional<Masks>> known) {
        try {
            writeAll(observations, known);
        } catch (DataIntegrityViolationException refused) {
            if (observations.size() == 1) {
                // Repeating it would fail for ever. The message can have values of the row.
                LOG.error(
                        "The history can't store an observation of the job {}: {}, SQL state {}",
                        observations.getFirst().job().uid(),
                        refused.getClass().getSimpleName(),
                        sqlState(refused));
                return;
            }
            observations.forEach(one -> write(List.of(one), known));
        }
    }

    private static String sqlState(DataIntegrityViolationException refused) {
        return refused.getMostSpecificCause() instanceof SQLException cause
                ? String.valueOf(cause.getSQLState())
                : "unknown";
    }

    private void writeAll(List<Observation> observations, Map<Workspace, Optional<Masks>> known) {
        Map<String, List<Observation>> byUid =
                observations.stream()
                        .sorted(
                                Comparator.comparing(Observation::presence)
                                        .thenComparingLong(Observation::version)
                                        .thenComparing(Observation::seenAt))
                        .collect(
                                groupingBy(
                                        observation -> observation.job().uid(),
                                        TreeMap::new,
                                        Collectors.toList()));
        Map<String, Row> rows = database.read(session -> rows(session, byUid.keySet(), ""));
        byUid.entrySet()
                .removeIf(job -> {
                    Row row = rows.get(job.getKey());
                    return row != null && job.getValue().stream().noneMatch(row::accepts);
                });
        if (byUid.isEmpty()) {
            return;
        }
        Map<String, Created> created = new TreeMap<>();
        byUid.forEach((uid, all) -> {
            if (!rows.containsKey(uid)) {
                created.put(
                        uid,
                        new Created(
                                Update.of(uid, Row.before(all.getFirst()), all),
                                originOf(all.getLast(), known)));
            }
        });
        database.write(session -> {
            write(session, byUid, created);
            return byUid.size();
        });
    }

    /// A uid that can't be stored can't be asked for either.
    private static boolean hasUid(Observation observation) {
        String uid = observation.job().uid();
        return !uid.isEmpty() && StoredText.of(uid, MAX_UID).equals(uid);
    }

    /// What is compared must be the same as what is read from a row.
    ///
    /// @param known what masks the secrets of its workspace; without that, no text is stored that may have one
    private static Observation asStored(
            Observation observed, Map<Workspace, Optional<Masks>> known) {
        Job job = observed.job();
        return new Observation(
                observed.version(),
                Times.stored(observed.seenAt()),
                StoredJob.of(
                                masksOf(job.workspace(), known)
                                        .map(masks -> masks.masked(job))
                                        .orElseGet(() -> job.withTexts(_ -> "")))
                        .toJob(),
                observed.presence(),
                observed.origin());
    }

    private static Optional<Masks> masksOf(
            Workspace workspace, Map<Workspace, Optional<Masks>> known) {
        return known.getOrDefault(workspace, Optional.empty());
    }

    private static Origin originOf(Observation observation, Map<Workspace, Optional<Masks>> known) {
        Optional<Masks> found = masksOf(observation.job().workspace(), known);
        if (found.isEmpty()) {
            return Origin.unknown(observation.job());
        }
        try {
            Masks secrets = found.get();
            JobObserver.Origin origin = observation.origin().get();
            return new Origin(
                    StoredText.compressed(
                            StoredDefinition.write(
                                    observation.job(), origin.definition(), secrets)),
                    StoredText.compressed(secrets.masked(origin.manifest())),
                    origin.definition().containers(),
                    secrets.masked(MlflowLink.of(origin.definition())));
        } catch (RuntimeException defect) {
            // Its message can have values of the definition.
            LOG.warn(
                    "The definition of the job {} can't be read: {}",
                    observation.job().uid(),
                    defect.getClass().getSimpleName());
            return Origin.unknown(observation.job());
        }
    }

    /// @return empty if the gateway may not read the workspace's credentials
    /// @throws GatewayException.ClusterUnavailable if they can't be read now
    private Optional<Masks> masksOf(Workspace workspace) {
        try {
            Masks known = masks.apply(workspace);
            refusing.remove(workspace);
            return Optional.of(known);
        } catch (GatewayException.ClusterRefused refused) {
            if (!refusing.add(workspace)) {
                return Optional.empty();
            }
            LOG.warn(
                    "The history has jobs of the workspace {} without their definitions and texts,"
                            + " because its credentials may not be read: {}",
                    workspace.value(),
                    refused.getMessage());
            return Optional.empty();
        }
    }

    private static Map<String, Row> rows(
            Database.Session session, Collection<String> uids, String lock) {
        Map<String, Row> rows = new LinkedHashMap<>();
        for (List<String> slice : Database.slices(uids)) {
            session.client()
                    .sql(ROWS + " order by uid" + lock)
                    .param("uids", slice)
                    .query(row -> {
                        rows.put(row.getString("uid"), Row.of(row));
                    });
        }
        return rows;
    }

    private static void write(
            Database.Session session,
            Map<String, List<Observation>> byUid,
            Map<String, Created> created) {
        Map<String, Created> inserted = insert(session, created);
        List<Update> updates = new ArrayList<>();
        inserted.values().forEach(job -> updates.add(job.update));
        List<String> known =
                byUid.keySet().stream().filter(uid -> !inserted.containsKey(uid)).toList();
        rows(session, known, " for update")
                .forEach((uid, row) -> {
                    Update update = Update.of(uid, row, byUid.getOrDefault(uid, List.of()));
                    if (update.changesRow()) {
                        updates.add(update);
                    }
                });
        session.batch(
                UPDATE,
                updates.stream()
                        .filter(update -> !inserted.containsKey(update.uid))
                        .<SqlParameterSource>map(Update::values)
                        .toList());
        writeChanges(session, updates);
        writeLabels(session, updates.stream().filter(Update::changesLabels).toList());
        writeOrigins(session, inserted);
        for (List<String> uids :
                Database.slices(
                        updates.stream().filter(Update::goesOn).map(Update::uid).toList())) {
            SqlLogArchive.reopen(session, uids);
        }
        for (List<String> uids :
                Database.slices(
                        updates.stream().filter(Update::mayBeDue).map(Update::uid).toList())) {
            SqlLogArchive.settle(session, uids);
        }
    }

    /// @return the jobs that no other replica has inserted and no admin has removed
    private static Map<String, Created> insert(
            Database.Session session, Map<String, Created> created) {
        List<Created> jobs = List.copyOf(created.values());
        int[] counts =
                session.batches()
                        .batchUpdate(
                                INSERT,
                                jobs.stream()
                                        .map(Created::values)
                                        .toArray(SqlParameterSource[]::new));
        Map<String, Created> inserted = new TreeMap<>();
        for (int index = 0; index < counts.length; index++) {
            if (counts[index] > 0) {
                inserted.put(jobs.get(index).update.uid, jobs.get(index));
            }
        }
        takeBackRemoved(session, inserted);
        return inserted;
    }

    /// Undoes the insertion of jobs that an admin removed: their observations waited to be written. The check follows the
    /// insertion, because only the insertion waits for a removal that is not committed yet.
    private static void takeBackRemoved(Database.Session session, Map<String, Created> inserted) {
        for (List<String> uids : Database.slices(inserted.keySet())) {
            List<String> removed =
                    session.client()
                            .sql("select uid from removed_job where uid in (:uids)")
                            .param("uids", uids)
                            .query((row, _) -> row.getString("uid"))
                            .list();
            if (!removed.isEmpty()) {
                session.client()
                        .sql("delete from job where uid in (:uids)")
                        .param("uids", removed)
                        .update();
                removed.forEach(inserted::remove);
            }
        }
    }

    /// A change of a job's state.
    private record Change(Observation observation, int ordinal) {}

    /// What observations change of a job.
    ///
    /// @param goesOn whether an end was observed that turns out to be none
    private record Update(String uid, Row before, Row after, List<Change> changes, boolean goesOn) {

        static Update of(String uid, Row before, List<Observation> observations) {
            List<Change> changes = new ArrayList<>();
            Row after = before;
            boolean goesOn = false;
            for (Observation observation : observations) {
                if (after.accepts(observation)) {
                    boolean changed = after.changesBy(observation);
                    boolean wasOver = after.isOver();
                    after = after.after(observation);
                    goesOn |= wasOver && !after.isOver();
                    if (changed) {
                        changes.removeIf(change -> change.ordinal == MAX_CHANGES);
                        changes.add(new Change(observation, after.changes));
                    }
                }
            }
            return new Update(uid, before, after, changes, goesOn);
        }

        boolean changesRow() {
            return !after.equals(before);
        }

        boolean changesLabels() {
            return before.changes == 0
                    || !after.job.map(Job::labels).equals(before.job.map(Job::labels));
        }

        boolean mayBeDue() {
            return after.logDueSince.isPresent();
        }

        /// @return the job after the observations; it changed, so it is known
        Job job() {
            return after.job.orElseThrow();
        }

        SqlParameterSource values() {
            return JobWriter.values(uid, StoredJob.of(job()), after);
        }
    }

    private static void writeChanges(Database.Session session, List<Update> updates) {
        List<SqlParameterSource> added = new ArrayList<>();
        List<SqlParameterSource> replaced = new ArrayList<>();
        for (Update update : updates) {
            for (Change change : update.changes) {
                (change.ordinal <= update.before.changes ? replaced : added).add(values(change));
            }
        }
        session.batch(
                """
                insert into job_change (uid, ordinal, version, seen_at, document)
                values (:uid, :ordinal, :version, :seenAt, :document)\
                """,
                added);
        session.batch(
                """
                update job_change set version = :version, seen_at = :seenAt, document = :document
                where uid = :uid and ordinal = :ordinal\
                """,
                replaced);
    }

    private static SqlParameterSource values(Change change) {
        Observation observation = change.observation;
        return new MapSqlParameterSource()
                .addValue("uid", observation.job().uid())
                .addValue("ordinal", change.ordinal)
                .addValue("version", observation.version())
                .addValue("seenAt", Times.of(observation.seenAt()))
                .addValue("document", StoredJob.of(observation.job()).toJson());
    }

    private static MapSqlParameterSource values(String uid, StoredJob job, Row row) {
        return new MapSqlParameterSource()
                .addValue("uid", uid)
                .addValue("node", job.node())
                .addValue(
                        "partition",
                        job.hpc() == null
                                ? null
                                : StoredText.of(
                                        Optional.ofNullable(job.hpc().partition()), MAX_PARTITION))
                .addValue("phase", job.state().phase().name())
                .addValue("reason", job.reason())
                .addValue("submittedBy", job.submittedBy())
                .addValue("seenAt", Times.of(row.seenAt))
                .addValue("removedAt", Times.of(row.removedAt))
                .addValue("liveUid", row.removedAt.isPresent() ? null : uid)
                .addValue("activeAt", Times.of(job.finishedAt().or(job::startedAt)))
                .addValue("queueSeconds", number(job.queueSeconds()))
                .addValue("runSeconds", number(job.runSeconds()))
                .addValue("logDueSince", Times.of(row.logDueSince))
                .addValue("logsArchived", row.logsArchived)
                .addValue("version", row.version)
                .addValue("changes", row.changes)
                .addValue("document", job.toJson())
                .addValue("searchText", searchText(job));
    }

    private static @Nullable Long number(OptionalLong number) {
        return number.isPresent() ? number.getAsLong() : null;
    }

    /// The texts are separated by line feeds, which none of them has.
    private static String searchText(StoredJob job) {
        StringBuilder text = new StringBuilder(job.name());
        job.labels()
                .forEach((key, value) -> text.append('\n').append(key).append('\n').append(value));
        return StoredText.of(text.toString(), MAX_SEARCH).toLowerCase(Locale.ROOT);
    }

    private static void writeLabels(Database.Session session, List<Update> updates) {
        List<SqlParameterSource> labels = new ArrayList<>();
        for (Update update : updates) {
            update.job()
                    .labels()
                    .forEach((key, value) ->
                            labels.add(
                                    new MapSqlParameterSource()
                                            .addValue("uid", update.uid)
                                            .addValue("key", key)
                                            .addValue("value", value)));
        }
        List<String> known =
                updates.stream()
                        .filter(update -> update.before.changes > 0)
                        .map(Update::uid)
                        .toList();
        for (List<String> uids : Database.slices(known)) {
            session.client()
                    .sql("delete from job_label where uid in (:uids)")
                    .param("uids", uids)
                    .update();
        }
        session.batch(
                """
                insert into job_label (uid, label_key, label_value, workspace, created_at)
                select uid, :key, :value, workspace, created_at from job where uid = :uid\
                """,
                labels);
    }

    private static void writeOrigins(Database.Session session, Map<String, Created> created) {
        List<SqlParameterSource> origins = new ArrayList<>();
        List<SqlParameterSource> containers = new ArrayList<>();
        created.forEach((uid, job) -> {
            origins.add(
                    new MapSqlParameterSource()
                            .addValue("uid", uid)
                            .addValue("workspace", job.update.job().workspace().value())
                            .addValue("definition", job.origin.definition.orElse(null))
                            .addValue("manifest", job.origin.manifest.orElse(null)));
            for (int ordinal = 0; ordinal < job.origin.containers.size(); ordinal++) {
                containers.add(
                        new MapSqlParameterSource()
                                .addValue("uid", uid)
                                .addValue("ordinal", ordinal)
                                .addValue(
                                        "name",
                                        SqlLogArchive.name(job.origin.containers.get(ordinal))));
            }
        });
        session.batch(
                """
                insert into job_origin (uid, definition, manifest)
                values (:uid, :definition, :manifest)\
                """,
                origins);
        session.batch(
                "insert into job_container (uid, ordinal, name) values (:uid, :ordinal, :name)",
                containers);
        // Logs may be stored before their job is.
        session.batch("update job_log set workspace = :workspace where uid = :uid", origins);
    }
}
