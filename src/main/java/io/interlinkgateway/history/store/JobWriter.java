package io.interlinkgateway.history.store;

import static java.util.stream.Collectors.groupingBy;

import io.interlinkgateway.history.Observation;
import io.interlinkgateway.history.WorkspaceRedaction.Masks;
import io.interlinkgateway.job.Workspace;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
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

    private final Database database;
    private final MaskedObservations.Credentials credentials;

    /// @param masks masks the secrets of a workspace in what is stored
    JobWriter(Database database, Function<Workspace, Masks> masks) {
        this.database = database;
        this.credentials = new MaskedObservations.Credentials(masks);
    }

    /// A job that is not stored yet.
    private record Created(JobUpdate update, StoredOrigin origin) {

        SqlParameterSource values() {
            StoredJob job = StoredJob.of(update.job());
            return SqlLogArchive.addTo(
                    JobWriter.values(update.uid(), job, update.after())
                            .addValue("workspace", job.workspace())
                            .addValue("name", job.name())
                            .addValue("createdAt", Times.of(job.createdAt()))
                            .addValue("firstSeenAt", Times.of(update.before().seenAt())),
                    origin.mlflow());
        }
    }

    /// @return the workspaces whose secrets can't be masked now; nothing of them is stored
    Set<Workspace> write(List<Observation> observations) {
        MaskedObservations masked =
                MaskedObservations.read(
                        observations.stream().filter(JobWriter::hasUid).toList(), credentials);
        write(masked.all(), masked::originOf);
        return masked.unreadable();
    }

    /// @param observations as they are stored
    /// @param origins what their jobs were created from
    private void write(
            List<Observation> observations, Function<Observation, StoredOrigin> origins) {
        try {
            writeAll(observations, origins);
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
            observations.forEach(one -> write(List.of(one), origins));
        }
    }

    private static String sqlState(DataIntegrityViolationException refused) {
        return refused.getMostSpecificCause() instanceof SQLException cause
                ? String.valueOf(cause.getSQLState())
                : "unknown";
    }

    private void writeAll(
            List<Observation> observations, Function<Observation, StoredOrigin> origins) {
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
        Map<String, KnownJob> known = database.read(session -> known(session, byUid.keySet(), ""));
        byUid.entrySet()
                .removeIf(job -> {
                    KnownJob before = known.get(job.getKey());
                    return before != null && job.getValue().stream().noneMatch(before::accepts);
                });
        if (byUid.isEmpty()) {
            return;
        }
        Map<String, Created> created = new TreeMap<>();
        byUid.forEach((uid, all) -> {
            if (!known.containsKey(uid)) {
                created.put(
                        uid,
                        new Created(
                                JobUpdate.of(uid, KnownJob.before(all.getFirst()), all),
                                origins.apply(all.getLast())));
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

    private static Map<String, KnownJob> known(
            Database.Session session, Collection<String> uids, String lock) {
        Map<String, KnownJob> known = new LinkedHashMap<>();
        for (List<String> slice : Database.slices(uids)) {
            session.client()
                    .sql(ROWS + " order by uid" + lock)
                    .param("uids", slice)
                    .query(row -> {
                        known.put(row.getString("uid"), KnownJob.of(row));
                    });
        }
        return known;
    }

    private static void write(
            Database.Session session,
            Map<String, List<Observation>> byUid,
            Map<String, Created> created) {
        Map<String, Created> inserted = insert(session, created);
        List<JobUpdate> updates = new ArrayList<>();
        inserted.values().forEach(job -> updates.add(job.update));
        List<String> others =
                byUid.keySet().stream().filter(uid -> !inserted.containsKey(uid)).toList();
        known(session, others, " for update")
                .forEach((uid, before) -> {
                    JobUpdate update =
                            JobUpdate.of(uid, before, byUid.getOrDefault(uid, List.of()));
                    if (update.changesRow()) {
                        updates.add(update);
                    }
                });
        session.batch(
                UPDATE,
                updates.stream()
                        .filter(update -> !inserted.containsKey(update.uid()))
                        .<SqlParameterSource>map(JobWriter::values)
                        .toList());
        writeChanges(session, updates);
        writeLabels(session, updates.stream().filter(JobUpdate::changesLabels).toList());
        writeOrigins(session, inserted);
        for (List<String> uids :
                Database.slices(
                        updates.stream().filter(JobUpdate::goesOn).map(JobUpdate::uid).toList())) {
            SqlLogArchive.reopen(session, uids);
        }
        for (List<String> uids :
                Database.slices(
                        updates.stream()
                                .filter(JobUpdate::mayBeDue)
                                .map(JobUpdate::uid)
                                .toList())) {
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
                inserted.put(jobs.get(index).update.uid(), jobs.get(index));
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

    private static void writeChanges(Database.Session session, List<JobUpdate> updates) {
        List<SqlParameterSource> added = new ArrayList<>();
        List<SqlParameterSource> replaced = new ArrayList<>();
        for (JobUpdate update : updates) {
            for (JobUpdate.Change change : update.changes()) {
                (change.ordinal() <= update.before().changes() ? replaced : added)
                        .add(values(change));
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

    private static SqlParameterSource values(JobUpdate update) {
        return values(update.uid(), StoredJob.of(update.job()), update.after());
    }

    private static SqlParameterSource values(JobUpdate.Change change) {
        Observation observation = change.observation();
        return new MapSqlParameterSource()
                .addValue("uid", observation.job().uid())
                .addValue("ordinal", change.ordinal())
                .addValue("version", observation.version())
                .addValue("seenAt", Times.of(observation.seenAt()))
                .addValue("document", StoredJob.of(observation.job()).toJson());
    }

    private static MapSqlParameterSource values(String uid, StoredJob job, KnownJob known) {
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
                .addValue("seenAt", Times.of(known.seenAt()))
                .addValue("removedAt", Times.of(known.removedAt()))
                .addValue("liveUid", known.removedAt().isPresent() ? null : uid)
                .addValue("activeAt", Times.of(job.finishedAt().or(job::startedAt)))
                .addValue("queueSeconds", number(job.queueSeconds()))
                .addValue("runSeconds", number(job.runSeconds()))
                .addValue("logDueSince", Times.of(known.logDueSince()))
                .addValue("logsArchived", known.logsArchived())
                .addValue("version", known.version())
                .addValue("changes", known.changes())
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

    private static void writeLabels(Database.Session session, List<JobUpdate> updates) {
        List<SqlParameterSource> labels = new ArrayList<>();
        for (JobUpdate update : updates) {
            update.job()
                    .labels()
                    .forEach((key, value) ->
                            labels.add(
                                    new MapSqlParameterSource()
                                            .addValue("uid", update.uid())
                                            .addValue("key", key)
                                            .addValue("value", value)));
        }
        List<String> known =
                updates.stream()
                        .filter(update -> update.before().changes() > 0)
                        .map(JobUpdate::uid)
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
                            .addValue("definition", job.origin.definition().orElse(null))
                            .addValue("manifest", job.origin.manifest().orElse(null)));
            for (int ordinal = 0; ordinal < job.origin.containers().size(); ordinal++) {
                containers.add(
                        new MapSqlParameterSource()
                                .addValue("uid", uid)
                                .addValue("ordinal", ordinal)
                                .addValue(
                                        "name",
                                        SqlLogArchive.name(job.origin.containers().get(ordinal))));
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
