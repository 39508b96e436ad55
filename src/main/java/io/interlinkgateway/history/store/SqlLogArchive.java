package io.interlinkgateway.history.store;

import io.interlinkgateway.history.ArchivedLog;
import io.interlinkgateway.history.ArchivedLog.Completeness;
import io.interlinkgateway.history.LogArchive;
import io.interlinkgateway.history.MlflowLink;
import io.interlinkgateway.job.JobDefinition;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.SqlParameterSource;

/// Archived logs in a database. A log and its chunks are written in one transaction.
final class SqlLogArchive implements LogArchive {

    private static final int MAX_CONTAINER = 253;
    private static final int MAX_NOTE = 1_000;
    private static final int MAX_WORD = 1_000;
    private static final int MAX_RUN = 64;
    private static final int MAX_URI = 2_048;

    private final Database database;

    /// Who holds this gateway's reservations.
    private final String holder = UUID.randomUUID().toString();

    SqlLogArchive(Database database) {
        this.database = database;
    }

    static ArchivedLog log(ResultSet row) throws SQLException {
        return new ArchivedLog(
                row.getString("container"),
                Completeness.valueOf(row.getString("completeness")),
                Optional.ofNullable(row.getString("note")),
                row.getLong("size"),
                row.getLong("kept"),
                Optional.ofNullable(row.getString("sha256")),
                Times.at(row, "archived_at"));
    }

    /// How much is archived: a log is replaced by one of a higher rank.
    private static int rank(Completeness completeness) {
        return switch (completeness) {
            case LOST -> 0;
            case PARTIAL -> 1;
            case SHORTENED, COMPLETE -> 2;
            case EXPIRED -> 3;
        };
    }

    private static boolean isFinal(ArchivedLog log) {
        return rank(log.completeness()) >= rank(Completeness.COMPLETE);
    }

    @Override
    public boolean reserve(String uid, String container, Duration period) {
        return database.write(session -> {
            if (find(session, uid, container).filter(SqlLogArchive::isFinal).isPresent()) {
                return false;
            }
            return Lease.take(
                    session,
                    "log_reservation",
                    Map.of("uid", SqlJobHistory.key(uid), "container", name(container)),
                    holder,
                    period);
        });
    }

    private static String name(String container) {
        return StoredText.of(container, MAX_CONTAINER);
    }

    @Override
    public boolean store(String uid, ArchivedLog log, List<Chunk> chunks) {
        List<byte[]> contents = chunks.stream().map(SqlLogArchive::bytes).toList();
        return database.write(
                session -> store(session, SqlJobHistory.key(uid), log, chunks, contents));
    }

    private static byte[] bytes(Chunk chunk) {
        ByteBuffer compressed = chunk.compressed().duplicate();
        byte[] bytes = new byte[compressed.remaining()];
        compressed.get(bytes);
        return bytes;
    }

