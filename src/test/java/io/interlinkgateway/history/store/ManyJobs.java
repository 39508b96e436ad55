package io.interlinkgateway.history.store;

import io.interlinkgateway.event.JobObserver;
import io.interlinkgateway.history.ArchivedLog;
import io.interlinkgateway.history.JobHistory;
import io.interlinkgateway.history.LogArchive;
import io.interlinkgateway.history.Observation;
import io.interlinkgateway.history.Observation.Presence;
import io.interlinkgateway.history.SamplePast;
import io.interlinkgateway.job.HpcJob;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.JobState.FailureReason;
import io.interlinkgateway.job.JobState.Moment;
import io.interlinkgateway.job.JobState.Precision;
import io.interlinkgateway.job.JobState.QueueReason;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.job.Workspace;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.stream.IntStream;

/// Fills a history with jobs of one workspace, one each 14.4 s. The first thousand are written as the recorder does, with
/// four changes each; the database copies them with other UIDs and times. Every 20th job has the same name,
/// label or submitter, every fourth the same node, every fifth has failed, for one of four reasons.
final class ManyJobs {

    /// How many jobs are written before they are copied.
    static final int WRITTEN = 1_000;

    static final Workspace WORKSPACE = new Workspace("vo-example");
    static final NodeName NODE = new NodeName("hpc-1");
    static final JobName NAME = new JobName("train-7");
    static final String SUBMITTER = "https://aai.example.org/realms/vo#user-7@aai.example.org";
    static final String EXPERIMENT = "experiment";

    /// A tenth of the jobs has this in a label's value.
    static final String TEXT = "3dgan";

    static final FailureReason REASON = FailureReason.TIME_LIMIT;

    /// When the first job was created.
    static final Instant BEGIN = Instant.parse("2026-01-01T00:00:00Z");

    private static final Duration APART = Duration.ofMillis(14_400);
    private static final int BATCH = 50;
    private static final int COPIES_AT_ONCE = 10;
    private static final List<FailureReason> REASONS =
            List.of(
                    REASON,
                    FailureReason.OUT_OF_MEMORY,
                    FailureReason.EXIT_CODE,
                    FailureReason.CANCELLED_ON_HPC);

    /// A copy's columns that differ are computed; the shift is one of the whole thousand.
    private static final String COPIES =
            """
            create table copy as
            select k, template, substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-' || substr(h, 13, 4) || '-'
                || substr(h, 17, 4) || '-' || substr(h, 21, 12) as uid
            from (select k, uid as template, HASH as h from written_job, NUMBERS numbers order by k, created_at) hashed\
            """;

    /// What the written jobs have, apart from the rest, so that the copies read only that.
    private static final List<String> TABLES =
            List.of("job", "job_label", "job_container", "job_origin", "job_change", "job_log");

    private static final List<String> INSERTS =
            List.of(
                    """
                    insert into job (uid, workspace, name, node, slurm_partition, phase, reason, submitted_by,
                        created_at, first_seen_at, seen_at, removed_at, live_uid, active_at, queue_seconds,
                        run_seconds, log_due_since, logs_archived, version, changes, document, search_text)
                    select c.uid, workspace, name, node, slurm_partition, phase, reason, submitted_by,
                        created_at + c.k * interval '4' hour, first_seen_at + c.k * interval '4' hour,
                        seen_at + c.k * interval '4' hour, removed_at + c.k * interval '4' hour, null,
                        active_at + c.k * interval '4' hour, queue_seconds, run_seconds, null, logs_archived,
                        version, changes, replace(document, c.template, c.uid), search_text
                    from copy c join written_job o on o.uid = c.template\
                    """,
                    """
                    insert into job_label (uid, label_key, label_value, workspace, created_at)
                    select c.uid, label_key, label_value, workspace, created_at + c.k * interval '4' hour
                    from copy c join written_job_label o on o.uid = c.template\
                    """,
                    """
                    insert into job_container (uid, ordinal, name)
                    select c.uid, ordinal, name from copy c join written_job_container o on o.uid = c.template\
                    """,
                    """
                    insert into job_origin (uid, definition, manifest)
                    select c.uid, definition, manifest from copy c join written_job_origin o on o.uid = c.template\
                    """,
                    """
                    insert into job_change (uid, ordinal, version, seen_at, document)
                    select c.uid, ordinal, version, seen_at + c.k * interval '4' hour,
                        replace(document, c.template, c.uid)
                    from copy c join written_job_change o on o.uid = c.template\
                    """,
                    """
                    insert into job_log (uid, container, workspace, completeness, note, size, kept,
                        stored_bytes, sha256, archived_at, expires_from)
                    select c.uid, container, workspace, completeness, note, size, kept, stored_bytes,
                        sha256, archived_at + c.k * interval '4' hour, null
                    from copy c join written_job_log o on o.uid = c.template\
                    """,
                    "drop table copy");

