package io.interlinkgateway.history.store;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toMap;

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
                :createdAt, :seenAt, :seenAt, :removedAt, :liveUid, :activeAt, :queueSeconds,
                :runSeconds, :logDueSince, false, -1, 0, :document, :searchText)
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
                                        .thenComparing(Observation::version)
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
        Map<String, Origin> origins = new TreeMap<>();
        byUid.forEach((uid, all) -> {
            if (!rows.containsKey(uid)) {
                origins.put(uid, originOf(all.getLast()));
            }
        });
        database.write(session -> {
            write(session, byUid, origins);
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
            Map<String, Origin> origins) {
        session.batches()
                .batchUpdate(
                        INSERT,
                        origins.keySet().stream()
                                .map(uid -> firstValues(byUid.get(uid).getFirst()))
                                .toArray(SqlParameterSource[]::new));
        Map<String, Row> before = rows(session, byUid.keySet(), " for update");
        List<SqlParameterSource> updates = new ArrayList<>();
        List<SqlParameterSource> changes = new ArrayList<>();
        List<SqlParameterSource> replacedChanges = new ArrayList<>();
        Map<String, StoredJob> relabelled = new TreeMap<>();
        List<String> due = new ArrayList<>();
        before.forEach((uid, row) -> {
            Row now = row;
            for (Observation observation : byUid.get(uid)) {
                if (now.accepts(observation)) {
                    if (now.changesBy(observation)) {
                        (now.changes == MAX_CHANGES ? replacedChanges : changes)
                                .add(change(observation, now.after(observation).changes));
                    }
                    now = now.after(observation);
                }
            }
            if (now != row) {
                StoredJob job = StoredJob.of(now.job);
                updates.add(values(uid, job, now));
                if (now.logDueSince.isPresent()) {
                    due.add(uid);
                }
                if (row.changes == 0 || !StoredJob.of(row.job).labels().equals(job.labels())) {
                    relabelled.put(uid, job);
                }
            }
        });
        batch(session, UPDATE, updates);
        batch(
                session,
                """
                insert into job_change (uid, ordinal, version, seen_at, document)
                values (:uid, :ordinal, :version, :seenAt, :document)\
                """,
                changes);
        batch(
                session,
                """
                update job_change set version = :version, seen_at = :seenAt, document = :document
                where uid = :uid and ordinal = :ordinal\
                """,
                replacedChanges);
        writeLabels(session, relabelled);
        Map<String, Origin> created =
                origins.entrySet().stream()
                        .filter(origin -> {
                            Row row = before.get(origin.getKey());
                            return row != null && row.changes == 0;
                        })
                        .collect(toMap(Map.Entry::getKey, Map.Entry::getValue));
        writeOrigins(session, created, byUid);
        for (List<String> uids : slices(due)) {
            SqlLogArchive.settle(session, uids);
        }
    }

    static void batch(Database.Session session, String statement, List<SqlParameterSource> rows) {
        if (!rows.isEmpty()) {
            session.batches().batchUpdate(statement, rows.toArray(SqlParameterSource[]::new));
        }
    }

    private static SqlParameterSource change(Observation observation, int ordinal) {
        return new MapSqlParameterSource()
                .addValue("uid", observation.job().uid())
                .addValue("ordinal", ordinal)
                .addValue("version", observation.version())
                .addValue("seenAt", Times.of(observation.seenAt()))
                .addValue("document", StoredJob.of(observation.job()).toJson());
    }

    private static MapSqlParameterSource firstValues(Observation observation) {
        StoredJob job = StoredJob.of(observation.job());
        Row none =
                new Row(
                        -1,
                        observation.seenAt(),
                        Optional.empty(),
                        Optional.empty(),
                        false,
                        0,
                        observation.job());
        return values(job.uid(), job, none)
                .addValue("workspace", job.workspace())
                .addValue("name", job.name())
                .addValue("createdAt", Times.of(job.createdAt()));
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

    private static void writeLabels(Database.Session session, Map<String, StoredJob> jobs) {
        List<SqlParameterSource> labels = new ArrayList<>();
        jobs.forEach((uid, job) ->
                job.labels()
                        .forEach((key, value) ->
                                labels.add(
                                        new MapSqlParameterSource()
                                                .addValue("uid", uid)
                                                .addValue("key", key)
                                                .addValue("value", value))));
        for (List<String> uids : slices(jobs.keySet())) {
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

    private static void writeOrigins(
            Database.Session session,
            Map<String, Origin> origins,
            Map<String, List<Observation>> byUid) {
        List<SqlParameterSource> rows = new ArrayList<>();
        List<SqlParameterSource> containers = new ArrayList<>();
        origins.forEach((uid, origin) -> {
            rows.add(
                    new MapSqlParameterSource()
                            .addValue("uid", uid)
                            .addValue("definition", origin.definition.orElse(null))
                            .addValue("manifest", origin.manifest.orElse(null)));
            for (int ordinal = 0; ordinal < origin.containers.size(); ordinal++) {
                containers.add(
                        new MapSqlParameterSource()
                                .addValue("uid", uid)
                                .addValue("ordinal", ordinal)
                                .addValue(
                                        "name",
                                        StoredText.of(
                                                origin.containers.get(ordinal), MAX_CONTAINER)));
            }
        });
        batch(
                session,
                "insert into job_origin (uid, definition, manifest) values (:uid, :definition,"
                        + " :manifest)",
                rows);
        batch(
                session,
                "insert into job_container (uid, ordinal, name) values (:uid, :ordinal, :name)",
                containers);
        adoptLogs(session, origins, byUid);
    }

    /// Logs may be stored before their job is.
    private static void adoptLogs(
            Database.Session session,
            Map<String, Origin> origins,
            Map<String, List<Observation>> byUid) {
        List<SqlParameterSource> owners =
                origins.keySet().stream()
                        .<SqlParameterSource>map(uid ->
                                new MapSqlParameterSource()
                                        .addValue("uid", uid)
                                        .addValue(
                                                "workspace",
                                                byUid.get(uid)
                                                        .getFirst()
                                                        .job()
                                                        .workspace()
                                                        .value()))
                        .toList();
        batch(session, "update job_log set workspace = :workspace where uid = :uid", owners);
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