    private static boolean store(
            Database.Session session,
            String uid,
            ArchivedLog log,
            List<Chunk> chunks,
            List<byte[]> contents) {
        String container = name(log.container());
        // The job's row is locked by all who write to it; it may not be stored yet.
        Optional<String> workspace =
                session.client()
                        .sql("select workspace from job where uid = :uid for update")
                        .param("uid", uid)
                        .query(String.class)
                        .optional();
        MapSqlParameterSource row =
                new MapSqlParameterSource()
                        .addValue("uid", uid)
                        .addValue("container", container)
                        .addValue("workspace", workspace.orElse(null))
                        .addValue("completeness", log.completeness().name())
                        .addValue("note", StoredText.of(log.note(), MAX_NOTE))
                        .addValue("size", log.size())
                        .addValue("kept", log.kept())
                        .addValue(
                                "storedBytes",
                                contents.stream().mapToLong(bytes -> bytes.length).sum())
                        .addValue("sha256", log.sha256().orElse(null))
                        .addValue("archivedAt", Times.of(log.archivedAt()))
                        .addValue(
                                "expiresFrom",
                                chunks.isEmpty() ? null : Times.of(log.archivedAt()));
        session.client()
                .sql("delete from log_reservation where uid = :uid and container = :container")
                .paramSource(row)
                .update();
        if (!replaces(session, uid, log, row)) {
            return false;
        }
        session.client()
                .sql("delete from log_chunk where uid = :uid and container = :container")
                .paramSource(row)
                .update();
        List<SqlParameterSource> rows = new ArrayList<>();
        for (int ordinal = 0; ordinal < chunks.size(); ordinal++) {
            Chunk chunk = chunks.get(ordinal);
            rows.add(
                    new MapSqlParameterSource()
                            .addValue("uid", uid)
                            .addValue("container", container)
                            .addValue("ordinal", ordinal)
                            .addValue("startByte", chunk.start())
                            .addValue("startLine", chunk.startLine())
                            .addValue("length", chunk.length())
                            .addValue("content", contents.get(ordinal)));
        }
        JobWriter.batch(
                session,
                """
                insert into log_chunk
                    (uid, container, ordinal, start_byte, start_line, length, content)
                values (:uid, :container, :ordinal, :startByte, :startLine, :length, :content)\
                """,
                rows);
        settle(session, List.of(uid));
        return true;
    }

    /// Writes the log's row, unless it is known better.
    private static boolean replaces(
            Database.Session session, String uid, ArchivedLog log, MapSqlParameterSource row) {
        int inserted =
                session.client()
                        .sql(
                                """
                                insert into job_log (uid, container, workspace, completeness, note,
                                    size, kept, stored_bytes, sha256, archived_at, expires_from)
                                values (:uid, :container, :workspace, :completeness, :note,
                                    :size, :kept, :storedBytes, :sha256, :archivedAt, :expiresFrom)
                                on conflict do nothing\
                                """)
                        .paramSource(row)
                        .update();
        if (inserted > 0) {
            return true;
        }
        session.client()
                .sql(
                        "select uid from job_log where uid = :uid and container = :container for"
                                + " update")
                .paramSource(row)
                .query(String.class)
                .list();
        ArchivedLog known = find(session, uid, log.container()).orElseThrow();
        boolean shorter =
                known.completeness() == Completeness.PARTIAL
                        && log.completeness() == Completeness.PARTIAL
                        && log.kept() < known.kept();
        if (isFinal(known) || shorter || rank(log.completeness()) < rank(known.completeness())) {
            return false;
        }
        session.client()
                .sql(
                        """
                        update job_log set completeness = :completeness, note = :note,
                            size = :size, kept = :kept, stored_bytes = :storedBytes,
                            sha256 = :sha256, archived_at = :archivedAt,
                            expires_from = :expiresFrom
                        where uid = :uid and container = :container\
                        """)
                .paramSource(row)
                .update();
        return true;
    }

    /// Notes of jobs that none of their logs is due any more, if that is so: each is archived, or it is partly and the job
    /// is removed.
    static void settle(Database.Session session, List<String> uids) {
        session.client()
                .sql(
                        """
                        update job set logs_archived = true, log_due_since = null
                        where uid in (:uids) and not logs_archived
                            and not exists (
                                select 1 from job_container c
                                left join job_log l on l.uid = c.uid and l.container = c.name
                                where c.uid = job.uid
                                    and (l.uid is null
                                        or (l.completeness = 'PARTIAL' and job.removed_at is null)))\
                        """)
                .param("uids", uids)
                .update();
    }

