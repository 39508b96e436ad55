package io.interlinkgateway.history.store;

import static java.util.stream.Collectors.toCollection;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.failure.Text;
import io.interlinkgateway.history.HistoryPage;
import io.interlinkgateway.history.HistoryQuery;
import io.interlinkgateway.history.JobHistory;
import io.interlinkgateway.history.NodeStatistics;
import io.interlinkgateway.history.NodeStatistics.Quantiles;
import io.interlinkgateway.history.Observation;
import io.interlinkgateway.history.PastJob;
import io.interlinkgateway.history.StateChange;
import io.interlinkgateway.history.WorkspaceRedaction.Masks;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobState.FailureReason;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Workspace;
import java.io.UncheckedIOException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import java.util.stream.Stream;

/// The history in a database.
final class SqlJobHistory implements JobHistory {

    private static final int MAX_WORKSPACES = 1_000;
    private static final Duration STATISTICS_LIFE = Duration.ofMinutes(1);
    private static final int MAX_STATISTICS = 200;

    /// What a job's row belongs to.
    private static final List<String> TABLES =
            List.of(
                    "log_chunk",
                    "job_log",
                    "log_reservation",
                    "job_change",
                    "job_origin",
                    "job_container",
                    "job_label",
                    "job");

    private final Database database;
    private final JobWriter writer;
    private final Clock clock;

    /// Requests for the same statistics wait for one reading, and share its failure.
    private final AsyncCache<StatisticsKey, NodeStatistics> statistics =
            Caffeine.newBuilder()
                    .expireAfterWrite(STATISTICS_LIFE)
                    .maximumSize(MAX_STATISTICS)
                    .executor(Thread::startVirtualThread)
                    .buildAsync();

    private record StatisticsKey(NodeName node, Duration period) {}

    /// @param masks masks the secrets of a workspace in what is stored
    SqlJobHistory(Database database, Function<Workspace, Masks> masks, Clock clock) {
        this.database = database;
        this.writer = new JobWriter(database, masks);
        this.clock = clock;
    }

    @Override
    public Set<Workspace> write(List<Observation> observations) {
        return writer.write(observations);
    }

    @Override
    public Optional<PastJob> find(Workspace workspace, String uid) {
        return database.readForRequest(session ->
                session.client()
                        .sql(
                                "select "
                                        + JobRow.COLUMNS
                                        + " from job j where j.uid = :uid"
                                        + " and j.workspace = :workspace")
                        .param("uid", key(uid))
                        .param("workspace", workspace.value())
                        .query((row, _) -> JobRow.read(row))
                        .optional()
                        .map(row -> row.orElseThrow(() -> unreadable(uid)))
                        .map(row ->
                                row.with(
                                        JobRow.definitions(session, List.of(row.uid()))
                                                .getOrDefault(
                                                        row.uid(), StoredDefinition.Known.NOTHING),
                                        JobRow.logs(session, List.of(row.uid()))
                                                .getOrDefault(row.uid(), List.of()))));
    }

    private static GatewayException.HistoryUnreadable unreadable(String uid) {
        return new GatewayException.HistoryUnreadable(
                "What the history has of the job with the UID \""
                        + Text.shown(uid)
                        + "\" can't be read.");
    }

    /// PostgreSQL refuses some texts as a value. No job has such a uid.
    static String key(String uid) {
        return StoredText.of(uid, Integer.MAX_VALUE);
    }

    @Override
    public Optional<String> lastOf(Workspace workspace, JobName name) {
        return database.readForRequest(session ->
                session.client()
                        .sql(
                                """
                                select uid from job where workspace = :workspace and name = :name
                                order by created_at desc, uid desc limit 1\
                                """)
                        .param("workspace", workspace.value())
                        .param("name", name.value())
                        .query(String.class)
                        .optional());
    }

    @Override
    public List<StateChange> changes(String uid) {
        return database.readForRequest(session ->
                session
                        .client()
                        .sql(
                                """
                                select version, seen_at, document from job_change
                                where uid = :uid order by ordinal\
                                """)
                        .param("uid", key(uid))
                        .query((row, _) -> change(uid, row))
                        .list()
                        .stream()
                        .flatMap(Optional::stream)
                        .toList());
    }

    private static Optional<StateChange> change(String uid, ResultSet row) throws SQLException {
        long version = row.getLong("version");
        Instant seenAt = Times.at(row, "seen_at");
        return StoredJob.read(uid, row.getString("document"))
                .map(job -> new StateChange(version, seenAt, job));
    }

    @Override
    public Optional<String> manifest(String uid) {
        return database.readForRequest(session ->
                session.client()
                        .sql(
                                """
                                select manifest from job_origin
                                where uid = :uid and manifest is not null\
                                """)
                        .param("uid", key(uid))
                        .query((row, _) -> manifest(uid, row.getBytes("manifest")))
                        .optional());
    }

    private static String manifest(String uid, byte[] compressed) {
        try {
            return StoredText.decompressed(compressed);
        } catch (UncheckedIOException _) {
            throw unreadable(uid);
        }
    }

    @Override
    public HistoryPage list(HistoryQuery query) {
        PageReading page = new PageReading(query);
        return database.readForRequest(page::read);
    }

    @Override
    public Set<Workspace> workspaces() {
        return database.read(session ->
                session
                        .client()
                        .sql(
                                """
                                select distinct workspace from job where live_uid is not null
                                order by workspace limit :most\
                                """)
                        .param("most", MAX_WORKSPACES)
                        .query((row, _) -> new Workspace(row.getString("workspace")))
                        .list()
                        .stream()
                        .collect(toCollection(LinkedHashSet::new)));
    }

