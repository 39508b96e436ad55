package io.interlinkgateway.history.store;

import io.interlinkgateway.history.ArchivedLog;
import io.interlinkgateway.history.MlflowLink;
import io.interlinkgateway.history.PastJob;
import io.interlinkgateway.job.JobDefinition;
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
/// @param document the job without its definition
/// @param version as in [PastJob]
/// @param firstSeenAt as in [PastJob]
/// @param seenAt as in [PastJob]
/// @param removedAt as in [PastJob]
/// @param mlflow as in [PastJob]
record JobRow(
        StoredJob document,
        long version,
        Instant firstSeenAt,
        Instant seenAt,
        Optional<Instant> removedAt,
        MlflowLink mlflow) {

    /// The columns of a row, of the table named `j`.
    static final String COLUMNS =
            "j.uid, j.version, j.first_seen_at, j.seen_at, j.removed_at, j.document,"
                    + " j.mlflow_tracking_uri, j.mlflow_experiment, j.mlflow_run";

    static JobRow read(ResultSet row) throws SQLException {
        return new JobRow(
                StoredJob.parse(row.getString("document")),
                row.getLong("version"),
                Times.at(row, "first_seen_at"),
                Times.at(row, "seen_at"),
                Times.found(row, "removed_at"),
                new MlflowLink(
                        Optional.ofNullable(row.getString("mlflow_tracking_uri")),
                        Optional.ofNullable(row.getString("mlflow_experiment")),
                        Optional.ofNullable(row.getString("mlflow_run"))));
    }

    String uid() {
        return document.uid();
    }

    /// @return the job without definition and logs
    PastJob alone() {
        return with(Optional.empty(), List.of());
    }

    PastJob with(Optional<JobDefinition> definition, List<ArchivedLog> logs) {
        return new PastJob(
                document.toJob(definition), version, firstSeenAt, seenAt, removedAt, mlflow, logs);
    }

    /// @return the archived logs of jobs, in the order of their containers, by uid
    static Map<String, List<ArchivedLog>> logs(Database.Session session, List<String> uids) {
        Map<String, List<ArchivedLog>> logs = new HashMap<>();
        for (List<String> slice : JobWriter.slices(uids)) {
            session.client()
                    .sql(
                            """
                            select l.uid, l.container, l.completeness, l.note, l.size, l.kept,
                                l.sha256, l.archived_at
                            from job_log l
                            left join job_container c on c.uid = l.uid and c.name = l.container
                            where l.uid in (:uids) order by l.uid, c.ordinal, l.container\
                            """)
                    .param("uids", slice)
                    .query(row -> {
                        logs.computeIfAbsent(row.getString("uid"), _ -> new ArrayList<>())
                                .add(SqlLogArchive.log(row));
                    });
        }
        return logs;
    }

    /// @return the definitions of jobs, as far as they are known, by uid
    static Map<String, JobDefinition> definitions(Database.Session session, List<String> uids) {
        Map<String, JobDefinition> definitions = new HashMap<>();
        for (List<String> slice : JobWriter.slices(uids)) {
            session.client()
                    .sql(
                            """
                            select uid, definition from job_origin
                            where uid in (:uids) and definition is not null\
                            """)
                    .param("uids", slice)
                    .query(row -> {
                        String uid = row.getString("uid");
                        StoredDefinition.read(StoredText.decompressed(row.getBytes("definition")))
                                .ifPresent(definition -> definitions.put(uid, definition));
                    });
        }
        return definitions;
    }
}