    private final MeasuredDatabase database;

    private ManyJobs(MeasuredDatabase database) {
        this.database = database;
    }

    /// @param jobs a multiple of 1,000
    /// @return when the last of them was created
    static Instant end(int jobs) {
        return BEGIN.plus(APART.multipliedBy(jobs - 1L));
    }

    /// Fills a database, unless it is filled already.
    ///
    /// @param jobs how many, a multiple of 1,000
    static void fill(MeasuredDatabase database, int jobs) {
        database.execute("create table if not exists filled (jobs bigint)");
        long before =
                database.query(
                                "select max(jobs) from filled where jobs is not null having"
                                        + " count(*) > 0")
                        .orElse(0L);
        if (before == jobs) {
            return;
        }
        if (before != 0) {
            throw new IllegalStateException("The database has " + before + " jobs: remove it.");
        }
        ManyJobs all = new ManyJobs(database);
        all.write();
        if (!database.isPostgreSql()) {
            database.execute("set cache_size 524288");
        }
        all.copy(jobs / WRITTEN);
        if (!database.isPostgreSql()) {
            database.execute("set cache_size 32768");
        }
        database.analyze();
        database.execute("insert into filled values (" + jobs + ")");
    }

    private void write() {
        JobHistory history = database.jobs();
        LogArchive logs = database.logs();
        for (int number = 0; number < WRITTEN; number += BATCH) {
            history.write(
                    IntStream.range(number, number + BATCH)
                            .mapToObj(ManyJobs::observations)
                            .flatMap(List::stream)
                            .toList());
        }
        for (int number = 0; number < WRITTEN; number++) {
            logs.store(
                    uid(number),
                    new ArchivedLog(
                            SamplePast.CONTAINER,
                            ArchivedLog.Completeness.COMPLETE,
                            Optional.empty(),
                            0,
                            0,
                            Optional.empty(),
                            BEGIN),
                    List.of());
        }
    }

    private void copy(int copies) {
        for (String table : TABLES) {
            database.execute(
                    "create table written_" + table + " as select * from " + table,
                    "create index written_" + table + "_uid on written_" + table + " (uid)");
        }
        String hash =
                database.isPostgreSql()
                        ? "md5(k || uid)"
                        : "lower(rawtohex(hash('MD5', stringtoutf8(k || uid))))";
        for (int first = 1; first < copies; first += COPIES_AT_ONCE) {
            int last = Math.min(copies, first + COPIES_AT_ONCE) - 1;
            String numbers =
                    database.isPostgreSql()
                            ? "(select k from generate_series(" + first + ", " + last + ") k)"
                            : "(select \"X\" as k from system_range(" + first + ", " + last + "))";
            List<String> statements = new ArrayList<>();
            statements.add(COPIES.replace("HASH", hash).replace("NUMBERS", numbers));
            statements.addAll(INSERTS);
            database.execute(statements.toArray(String[]::new));
        }
        TABLES.forEach(table -> database.execute("drop table written_" + table));
    }

