package io.interlinkgateway.history.store;

import io.interlinkgateway.history.ArchivedLog;
import io.interlinkgateway.history.MlflowLink;
import io.interlinkgateway.history.PastJob;
import io.interlinkgateway.job.Job;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A job's own row.
///
/// @param job the job without its definition
/// @param version as in [PastJob]
/// @param firstSeenAt as in [PastJob]
/// @param seenAt as in [PastJob]
/// @param removedAt as in [PastJob]
/// @param mlflow as in [PastJob]
record JobRow(
        Job job,
        long version,
        Instant firstSeenAt,
        Instant seenAt,
        Optional<Instant> removedAt,
        MlflowLink mlflow) {

    /// The columns of a row, of the table named `j`.
    static final String COLUMNS =
            "j.uid, j.workspace, j.version, j.first_seen_at, j.seen_at, j.removed_at, j.document,"
                    + " j.mlflow_tracking_uri, j.mlflow_experiment, j.mlflow_run";

    /// @return the row; empty if its document can't be read or is of another workspace, so that it has no effect on
    ///     other rows
    static Optional<JobRow> read(ResultSet row) throws SQLException {
        Job job = StoredJob.read(row.getString("uid"), row.getString("document")).orElse(null);
        if (job == null || !job.workspace().value().equals(row.getString("workspace"))) {
            return Optional.empty();
        }
        return Optional.of(
                new JobRow(
                        job,
                        row.getLong("version"),
                        Times.at(row, "first_seen_at"),
                        Times.at(row, "seen_at"),
                        Times.found(row, "removed_at"),
                        new MlflowLink(
                                Optional.ofNullable(row.getString("mlflow_tracking_uri")),
                                Optional.ofNullable(row.getString("mlflow_experiment")),
                                Optional.ofNullable(row.getString("mlflow_run")))));
    }

    String uid() {
        return job.uid();
    }

    /// @return the job without definition and logs
    PastJob alone() {
        return with(StoredDefinition.Known.NOTHING, List.of());
    }

    PastJob with(StoredDefinition.Known origin, List<ArchivedLog> logs) {
        return new PastJob(
                job.withDefinition(origin.definition()),
                version,
                firstSeenAt,
                seenAt,
                removedAt,
                mlflow,
                logs,
                origin.maskedFields());
    }

    /// @return the archived logs of jobs, in the order of their containers, by uid
    static Map<String, List<ArchivedLog>> logs(Database.Session session, List<String> uids) {
        Map<String, List<ArchivedLog>> logs = new HashMap<>();
        // Without the second condition on UIDs, PostgreSQL reads all containers of all jobs.
        for (List<String> slice : Database.slices(uids)) {
            session.client()
                    .sql(
                            """
                            select l.uid, l.container, l.completeness, l.note, l.size, l.kept,
                                l.sha256, l.archived_at
                            from job_log l
                            left join job_container c on c.uid = l.uid and c.name = l.container
                                and c.uid in (:uids)
                            where l.uid in (:uids) order by l.uid, c.ordinal, l.container\
                            """)
                    .param("uids", slice)
                    .query(row -> {
                        try {
                            ArchivedLog log = SqlLogArchive.log(row);
                            logs.computeIfAbsent(row.getString("uid"), _ -> new ArrayList<>())
                                    .add(log);
                        } catch (IllegalArgumentException _) {
                            // Another version of the gateway wrote it.
                        }
                    });
        }
        return logs;
    }

    /// @return what is known of the definitions of jobs, by uid
    static Map<String, StoredDefinition.Known> definitions(
            Database.Session session, List<String> uids) {
        Map<String, StoredDefinition.Known> definitions = new HashMap<>();
        for (List<String> slice : Database.slices(uids)) {
            session.client()
                    .sql(
                            """
                            select uid, definition from job_origin
                            where uid in (:uids) and definition is not null\
                            """)
                    .param("uids", slice)
                    .query(row -> {
                        definitions.put(
                                row.getString("uid"),
                                StoredDefinition.read(row.getBytes("definition")));
                    });
        }
        return definitions;
    }
}
