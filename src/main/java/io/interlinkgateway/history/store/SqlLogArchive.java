package io.interlinkgateway.history.store;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.history.ArchivedLog;
import io.interlinkgateway.history.ArchivedLog.Completeness;
import io.interlinkgateway.history.LogArchive;
import io.interlinkgateway.history.MlflowLink;
import io.interlinkgateway.job.NodeName;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.SqlParameterSource;

/// Archived logs in a database. A log and its chunks are written in one transaction.
final class SqlLogArchive implements LogArchive {

    private static final int MAX_CONTAINER = 253;
    private static final Duration UNREADABLE_PAUSE = Duration.ofMinutes(30);
    private static final int MAX_NOTE = 1_000;
    private static final String FALSE_END = "The job had not ended when this log was archived.";
    private static final int MAX_EXPERIMENT = 1_000;
    private static final int MAX_RUN = 64;
    private static final int MAX_URI = 2_048;

    private static final String CHUNK =
            """
            select start_byte, start_line, length, content from log_chunk
            where uid = :uid and container = :container\
            """;

    /// The last chunk that begins at a position or before. H2 only reads in an index's order what is sorted by all its
    /// columns; otherwise it reads the contents of all chunks that match.
    static final String CHUNK_BY_BYTE =
            CHUNK
                    + " and start_byte <= :at"
                    + " order by uid desc, container desc, start_byte desc limit 1";

    /// The last chunk that begins in front of a line's end.
    static final String CHUNK_BY_LINE =
            CHUNK
                    + " and start_line < :at order by uid desc, container desc, start_line desc,"
                    + " start_byte desc limit 1";

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