    @Override
    public List<PastJob> live(Workspace workspace, String after, int most) {
        List<PastJob> jobs = new ArrayList<>();
        String from = key(after);
        while (true) {
            List<LiveRow> rows = liveRows(workspace, from, most - jobs.size());
            rows.forEach(row -> row.job.map(JobRow::alone).ifPresent(jobs::add));
            if (rows.isEmpty() || jobs.size() == most) {
                return jobs;
            }
            from = rows.getLast().uid;
        }
    }

    /// A job whose pod exists.
    ///
    /// @param job empty if its row can't be read
    private record LiveRow(String uid, Optional<JobRow> job) {}

    private List<LiveRow> liveRows(Workspace workspace, String after, int most) {
        return database.read(session ->
                session.client()
                        .sql(
                                "select "
                                        + JobRow.COLUMNS
                                        + " from job j where j.workspace = :workspace and"
                                        + " j.live_uid > :after order by j.live_uid limit :most")
                        .param("workspace", workspace.value())
                        .param("after", after)
                        .param("most", most)
                        .query((row, _) -> new LiveRow(row.getString("uid"), JobRow.read(row)))
                        .list());
    }

    @Override
    public Removal remove(Workspace workspace, String uid) {
        return database.write(session -> remove(session, workspace, key(uid)));
    }

    private Removal remove(Database.Session session, Workspace workspace, String uid) {
        Optional<Boolean> live =
                session.client()
                        .sql(
                                """
                                select removed_at from job
                                where uid = :uid and workspace = :workspace for update\
                                """)
                        .param("uid", uid)
                        .param("workspace", workspace.value())
                        .query((row, _) -> Times.found(row, "removed_at").isEmpty())
                        .optional();
        if (live.isEmpty()) {
            return Removal.UNKNOWN;
        }
        if (live.get()) {
            return Removal.STILL_LIVE;
        }
        remove(session, List.of(uid));
        session.client()
                .sql(
                        """
                        insert into removed_job (uid, removed_at) values (:uid, :now)
                        on conflict do nothing\
                        """)
                .param("uid", uid)
                .param("now", Times.of(clock.instant()))
                .update();
        return Removal.REMOVED;
    }

    /// @return how many of the jobs were known
    static int remove(Database.Session session, List<String> uids) {
        // All transactions that write to a job lock its row first.
        session.client()
                .sql("select uid from job where uid in (:uids) order by uid for update")
                .param("uids", uids)
                .query(String.class)
                .list();
        int removed = 0;
        for (String table : TABLES) {
            removed =
                    session.client()
                            .sql("delete from " + table + " where uid in (:uids)")
                            .param("uids", uids)
                            .update();
        }
        return removed;
    }

    @Override
    public NodeStatistics statistics(NodeName node, Duration period) {
        try {
            return statistics.get(new StatisticsKey(node, period), this::readStatistics).join();
        } catch (CompletionException failure) {
            if (failure.getCause() instanceof GatewayException unavailable) {
                throw unavailable;
            }
            throw failure;
        }
    }

    private NodeStatistics readStatistics(StatisticsKey key) {
        Instant since = clock.instant().minus(key.period);
        return database.readForRequest(session -> statistics(session, key.node, since));
    }

    private static NodeStatistics statistics(
            Database.Session session, NodeName node, Instant since) {
        List<NodeStatistics.Partition> partitions =
                session.client()
                        .sql(
                                """
                                select slurm_partition, count(*) as jobs,
                                    percentile_cont(0.5) within group (order by queue_seconds) as queue_median,
                                    percentile_cont(0.9) within group (order by queue_seconds) as queue_p90,
                                    max(queue_seconds) as queue_longest,
                                    percentile_cont(0.5) within group (order by run_seconds) as run_median,
                                    percentile_cont(0.9) within group (order by run_seconds) as run_p90,
                                    max(run_seconds) as run_longest
                                from job where node = :node and active_at >= :since
                                group by slurm_partition order by slurm_partition\
                                """)
                        .param("node", node.value())
                        .param("since", Times.of(since))
                        .query((row, _) ->
                                new NodeStatistics.Partition(
                                        Optional.ofNullable(row.getString("slurm_partition")),
                                        row.getLong("jobs"),
                                        quantiles(row, "queue"),
                                        quantiles(row, "run")))
                        .list();
        Map<FailureReason, Long> failed = new EnumMap<>(FailureReason.class);
        long[] succeeded = {0};
        session.client()
                .sql(
                        """
                        select phase, reason, count(*) as jobs from job
                        where node = :node and active_at >= :since and phase in ('SUCCEEDED', 'FAILED')
                        group by phase, reason\
                        """)
                .param("node", node.value())
                .param("since", Times.of(since))
                .query(row -> {
                    long jobs = row.getLong("jobs");
                    if (row.getString("phase").equals("SUCCEEDED")) {
                        succeeded[0] += jobs;
                    } else {
                        failed.merge(failureReason(row.getString("reason")), jobs, Long::sum);
                    }
                });
        return new NodeStatistics(partitions, succeeded[0], failed);
    }

    /// A job whose node has no contact has another reason.
    private static FailureReason failureReason(String name) {
        return Stream.of(FailureReason.values())
                .filter(reason -> reason.name().equals(name))
                .findFirst()
                .orElse(FailureReason.OTHER);
    }

    private static Optional<Quantiles> quantiles(ResultSet row, String name) throws SQLException {
        long longest = row.getLong(name + "_longest");
        return row.wasNull()
                ? Optional.empty()
                : Optional.of(
                        new Quantiles(
                                Duration.ofSeconds((long) row.getDouble(name + "_median")),
                                Duration.ofSeconds((long) row.getDouble(name + "_p90")),
                                Duration.ofSeconds(longest)));
    }
}
