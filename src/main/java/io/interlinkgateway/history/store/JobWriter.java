package io.interlinkgateway.history.store;

import static java.util.stream.Collectors.groupingBy;

import io.interlinkgateway.event.JobObserver;
import io.interlinkgateway.history.Observation;
import io.interlinkgateway.history.Observation.Presence;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobPhase;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
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
    private static final int MAX_CONTAINER = 253;
    private static final int MAX_SEARCH = 20_000;

    /// How many rows one statement names.
    private static final int SLICE = 500;

    private static final String ROWS =
            """
            select uid, version, seen_at, removed_at, log_due_since, logs_archived, changes, document
            from job where uid in (:uids)\
            """;

    private static final String INSERT =
            """
            insert into job (uid, workspace, name, node, slurm_partition, phase, reason, submitted_by,
                created_at, first_seen_at, seen_at, removed_at, live_uid, active_at, queue_seconds,
                run_seconds, log_due_since, logs_archived, version, changes, document, search_text)
            values (:uid, :workspace, :name, :node, :partition, :phase, :reason, :submittedBy,
                :createdAt, :firstSeenAt, :seenAt, :removedAt, :liveUid, :activeAt, :queueSeconds,
                :runSeconds, :logDueSince, false, :version, :changes, :document, :searchText)
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
                log_due_since = :logDueSince, version = :version, changes = :changes,
                document = :document, search_text = :searchText
            where uid = :uid\
            """;

    private final Database database;

    JobWriter(Database database) {
        this.database = database;
    }

    /// A job's row, as far as it decides what an observation changes.
    private record Row(
            long version,
            Instant seenAt,
            Optional<Instant> removedAt,
            Optional<Instant> logDueSince,
            boolean logsArchived,
            int changes,
            Job job) {

        static Row of(ResultSet row) throws SQLException {
            return new Row(
                    row.getLong("version"),
                    Times.at(row, "seen_at"),
                    Times.found(row, "removed_at"),
                    Times.found(row, "log_due_since"),
                    row.getBoolean("logs_archived"),
                    row.getInt("changes"),
                    StoredJob.parse(row.getString("document")).toJob(Optional.empty()));
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
                    first.job());
        }

        boolean accepts(Observation observation) {
            boolean removal = observation.presence() == Presence.REMOVED;
            if (removedAt.isPresent()) {
                return removal && job.hasUnconfirmedEnd() && !observation.job().hasUnconfirmedEnd();
            }
            return removal
                    || observation.version() > version
                    || (observation.version() == version
                            && !observation.job().hasSameStateAs(job)
                            && !observation.seenAt().isBefore(seenAt));
        }

        boolean changesBy(Observation observation) {
            return changes == 0 || !observation.job().hasSameStateAs(job);
        }

        Row after(Observation observation) {
            Optional<Instant> removed =
                    observation.presence() == Presence.REMOVED
                            ? removedAt.or(() -> Optional.of(observation.seenAt()))
                            : Optional.empty();
            boolean due =
                    !logsArchived
                            && (removed.isPresent()
                                    || JobPhase.of(observation.job().state()).ended());
            return new Row(
                    Math.max(version, observation.version()),
                    observation.seenAt(),
                    removed,
                    due
                            ? logDueSince.or(() -> Optional.of(observation.seenAt()))
                            : Optional.empty(),
                    logsArchived,
                    changesBy(observation) ? Math.min(changes + 1, MAX_CHANGES) : changes,
                    observation.job());
        }
    }

    /// What a job was created from, as it is stored.
    private record Origin(
            Optional<byte[]> definition, Optional<byte[]> manifest, List<String> containers) {

        static final Origin UNKNOWN = new Origin(Optional.empty(), Optional.empty(), List.of());
    }

    /// A job that is not stored yet.
    private record Created(Update update, Origin origin) {}

    void write(List<Observation> observations) {
        try {
            writeAll(observations);
        } catch (DataIntegrityViolationException refused) {
            if (observations.size() == 1) {
                // Repeating it would fail for ever.
                LOG.error(
                        "The history can't store an observation of the job {}.",
                        observations.getFirst().job().uid(),
                        refused);
                return;
            }
            observations.forEach(one -> write(List.of(one)));
        }
    }

    private void writeAll(List<Observation> observations) {
        Map<String, List<Observation>> byUid =
                observations.stream()
                        .filter(JobWriter::hasUid)
                        .map(JobWriter::asStored)
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
                                originOf(all.getLast())));
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
    private static Observation asStored(Observation observed) {
        return new Observation(
                observed.version(),
                Times.stored(observed.seenAt()),
                StoredJob.of(observed.job()).toJob(Optional.empty()),
                observed.presence(),
                observed.origin());
    }

    private static Origin originOf(Observation observation) {
        try {
            JobObserver.Origin origin = observation.origin().get();
            return new Origin(
                    StoredText.compressed(
                            StoredDefinition.write(observation.job(), origin.definition())),
                    StoredText.compressed(origin.manifest()),
                    origin.definition().containers());
        } catch (RuntimeException defect) {
            LOG.warn(
                    "The definition of the job {} can't be read.", observation.job().uid(), defect);
            return Origin.UNKNOWN;
        }
    }

    private static Map<String, Row> rows(
            Database.Session session, Collection<String> uids, String lock) {
        Map<String, Row> rows = new LinkedHashMap<>();
        for (List<String> slice : slices(uids)) {
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
        batch(
                session,
                UPDATE,
                updates.stream()
                        .filter(update -> !inserted.containsKey(update.uid))
                        .<SqlParameterSource>map(Update::values)
                        .toList());
        writeChanges(session, updates);
        writeLabels(session, updates.stream().filter(Update::changesLabels).toList());
        writeOrigins(session, inserted);
        for (List<String> uids :
                slices(updates.stream().filter(Update::mayBeDue).map(Update::uid).toList())) {
            SqlLogArchive.settle(session, uids);
        }
    }

    /// @return the jobs that no other replica has inserted
    private static Map<String, Created> insert(
            Database.Session session, Map<String, Created> created) {
        List<Created> jobs = List.copyOf(created.values());
        int[] counts =
                session.batches()
                        .batchUpdate(
                                INSERT,
                                jobs.stream()
                                        .map(job -> job.update.firstValues())
                                        .toArray(SqlParameterSource[]::new));
        Map<String, Created> inserted = new TreeMap<>();
        for (int index = 0; index < counts.length; index++) {
            if (counts[index] > 0) {
                inserted.put(jobs.get(index).update.uid, jobs.get(index));
            }
        }
        return inserted;
    }

    /// A change of a job's state.
    private record Change(Observation observation, int ordinal) {}

    /// What observations change of a job.
    private record Update(String uid, Row before, Row after, List<Change> changes) {

        static Update of(String uid, Row before, List<Observation> observations) {
            List<Change> changes = new ArrayList<>();
            Row after = before;
            for (Observation observation : observations) {
                if (after.accepts(observation)) {
                    boolean changed = after.changesBy(observation);
                    after = after.after(observation);
                    if (changed) {
                        changes.removeIf(change -> change.ordinal == MAX_CHANGES);
                        changes.add(new Change(observation, after.changes));
                    }
                }
            }
            return new Update(uid, before, after, changes);
        }

        boolean changesRow() {
            return !after.equals(before);
        }

        boolean changesLabels() {
            return before.changes == 0 || !after.job.labels().equals(before.job.labels());
        }

        boolean mayBeDue() {
            return after.logDueSince.isPresent();
        }

        SqlParameterSource values() {
            return JobWriter.values(uid, StoredJob.of(after.job), after);
        }

        SqlParameterSource firstValues() {
            StoredJob job = StoredJob.of(after.job);
            return JobWriter.values(uid, job, after)
                    .addValue("workspace", job.workspace())
                    .addValue("name", job.name())
                    .addValue("createdAt", Times.of(job.createdAt()))
                    .addValue("firstSeenAt", Times.of(before.seenAt));
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
        batch(
                session,
                """
                insert into job_change (uid, ordinal, version, seen_at, document)
                values (:uid, :ordinal, :version, :seenAt, :document)\
                """,
                added);
        batch(
                session,
                """
                update job_change set version = :version, seen_at = :seenAt, document = :document
                where uid = :uid and ordinal = :ordinal\
                """,
                replaced);
    }

    static void batch(Database.Session session, String statement, List<SqlParameterSource> rows) {
        if (!rows.isEmpty()) {
            session.batches().batchUpdate(statement, rows.toArray(SqlParameterSource[]::new));
        }
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
            update.after
                    .job
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
        for (List<String> uids : slices(known)) {
            session.client()
                    .sql("delete from job_label where uid in (:uids)")
                    .param("uids", uids)
                    .update();
        }
        batch(
                session,
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
                            .addValue("workspace", job.update.after.job.workspace().value())
                            .addValue("definition", job.origin.definition.orElse(null))
                            .addValue("manifest", job.origin.manifest.orElse(null)));
            for (int ordinal = 0; ordinal < job.origin.containers.size(); ordinal++) {
                containers.add(
                        new MapSqlParameterSource()
                                .addValue("uid", uid)
                                .addValue("ordinal", ordinal)
                                .addValue(
                                        "name",
                                        StoredText.of(
                                                job.origin.containers.get(ordinal),
                                                MAX_CONTAINER)));
            }
        });
        batch(
                session,
                """
                insert into job_origin (uid, definition, manifest)
                values (:uid, :definition, :manifest)\
                """,
                origins);
        batch(
                session,
                "insert into job_container (uid, ordinal, name) values (:uid, :ordinal, :name)",
                containers);
        // Logs may be stored before their job is.
        batch(session, "update job_log set workspace = :workspace where uid = :uid", origins);
    }

    static List<List<String>> slices(Collection<String> uids) {
        List<String> all = List.copyOf(uids);
        List<List<String>> slices = new ArrayList<>();
        for (int from = 0; from < all.size(); from += SLICE) {
            slices.add(all.subList(from, Math.min(from + SLICE, all.size())));
        }
        return slices;
    }
}
