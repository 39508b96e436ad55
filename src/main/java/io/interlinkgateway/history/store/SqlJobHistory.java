package io.interlinkgateway.history.store;

import static java.util.stream.Collectors.toCollection;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.interlinkgateway.history.HistoryPage;
import io.interlinkgateway.history.HistoryQuery;
import io.interlinkgateway.history.JobHistory;
import io.interlinkgateway.history.NodeStatistics;
import io.interlinkgateway.history.NodeStatistics.Quantiles;
import io.interlinkgateway.history.Observation;
import io.interlinkgateway.history.PastJob;
import io.interlinkgateway.history.StateChange;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobState.FailureReason;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Workspace;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
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
    private final Cache<StatisticsKey, NodeStatistics> statistics =
            Caffeine.newBuilder()
                    .expireAfterWrite(STATISTICS_LIFE)
                    .maximumSize(MAX_STATISTICS)
                    .build();

    private record StatisticsKey(NodeName node, Duration period) {}

    SqlJobHistory(Database database, Clock clock) {
        this.database = database;
        this.writer = new JobWriter(database);
        this.clock = clock;
    }

    @Override
    public void write(List<Observation> observations) {
        writer.write(observations);
    }

    @Override
    public Optional<PastJob> find(String uid) {
        return database.read(session ->
                session.client()
                        .sql("select " + JobRow.COLUMNS + " from job j where j.uid = :uid")
                        .param("uid", key(uid))
                        .query((row, _) -> JobRow.read(row))
                        .optional()
                        .map(row ->
                                row.with(
                                        Optional.ofNullable(
                                                JobRow.definitions(session, List.of(row.uid()))
                                                        .get(row.uid())),
                                        JobRow.logs(session, List.of(row.uid()))
                                                .getOrDefault(row.uid(), List.of()))));
    }

    /// PostgreSQL refuses some texts as a value. No job has such a uid.
    static String key(String uid) {
        return StoredText.of(uid, Integer.MAX_VALUE);
    }

    @Override
    public Optional<String> lastOf(Workspace workspace, JobName name) {
        return database.read(session ->
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
        return database.read(session ->
                session.client()
                        .sql(
                                """
                                select version, seen_at, document from job_change
                                where uid = :uid order by ordinal\
                                """)
                        .param("uid", key(uid))
                        .query((row, _) ->
                                new StateChange(
                                        row.getLong("version"),
                                        Times.at(row, "seen_at"),
                                        StoredJob.parse(row.getString("document"))
                                                .toJob(Optional.empty())))
                        .list());
    }

    @Override
    public Optional<String> manifest(String uid) {
        return database.read(session ->
                session.client()
                        .sql(
                                """
                                select manifest from job_origin
                                where uid = :uid and manifest is not null\
                                """)
                        .param("uid", key(uid))
                        .query((row, _) -> StoredText.decompressed(row.getBytes("manifest")))
                        .optional());
    }

    @Override
    public HistoryPage list(HistoryQuery query) {
        PageReading page = new PageReading(query);
        return database.read(page::read);
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
                        .stream()
                        .collect(toCollection(LinkedHashSet::new)));
    }

    @Override
    public List<PastJob> live(Workspace workspace, String after, int most) {
        return database.read(session ->
                session.client()
                        .sql(
                                "select "
                                        + JobRow.COLUMNS
                                        + " from job j where j.workspace = :workspace and"
                                        + " j.live_uid > :after order by j.live_uid limit :most")
                        .param("workspace", workspace.value())
                        .param("after", key(after))
                        .param("most", most)
                        .query((row, _) -> JobRow.read(row).alone())
                        .list());
    }

    @Override
    public boolean remove(String uid) {
        return database.write(session -> remove(session, List.of(key(uid)))) > 0;
    }

    /// @return how many of the jobs were known
    static int remove(Database.Session session, List<String> uids) {
        // Whoever writes to the job locks its row first.
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
        StatisticsKey key = new StatisticsKey(node, period);
        NodeStatistics known = statistics.getIfPresent(key);
        if (known != null) {
            return known;
        }
        NodeStatistics read =
                database.read(session -> statistics(session, node, clock.instant().minus(period)));
        statistics.put(key, read);
        return read;
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