    @Override
    public void link(String uid, MlflowLink link) {
        database.write(session ->
                session.client()
                        .sql(
                                """
                                update job set
                                    mlflow_tracking_uri = coalesce(:trackingUri, mlflow_tracking_uri),
                                    mlflow_experiment = coalesce(:experiment, mlflow_experiment),
                                    mlflow_run = coalesce(:run, mlflow_run)
                                where uid = :uid\
                                """)
                        .param("trackingUri", StoredText.of(link.trackingUri(), MAX_URI))
                        .param("experiment", StoredText.of(link.experiment(), MAX_WORD))
                        .param("run", StoredText.of(link.run(), MAX_RUN))
                        .param("uid", SqlJobHistory.key(uid))
                        .update());
    }

    /// A log that is due, before its definition is read.
    private record DueRow(JobRow job, String container) {}

    @Override
    public List<Due> due(int most) {
        return database.read(session -> {
            List<DueRow> rows =
                    session.client()
                            .sql(
                                    "select "
                                            + JobRow.COLUMNS
                                            + ", c.name as container"
                                            + " from job j join job_container c on c.uid = j.uid"
                                            + " left join job_log l on l.uid = c.uid"
                                            + " and l.container = c.name"
                                            + " left join log_reservation r on r.uid = c.uid"
                                            + " and r.container = c.name"
                                            + " and r.held_until > current_timestamp"
                                            + " where j.log_due_since is not null"
                                            + " and r.uid is null"
                                            + " and (l.uid is null or (l.completeness = 'PARTIAL'"
                                            + " and j.removed_at is null))"
                                            + " order by j.log_due_since, j.uid, c.ordinal"
                                            + " limit :most")
                            .param("most", most)
                            .query((row, _) ->
                                    new DueRow(JobRow.read(row), row.getString("container")))
                            .list();
            Map<String, JobDefinition> definitions =
                    JobRow.definitions(
                            session, rows.stream().map(row -> row.job.uid()).distinct().toList());
            return rows.stream()
                    .map(row ->
                            new Due(
                                    row.job.with(
                                            Optional.ofNullable(definitions.get(row.job.uid())),
                                            List.of()),
                                    row.container))
                    .toList();
        });
    }

    @Override
    public Optional<ArchivedLog> find(String uid, String container) {
        return database.read(session -> find(session, uid, container));
    }

    private static Optional<ArchivedLog> find(
            Database.Session session, String uid, String container) {
        return session.client()
                .sql(
                        """
                        select container, completeness, note, size, kept, sha256, archived_at
                        from job_log where uid = :uid and container = :container\
                        """)
                .param("uid", SqlJobHistory.key(uid))
                .param("container", name(container))
                .query((row, _) -> log(row))
                .optional();
    }

    @Override
    public InputStream read(String uid, String container, long start) {
        return find(uid, container)
                .<InputStream>map(log ->
                        new ChunkStream(
                                position -> chunkAt(uid, container, "start_byte <= :at", position),
                                start,
                                log.kept()))
                .orElseGet(InputStream::nullInputStream);
    }

    /// @return the last chunk for which the condition holds
    private Optional<ChunkStream.Part> chunkAt(
            String uid, String container, String condition, long at) {
        return database.read(session ->
                session.client()
                        .sql(
                                "select start_byte, start_line, length, content from log_chunk"
                                        + " where uid = :uid and container = :container and "
                                        + condition
                                        + " order by ordinal desc limit 1")
                        .param("uid", SqlJobHistory.key(uid))
                        .param("container", name(container))
                        .param("at", at)
                        .query((row, _) -> new ChunkStream.Part(row))
                        .optional());
    }

    @Override
    public long tail(String uid, String container, int lines) {
        Optional<ChunkStream.Part> last =
                chunkAt(uid, container, "start_byte <= :at", Long.MAX_VALUE);
        if (last.isEmpty()) {
            return 0;
        }
        // The tail begins after this line feed, counted from the log's start.
        long feed = last.get().lines() - lines;
        return feed <= 0
                ? 0
                : feed > last.get().feeds()
                        ? last.get().end()
                        : chunkAt(uid, container, "start_line < :at", feed)
                                .map(part -> part.after(feed))
                                .orElse(0L);
    }
}