    @Override
    public boolean reserve(String uid, String container, Duration period) {
        return database.write(session -> {
            if (find(session, uid, container)
                    .filter(known -> known.completeness().isFinal())
                    .isPresent()) {
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

    /// @return a container's name as it is stored
    static String name(String container) {
        return StoredText.of(container, MAX_CONTAINER);
    }

    @Override
    public boolean store(String uid, ArchivedLog log, List<Chunk> chunks) {
        return database.write(session -> store(session, SqlJobHistory.key(uid), log, chunks));
    }

    @Override
    public boolean storeAtEnd(String uid, ArchivedLog log, List<Chunk> chunks) {
        String key = SqlJobHistory.key(uid);
        return database.write(session -> {
            ArchivedLog known = goesOn(session, key) ? log.partial(FALSE_END) : log;
            return store(session, key, known, chunks);
        });
    }

    /// Locks the job's row.
    private static boolean goesOn(Database.Session session, String uid) {
        return session.client()
                .sql(
                        """
                        select log_due_since is null and not logs_archived from job
                        where uid = :uid for update\
                        """)
                .param("uid", uid)
                .query(Boolean.class)
                .optional()
                .orElse(false);
    }

    private static byte[] bytes(Chunk chunk) {
        ByteBuffer compressed = chunk.compressed().duplicate();
        byte[] bytes = new byte[compressed.remaining()];
        compressed.get(bytes);
        return bytes;
    }

    private static boolean store(
            Database.Session session, String uid, ArchivedLog log, List<Chunk> chunks) {
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
                                chunks.stream()
                                        .mapToLong(chunk -> chunk.compressed().remaining())
                                        .sum())
                        .addValue("sha256", log.sha256().orElse(null))
                        .addValue("archivedAt", Times.of(log.archivedAt()))
                        .addValue(
                                "expiresFrom",
                                chunks.isEmpty() ? null : Times.of(log.archivedAt()));
        session.client()
                .sql("delete from log_reservation where uid = :uid and container = :container")
                .paramSource(row)
                .update();
        if (isRemoved(session, uid) || !replaces(session, uid, log, row)) {
            return false;
        }
        session.client()
                .sql("delete from log_chunk where uid = :uid and container = :container")
                .paramSource(row)
                .update();
        List<SqlParameterSource> rows = new ArrayList<>();
        for (Chunk chunk : chunks) {
            rows.add(
                    new MapSqlParameterSource()
                            .addValue("uid", uid)
                            .addValue("container", container)
                            .addValue("startByte", chunk.start())
                            .addValue("startLine", chunk.startLine())
                            .addValue("length", chunk.length())
                            .addValue("content", bytes(chunk)));
        }
        session.batch(
                """
                insert into log_chunk
                    (uid, container, start_byte, start_line, length, content)
                values (:uid, :container, :startByte, :startLine, :length, :content)\
                """,
                rows);
        settle(session, List.of(uid));
        return true;
    }

    /// An admin removed the job while its log was read.
    private static boolean isRemoved(Database.Session session, String uid) {
        return session.client()
                .sql("select uid from removed_job where uid = :uid")
                .param("uid", uid)
                .query(String.class)
                .optional()
                .isPresent();
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
        if (!isBetter(log, known)) {
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

    /// @return whether a log replaces what is known of it
    private static boolean isBetter(ArchivedLog log, ArchivedLog known) {
        return switch (known.completeness()) {
            case COMPLETE, SHORTENED, EXPIRED -> false;
            case PARTIAL ->
                    log.completeness().isFinal()
                            || (log.completeness().hasContent() && log.kept() >= known.kept());
            case LOST -> true;
        };
    }

    /// Marks archived logs of jobs that have not ended after all as partial.
    static void reopen(Database.Session session, List<String> uids) {
        session.client()
                .sql(
                        """
                        update job_log set completeness = 'PARTIAL', note = :note
                        where uid in (:uids) and completeness in ('COMPLETE', 'SHORTENED')\
                        """)
                .param("note", FALSE_END)
                .param("uids", uids)
                .update();
    }

    /// Marks jobs whose logs are all archived. A partial or lost log of a live job may still be read.
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
                                        or (l.completeness in ('PARTIAL', 'LOST')
                                            and job.removed_at is null)))\
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
                        .paramSource(
                                addTo(
                                        new MapSqlParameterSource("uid", SqlJobHistory.key(uid)),
                                        link))
                        .update());
    }

    /// @return the row, also with the parameters `trackingUri`, `experiment` and `run`
    static MapSqlParameterSource addTo(MapSqlParameterSource row, MlflowLink link) {
        return row.addValue("trackingUri", StoredText.of(link.trackingUri(), MAX_URI))
                .addValue("experiment", StoredText.of(link.experiment(), MAX_EXPERIMENT))
                .addValue("run", StoredText.of(link.run(), MAX_RUN));
    }

    /// A log that is due, before its definition is read.
    ///
    /// @param job empty if its row can't be read
    private record DueRow(String uid, Optional<JobRow> job, String container) {}

    @Override
    public List<Due> due(int most, Set<NodeName> except) {
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
                                            + (except.isEmpty()
                                                    ? ""
                                                    : " and (j.node is null or j.node not in"
                                                            + " (:except))")
                                            + " and (l.uid is null"
                                            + " or (l.completeness in ('PARTIAL', 'LOST')"
                                            + " and j.removed_at is null))"
                                            + " order by j.log_due_since, j.uid, c.ordinal"
                                            + " limit :most")
                            .param("most", most)
                            .param("except", except.stream().map(NodeName::value).toList())
                            .query((row, _) ->
                                    new DueRow(
                                            row.getString("uid"),
                                            JobRow.read(row),
                                            row.getString("container")))
                            .list();
            Map<String, StoredDefinition.Known> definitions =
                    JobRow.definitions(session, rows.stream().map(DueRow::uid).distinct().toList());
            rows.stream().filter(row -> row.job.isEmpty()).forEach(this::putOff);
            return rows.stream()
                    .flatMap(row ->
                            row
                                    .job
                                    .map(job ->
                                            new Due(
                                                    job.with(
                                                            definitions.getOrDefault(
                                                                    row.uid,
                                                                    StoredDefinition.Known.NOTHING),
                                                            List.of()),
                                                    row.container))
                                    .stream())
                    .toList();
        });
    }

    /// Nothing can be archived of a job whose row can't be read, and it must not stand before the others.
    private void putOff(DueRow row) {
        reserve(row.uid, row.container, UNREADABLE_PAUSE);
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
        return new ChunkStream(
                position -> chunk(CHUNK_BY_BYTE, uid, container, position),
                start,
                tail(uid, container, 0));
    }

    private Optional<ChunkStream.Part> chunk(String query, String uid, String container, long at) {
        try {
            return database.readForRequest(session ->
                    session.client()
                            .sql(query)
                            .param("uid", SqlJobHistory.key(uid))
                            .param("container", name(container))
                            .param("at", at)
                            .query((row, _) -> new ChunkStream.Part(row))
                            .optional());
        } catch (UncheckedIOException _) {
            throw new GatewayException.HistoryUnreadable("A part of the archived log is damaged.");
        }
    }

    @Override
    public long tail(String uid, String container, int lines) {
        Optional<ChunkStream.Part> last = chunk(CHUNK_BY_BYTE, uid, container, Long.MAX_VALUE);
        if (last.isEmpty()) {
            return 0;
        }
        // The tail begins after this line feed, counted from the log's start.
        long feed = last.get().lines() - lines;
        return feed <= 0
                ? 0
                : feed > last.get().feeds()
                        ? last.get().end()
                        : chunk(CHUNK_BY_LINE, uid, container, feed)
                                .map(part -> part.after(feed))
                                .orElse(0L);
    }
}