    private static String uid(int number) {
        return UUID.nameUUIDFromBytes(("job " + number).getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    private static List<Observation> observations(int number) {
        Instant created = BEGIN.plus(APART.multipliedBy(number));
        Instant started = created.plusSeconds(30 + number % 600);
        Instant ended = started.plusSeconds(60 + number * 7 % 7_200);
        Moment start = new Moment(started, Precision.SECOND);
        Moment end = new Moment(ended, Precision.SECOND);
        JobState last =
                number % 5 == 0
                        ? new JobState.Failed(
                                Optional.of(start),
                                Optional.of(end),
                                OptionalInt.of(1),
                                REASONS.get(number / 5 % REASONS.size()),
                                "The job ended with the exit code 1, after it had run for "
                                        + Duration.between(started, ended)
                                        + ".")
                        : new JobState.Succeeded(Optional.of(start), Optional.of(end));
        return List.of(
                observation(
                        1,
                        number,
                        created.plusSeconds(2),
                        new JobState.Queued(
                                QueueReason.IN_HPC_QUEUE,
                                "The job waits in the HPC's queue.",
                                Optional.of(created.plusSeconds(2))),
                        Optional.empty()),
                observation(
                        2,
                        number,
                        started.plusSeconds(2),
                        new JobState.Running(Optional.of(start)),
                        Optional.of(hpc(number, created, started, Optional.empty()))),
                observation(
                        3,
                        number,
                        ended.plusSeconds(2),
                        last,
                        Optional.of(hpc(number, created, started, Optional.of(ended)))),
                removed(
                        observation(
                                4,
                                number,
                                ended.plusSeconds(3_600),
                                last,
                                Optional.of(hpc(number, created, started, Optional.of(ended))))));
    }

    private static HpcJob hpc(
            int number, Instant created, Instant started, Optional<Instant> ended) {
        return new HpcJob(
                Integer.toString(4_711_000 + number),
                ended.isPresent() ? HpcJob.State.COMPLETED : HpcJob.State.RUNNING,
                ended.isPresent() ? "COMPLETED" : "RUNNING",
                Optional.empty(),
                Optional.empty(),
                Optional.of("gn" + number % 60),
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.of(created),
                Optional.of(started),
                ended,
                0,
                Optional.of(number % 3 == 0 ? "cpu" : "gpu"),
                Optional.of(Duration.ofHours(2)),
                ended.orElse(started).plusSeconds(2));
    }

    private static Observation removed(Observation last) {
        return new Observation(
                last.version(), last.seenAt(), last.job(), Presence.REMOVED, last.origin());
    }

    private static Observation observation(
            int version, int number, Instant seen, JobState state, Optional<HpcJob> hpc) {
        String name = "train-" + number % 20;
        return new Observation(
                version,
                seen,
                new Job(
                        new JobName(name),
                        WORKSPACE,
                        uid(number),
                        Optional.of(new NodeName("hpc-" + (1 + number / 20 % 4))),
                        state,
                        new Job.Evidence(Job.Source.JOB_RECORD, seen, true),
                        hpc,
                        List.of(),
                        Optional.of(Integer.toString(4_711_000 + number)),
                        Optional.of(Duration.ofHours(2)),
                        Optional.empty(),
                        BEGIN.plus(APART.multipliedBy(number)),
                        "gateway",
                        Optional.of(SUBMITTER.replace("-7", "-" + number / 3 % 20)),
                        Map.of(
                                EXPERIMENT,
                                "e" + number / 7 % 20,
                                "model",
                                (number / 11 % 10 == 0 ? TEXT : "itwinai") + "-v" + number % 9),
                        Optional.empty()),
                Presence.LIVE,
                () -> new JobObserver.Origin(definition(name, number), SamplePast.POD));
    }

    private static PodManifest definition(String name, int number) {
        return new PodManifest(
                Map.of(
                        "apiVersion",
                        "v1",
                        "kind",
                        "Pod",
                        "metadata",
                        Map.of(
                                "name",
                                name,
                                "annotations",
                                Map.of("slurm-job.vk.io/flags", "-p gpu --time=02:00:00")),
                        "spec",
                        Map.of(
                                "containers",
                                List.of(
                                        Map.of(
                                                "name",
                                                SamplePast.CONTAINER,
                                                "image",
                                                "docker://ghcr.io/intertwin-eu/train:" + number,
                                                "command",
                                                List.of("/bin/sh", "-c"),
                                                "args",
                                                List.of("itwinai exec-pipeline --epochs " + number),
                                                "resources",
                                                Map.of(
                                                        "limits",
                                                        Map.of("cpu", "1", "memory", "1Gi")))),
                                "nodeSelector",
                                Map.of("kubernetes.io/hostname", "hpc-1"))));
    }
}
