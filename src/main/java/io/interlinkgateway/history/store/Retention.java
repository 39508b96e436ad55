package io.interlinkgateway.history.store;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.history.HistoryProperties;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.ToLongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.SqlParameterSource;
import org.springframework.util.unit.DataSize;

/// Removes jobs and logs whose time is over, and the oldest logs of workspaces that have too many: once an hour, in
/// small batches, by the one replica that holds the lease.
final class Retention implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Retention.class);
    private static final Duration INTERVAL = Duration.ofHours(1);

    /// How often the clock is read. A sleep of an hour would not see that the clock was moved forward.
    private static final Duration CHECK = Duration.ofSeconds(5);

    /// Longer than a batch takes; it is taken again for each.
    private static final Duration LEASE = Duration.ofMinutes(5);

    private static final int JOBS = 200;
    private static final int LOGS = 20;

    /// How many bytes of logs a batch removes; one log or job more if it is larger.
    private static final long BYTES = DataSize.ofMegabytes(16).toBytes();

    private final Database database;
    private final HistoryProperties properties;
    private final Clock clock;
    private final String holder = UUID.randomUUID().toString();
    private final Thread thread = Thread.ofVirtual().name("history-retention").unstarted(this::run);

    /// An archived log.
    private record Key(String uid, String container, long bytes) {}

    /// A job, with the size of its logs.
    private record Job(String uid, long bytes) {}

    Retention(Database database, HistoryProperties properties, Clock clock) {
        this.database = database;
        this.properties = properties;
        this.clock = clock;
    }

    void start() {
        thread.start();
    }

    private void run() {
        Instant last = Instant.EPOCH;
        try {
            while (true) {
                if (!clock.instant().isBefore(last.plus(INTERVAL))) {
                    last = clock.instant();
                    removeSafely();
                }
                Thread.sleep(CHECK);
            }
        } catch (InterruptedException _) {
            // The gateway ends.
        }
    }

    private void removeSafely() {
        try {
            remove();
        } catch (GatewayException.HistoryUnavailable _) {
            // Health shows it; the next time removes more.
        } catch (RuntimeException defect) {
            LOG.error("Old jobs of the history can't be removed.", defect);
        }
    }

    /// Removes what is too old or too much now.
    void remove() {
        while (holdsLease() && removeJobs() > 0) {}
        while (holdsLease() && removeLogs() > 0) {}
        if (holdsLease()) {
            properties.sizeLimit().ifPresent(this::removeBeyond);
            database.remove(session ->
                    session.client()
                            .sql("delete from log_reservation where held_until < current_timestamp")
                            .update());
            database.remove(session ->
                    session.client()
                            .sql(
                                    """
                                    delete from job_log where workspace is null
                                        and expires_from is null and archived_at < :before\
                                    """)
                            .param(
                                    "before",
                                    Times.of(clock.instant().minus(properties.log().keep())))
                            .update());
            database.remove(session ->
                    session.client()
                            .sql("delete from removed_job where removed_at < :before")
                            .param("before", Times.of(clock.instant().minus(properties.keep())))
                            .update());
            lease(Duration.ZERO);
        }
    }

    private boolean holdsLease() {
        return lease(LEASE);
    }

    private boolean lease(Duration period) {
        return database.remove(session ->
                Lease.take(session, "lease", Map.of("name", "retention"), holder, period));
    }

    int removeJobs() {
        return database.remove(session -> {
            List<Job> jobs =
                    session.client()
                            .sql(
                                    """
                                    select j.uid, (select coalesce(sum(l.stored_bytes), 0)
                                        from job_log l where l.uid = j.uid) as bytes
                                    from job j where j.removed_at < :before
                                    order by j.removed_at limit :most\
                                    """)
                            .param("before", Times.of(clock.instant().minus(properties.keep())))
                            .param("most", JOBS)
                            .query((row, _) -> new Job(row.getString("uid"), row.getLong("bytes")))
                            .list();
            List<String> uids = batch(jobs, Job::bytes, BYTES).stream().map(Job::uid).toList();
            return uids.isEmpty() ? 0 : SqlJobHistory.remove(session, uids);
        });
    }

    /// @return the first ones, until they have that many bytes
    private static <T> List<T> batch(List<T> rows, ToLongFunction<T> size, long bytes) {
        long sum = 0;
        int count = 0;
        while (count < rows.size() && sum < bytes) {
            sum += size.applyAsLong(rows.get(count++));
        }
        return rows.subList(0, count);
    }

    int removeLogs() {
        return database.remove(session ->
                expire(
                        session,
                        batch(
                                oldest(
                                        session,
                                        "expires_from < :value",
                                        Times.of(clock.instant().minus(properties.log().keep()))),
                                Key::bytes,
                                BYTES),
                        "The time for which logs are kept is over."));
    }

    /// Omits a part of the log of a job that still exists: it is read again at the job's end, and would not be if it had
    /// expired.
    ///
    /// @param condition which logs, with the parameter `value`
    /// @return the oldest ones
    private static List<Key> oldest(Database.Session session, String condition, Object value) {
        return session.client()
                .sql(
                        """
                        select uid, container, stored_bytes from job_log
                        where %s
                            and not (completeness = 'PARTIAL' and exists (
                                select 1 from job where job.uid = job_log.uid
                                    and job.removed_at is null))
                        order by expires_from limit :most\
                        """
                                .formatted(condition))
                .param("value", value)
                .param("most", LOGS)
                .query((row, _) ->
                        new Key(
                                row.getString("uid"),
                                row.getString("container"),
                                row.getLong("stored_bytes")))
                .list();
    }

    private static int expire(Database.Session session, List<Key> logs, String note) {
        List<SqlParameterSource> keys =
                logs.stream()
                        .<SqlParameterSource>map(log ->
                                new MapSqlParameterSource()
                                        .addValue("uid", log.uid)
                                        .addValue("container", log.container)
                                        .addValue("note", note))
                        .toList();
        session.batch(
                """
                update job_log set completeness = 'EXPIRED', note = :note, kept = 0,
                    stored_bytes = 0, sha256 = null, expires_from = null
                where uid = :uid and container = :container\
                """,
                keys);
        session.batch("delete from log_chunk where uid = :uid and container = :container", keys);
        // A log whose job was never stored has nothing that it could be shown with.
        session.batch(
                "delete from job_log where uid = :uid and container = :container and workspace is"
                        + " null",
                keys);
        return logs.size();
    }

    private void removeBeyond(DataSize limit) {
        Map<String, Long> full = new TreeMap<>();
        database.read(session -> {
            session.client()
                    .sql(
                            """
                            select workspace, sum(stored_bytes) as bytes from job_log
                            where expires_from is not null and workspace is not null
                            group by workspace having sum(stored_bytes) > :limit\
                            """)
                    .param("limit", limit.toBytes())
                    .query(row -> {
                        full.put(row.getString("workspace"), row.getLong("bytes"));
                    });
            return full.size();
        });
        full.forEach((workspace, bytes) -> {
            long surplus = bytes - limit.toBytes();
            while (surplus > 0 && holdsLease()) {
                long removed = removeOldest(workspace, surplus);
                if (removed == 0) {
                    return;
                }
                surplus -= removed;
            }
        });
    }

    /// @return how many bytes were removed: at least the surplus, unless that takes more than one batch
    private long removeOldest(String workspace, long surplus) {
        return database.remove(session -> {
            List<Key> oldest =
                    batch(
                            oldest(
                                    session,
                                    "workspace = :value and expires_from is not null",
                                    workspace),
                            Key::bytes,
                            Math.min(surplus, BYTES));
            expire(
                    session,
                    oldest,
                    "The log was removed because the workspace's logs were larger than"
                            + " gateway.history.workspace-size.");
            return oldest.stream().mapToLong(Key::bytes).sum();
        });
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
