package io.interlinkgateway.history.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.interlinkgateway.event.JobObserver.Origin;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.history.ArchivedLog;
import io.interlinkgateway.history.ArchivedLog.Completeness;
import io.interlinkgateway.history.HistoryJobs;
import io.interlinkgateway.history.HistoryPage;
import io.interlinkgateway.history.HistoryProperties;
import io.interlinkgateway.history.HistoryQuery;
import io.interlinkgateway.history.JobHistory.Removal;
import io.interlinkgateway.history.LogArchive.Chunk;
import io.interlinkgateway.history.LogArchive.Due;
import io.interlinkgateway.history.MlflowLink;
import io.interlinkgateway.history.NodeStatistics;
import io.interlinkgateway.history.Observation;
import io.interlinkgateway.history.Observation.Presence;
import io.interlinkgateway.history.PastJob;
import io.interlinkgateway.history.SamplePast;
import io.interlinkgateway.history.StateChange;
import io.interlinkgateway.history.WorkspaceRedaction.Masks;
import io.interlinkgateway.job.Cancellation;
import io.interlinkgateway.job.HpcJob;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobDefinition;
import io.interlinkgateway.job.JobFilter;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.JobReason;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.JobState.FailureReason;
import io.interlinkgateway.job.JobState.Moment;
import io.interlinkgateway.job.JobState.Precision;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.pod.PodYaml;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.util.unit.DataSize;

/// What the history and the archive of logs promise, on each database.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class HistoryContract {

    private static final Instant START = Instant.parse("2026-11-01T10:00:00Z");
    private static final Workspace STARS = new Workspace("stars");
    private static final NodeName VEGA = new NodeName("vega-new-vk");
    private static final JobState QUEUED =
            new JobState.Queued(
                    JobState.QueueReason.IN_HPC_QUEUE, "SLURM has it.", Optional.of(START));
    private static final JobState RUNNING =
            new JobState.Running(
                    Optional.of(new Moment(START.plusSeconds(60), Precision.OBSERVED)));
    private static final JobState SUCCEEDED =
            new JobState.Succeeded(
                    Optional.of(new Moment(START.plusSeconds(60), Precision.SECOND)),
                    Optional.of(new Moment(START.plusSeconds(360), Precision.SECOND)));

    private final AtomicReference<Instant> now = new AtomicReference<>(START);
    private final Clock clock = ((InstantSource) now::get).withZone(ZoneOffset.UTC);
    private Database database = new Database(Connections.inMemory(), clock);
    private SqlJobHistory history = new SqlJobHistory(database, _ -> Masks.of(Set.of()), clock);
    private SqlLogArchive archive = new SqlLogArchive(database);

    /// @return an empty database
    protected abstract Connections newDatabase();

    @BeforeAll
    void open() {
        database.close();
        database = new Database(newDatabase(), clock);
    }

    @AfterAll
    void close() {
        database.close();
    }

    @BeforeEach
    void empty() {
        for (String table :
                List.of(
                        "log_chunk",
                        "job_log",
                        "log_reservation",
                        "job_change",
                        "job_origin",
                        "job_container",
                        "job_label",
                        "job",
                        "removed_job",
                        "lease")) {
            database.write(session -> session.client().sql("delete from " + table).update());
        }
        history = new SqlJobHistory(database, _ -> Masks.of(Set.of()), clock);
        archive = new SqlLogArchive(database);
        now.set(START);
    }

    /// A job to observe.
    private record Sample(
            String uid,
            String name,
            Workspace workspace,
            Optional<NodeName> node,
            JobState state,
            Instant createdAt,
            Optional<String> submittedBy,
            Map<String, String> labels,
            Optional<Cancellation> cancellation,
            Optional<HpcJob> hpc) {

        static Sample of(String uid) {
            return new Sample(
                    uid,
                    "job-" + uid,
                    STARS,
                    Optional.of(VEGA),
                    QUEUED,
                    START,
                    Optional.of("https://login.example.org#ada"),
                    Map.of(),
                    Optional.empty(),
                    Optional.empty());
        }

        Sample named(String other) {
            return new Sample(
                    uid,
                    other,
                    workspace,
                    node,
                    state,
                    createdAt,
                    submittedBy,
                    labels,
                    cancellation,
                    hpc);
        }

        Sample in(Workspace other) {
            return new Sample(
                    uid,
                    name,
                    other,
                    node,
                    state,
                    createdAt,
                    submittedBy,
                    labels,
                    cancellation,
                    hpc);
        }

        Sample on(String other) {
            return new Sample(
                    uid,
                    name,
                    workspace,
                    Optional.of(new NodeName(other)),
                    state,
                    createdAt,
                    submittedBy,
                    labels,
                    cancellation,
                    hpc);
        }

        Sample with(JobState other) {
            return new Sample(
                    uid,
                    name,
                    workspace,
                    node,
                    other,
                    createdAt,
                    submittedBy,
                    labels,
                    cancellation,
                    hpc);
        }

        Sample createdAt(Instant other) {
            return new Sample(
                    uid,
                    name,
                    workspace,
                    node,
                    state,
                    other,
                    submittedBy,
                    labels,
                    cancellation,
                    hpc);
        }

        Sample by(String other) {
            return new Sample(
                    uid,
                    name,
                    workspace,
                    node,
                    state,
                    createdAt,
                    Optional.of(other),
                    labels,
                    cancellation,
                    hpc);
        }

        Sample labelled(Map<String, String> other) {
            return new Sample(
                    uid,
                    name,
                    workspace,
                    node,
                    state,
                    createdAt,
                    submittedBy,
                    other,
                    cancellation,
                    hpc);
        }

        Sample cancelled(Cancellation.Stage stage) {
            return new Sample(
                    uid,
                    name,
                    workspace,
                    node,
                    state,
                    createdAt,
                    submittedBy,
                    labels,
                    Optional.of(
                            new Cancellation(
                                    stage, START.plusSeconds(90), Job.Source.API_SERVER, "why")),
                    hpc);
        }

        Sample reported(HpcJob other) {
            return new Sample(
                    uid,
                    name,
                    workspace,
                    node,
                    state,
                    createdAt,
                    submittedBy,
                    labels,
                    cancellation,
                    Optional.of(other));
        }

        Job job() {
            return new Job(
                    new JobName(name),
                    workspace,
                    uid,
                    node,
                    state,
                    new Job.Evidence(Job.Source.JOB_RECORD, START.plusSeconds(61), true),
                    hpc,
                    state instanceof JobState.Succeeded
                            ? List.of(new Job.ContainerExit("train", 0, START.plusSeconds(360)))
                            : List.of(),
                    Optional.of("4711"),
                    Optional.of(Duration.ofMinutes(55)),
                    cancellation,
                    createdAt,
                    "gateway",
                    submittedBy,
                    labels,
                    Optional.empty());
        }

        Observation at(long version) {
            return seen(version, START.plusSeconds(version), Presence.LIVE);
        }

        Observation removedAt(long version) {
            return seen(version, START.plusSeconds(version), Presence.REMOVED);
        }

        Observation seen(long version, Instant seenAt, Presence presence) {
            return new Observation(
                    version,
                    seenAt,
                    job(),
                    presence,
                    () -> new Origin(definition(), HistoryJobs.POD));
        }

        private static JobDefinition definition() {
            return new PodManifest(
                    Map.of(
                            "kind",
                            "Pod",
                            "spec",
                            Map.of(
                                    "containers",
                                    List.of(
                                            Map.of("name", "train", "image", "a.sif"),
                                            Map.of("name", "copy", "image", "b.sif")))));
        }
    }

    private static Sample sample(String uid) {
        return Sample.of(uid);
    }

    private static JobState failed(FailureReason reason) {
        return new JobState.Failed(
                Optional.of(new Moment(START.plusSeconds(60), Precision.SECOND)),
                Optional.of(new Moment(START.plusSeconds(160), Precision.SECOND)),
                OptionalInt.of(1),
                reason,
                "It failed.");
    }

    private void write(Observation... observations) {
        history.write(List.of(observations));
    }

    private Optional<PastJob> find(String uid) {
        return history.find(STARS, uid);
    }

    private PastJob found(String uid) {
        return find(uid).orElseThrow();
    }

    @Test
    void aJobIsReadAsItWasObserved() {
        Sample sample =
                sample("a").with(SUCCEEDED).labelled(Map.of("team", "A")).reported(slurmJob("gpu"));

        write(sample.at(7));

        PastJob job = found("a");
        assertThat(job.job().withoutDefinition()).isEqualTo(sample.job());
        assertThat(job.job().definition()).contains(Sample.definition());
        assertThat(job.version()).isEqualTo(7);
        assertThat(job.firstSeenAt()).isEqualTo(START.plusSeconds(7));
        assertThat(job.seenAt()).isEqualTo(START.plusSeconds(7));
        assertThat(job.isLive()).isTrue();
        assertThat(job.mlflow()).isEqualTo(MlflowLink.NONE);
        assertThat(job.logs()).isEmpty();
        assertThat(history.manifest("a")).contains(PodYaml.of(HistoryJobs.POD));
        assertThat(history.changes("a"))
                .containsExactly(new StateChange(7, START.plusSeconds(7), sample.job()));
    }

    @Test
    void everyStateIsReadAsItWasObserved() {
        Stream.of(
                        QUEUED,
                        new JobState.Starting(),
                        RUNNING,
                        SUCCEEDED,
                        failed(FailureReason.OUT_OF_MEMORY),
                        new JobState.Cancelling(START),
                        new JobState.Unknown(JobState.UnknownReason.CONTRADICTION, "why"))
                .forEach(state -> {
                    String uid = UUID.randomUUID().toString();
                    write(sample(uid).named("x").with(state).at(1));

                    assertThat(found(uid).job().state()).isEqualTo(state);
                });
    }

    private static HpcJob slurmJob(String partition) {
        return new HpcJob(
                "4711",
                HpcJob.State.RUNNING,
                "RUNNING",
                Optional.of(new HpcJob.WaitReason("Priority", "Others come first.")),
                Optional.of(START.plusSeconds(5)),
                Optional.of("gn[01-04]"),
                OptionalInt.empty(),
                OptionalInt.of(9),
                Optional.of(START.plusSeconds(2)),
                Optional.of(START.plusSeconds(60)),
                Optional.empty(),
                1,
                Optional.of(partition),
                Optional.of(Duration.ofMinutes(55)),
                START.plusSeconds(99));
    }

    @Test
    void unknownJobsAreNotFound() {
        assertThat(find("none")).isEmpty();
        assertThat(history.manifest("none")).isEmpty();
        assertThat(history.changes("none")).isEmpty();
        assertThat(history.lastOf(STARS, new JobName("none"))).isEmpty();
        assertThat(history.remove(STARS, "none")).isEqualTo(Removal.UNKNOWN);
        assertThat(find("nul\0 and \ud800")).isEmpty();
        assertThat(archive.find("none", "train")).isEmpty();
    }

    @Test
    void changesOfTheStateAreKept() {
        write(sample("a").at(1));
        write(sample("a").at(2), sample("a").with(RUNNING).at(3));
        write(sample("a").with(SUCCEEDED).at(4));

        assertThat(history.changes("a"))
                .extracting(StateChange::version)
                .containsExactly(1L, 3L, 4L);
        assertThat(found("a").job().state()).isEqualTo(SUCCEEDED);
    }

    @Test
    void anOutdatedObservationChangesNothing() {
        write(sample("a").with(RUNNING).at(5));

        write(sample("a").at(4));
        write(sample("a").seen(5, START, Presence.LIVE));

        assertThat(found("a").job().state()).isEqualTo(RUNNING);
        assertThat(history.changes("a")).hasSize(1);
    }

    @Test
    void theSamePodMayHaveAnotherStateLater() {
        write(sample("a").with(RUNNING).at(5));

        write(sample("a").with(SUCCEEDED).seen(5, START.plusSeconds(9), Presence.LIVE));

        assertThat(found("a").job().state()).isEqualTo(SUCCEEDED);
    }

    @Test
    void anEndIsWrittenOnce() {
        Observation end = sample("a").with(SUCCEEDED).at(5);
        write(end);

        write(end, end);
        write(sample("a").with(SUCCEEDED).at(6));

        assertThat(history.changes("a")).hasSize(1);
        assertThat(found("a").version()).isEqualTo(6);
    }

    @Test
    void aRemovalIsFinal() {
        write(sample("a").with(RUNNING).at(5));
        write(sample("a").with(RUNNING).cancelled(Cancellation.Stage.CONFIRMED).removedAt(6));

        write(sample("a").with(RUNNING).at(9));
        write(sample("a").with(RUNNING).cancelled(Cancellation.Stage.UNCONFIRMED).removedAt(8));

        PastJob job = found("a");
        assertThat(job.removedAt()).contains(START.plusSeconds(6));
        assertThat(job.job().cancellationStage()).contains(Cancellation.Stage.CONFIRMED);
    }

    @Test
    void anUnconfirmedEndMayBeConfirmedAfterTheRemoval() {
        write(sample("a").with(RUNNING).cancelled(Cancellation.Stage.UNCONFIRMED).removedAt(6));

        write(sample("a").with(RUNNING).cancelled(Cancellation.Stage.CONFIRMED).removedAt(6));

        PastJob job = found("a");
        assertThat(job.removedAt()).contains(START.plusSeconds(6));
        assertThat(job.job().cancellationStage()).contains(Cancellation.Stage.CONFIRMED);
    }

    @Test
    void severalReplicasWriteTheSameInAnyOrder() throws Exception {
        List<Observation> all = new ArrayList<>();
        for (int job = 0; job < 40; job++) {
            Sample sample = sample("job" + job);
            all.add(sample.at(1));
            all.add(sample.with(RUNNING).at(2));
            all.add(sample.with(SUCCEEDED).at(3));
            all.add(sample.with(SUCCEEDED).removedAt(4));
        }
        try (ExecutorService replicas = Executors.newFixedThreadPool(4)) {
            List<Future<?>> writers = new ArrayList<>();
            for (int replica = 0; replica < 4; replica++) {
                List<Observation> own = new ArrayList<>(all);
                Collections.shuffle(own, new Random(replica));
                writers.add(
                        replicas.submit(() -> {
                            for (int from = 0; from < own.size(); from += 20) {
                                history.write(own.subList(from, from + 20));
                            }
                        }));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
        }

        for (int job = 0; job < 40; job++) {
            PastJob stored = found("job" + job);
            assertThat(stored.version()).isEqualTo(4);
            assertThat(stored.removedAt()).contains(START.plusSeconds(4));
            assertThat(history.changes("job" + job))
                    .extracting(change -> change.job().state())
                    .doesNotHaveDuplicates()
                    .last()
                    .isEqualTo(SUCCEEDED);
        }
    }

    @Test
    void whatAJobWasCreatedFromIsReadOnce() {
        AtomicInteger reads = new AtomicInteger();
        Observation first = sample("a").at(1);
        for (int version = 1; version <= 3; version++) {
            write(
                    new Observation(
                            version,
                            START,
                            first.job(),
                            Presence.LIVE,
                            () -> {
                                reads.incrementAndGet();
                                return first.origin().get();
                            }));
        }

        assertThat(reads).hasValue(1);
    }

    @Test
    void aJobWhoseDefinitionCantBeReadIsStored() {
        write(
                new Observation(
                        1,
                        START,
                        sample("a").job(),
                        Presence.LIVE,
                        () -> {
                            throw new IllegalStateException("damaged");
                        }));

        assertThat(found("a").job().definition()).isEmpty();
    }

    @Test
    void textThatADatabaseRefusesIsCleaned() {
        String hostile = "x\0y\ud800z\udc00'; drop table job; --\n\uffff😀" + "€".repeat(100_000);
        Sample sample =
                sample("a")
                        .by(hostile)
                        .labelled(Map.of("k\0", "v\ud83d", hostile, hostile))
                        .with(
                                new JobState.Failed(
                                        Optional.of(new Moment(Instant.MIN, Precision.OBSERVED)),
                                        Optional.of(new Moment(Instant.MAX, Precision.OBSERVED)),
                                        OptionalInt.empty(),
                                        FailureReason.OTHER,
                                        hostile));

        write(sample.at(1), sample("b").at(1));

        assertThat(found("b").job()).isNotNull();
        JobState.Failed state = (JobState.Failed) found("a").job().state();
        assertThat(state.message())
                .startsWith("x\ufffdy\ufffdz\ufffd'; drop table job; --\n\uffff😀€")
                .hasSize(10_000);
        assertThat(found("a").job().labels()).containsEntry("k\ufffd", "v\ufffd");
        assertThat(uids(history.list(query().submittedBy(hostile).build()))).containsExactly("a");
        write(sample.at(2));
        assertThat(history.changes("a")).hasSize(1);
    }

    @Test
    void anObservationThatCantBeStoredDoesNotStopOthers() {
        write(
                sample("a").at(1),
                sample("u".repeat(101)).named("long").at(1),
                sample("").named("empty").at(1),
                sample("nul\0").named("nul").at(1),
                sample("b").at(1));

        assertThat(uids(history.list(query().build()))).containsExactly("b", "a");
    }

    @Test
    void theLastJobOfANameIsFound() {
        write(
                sample("old").named("x").at(1),
                sample("new").named("x").createdAt(START.plusSeconds(1)).at(1),
                sample("other").named("x").in(new Workspace("moons")).at(1));

        assertThat(history.lastOf(STARS, new JobName("x"))).contains("new");
    }

    @Test
    void aRemovedJobLeavesNothing() {
        write(
                sample("a").labelled(Map.of("k", "v")).with(SUCCEEDED).removedAt(1),
                sample("b").at(1));
        store("a", "train", "text\n");

        assertThat(history.remove(new Workspace("moons"), "a")).isEqualTo(Removal.UNKNOWN);
        assertThat(history.remove(STARS, "b")).isEqualTo(Removal.STILL_LIVE);
        assertThat(history.remove(STARS, "a")).isEqualTo(Removal.REMOVED);

        assertThat(find("a")).isEmpty();
        assertThat(history.changes("a")).isEmpty();
        assertThat(archive.find("a", "train")).isEmpty();
        for (String table : List.of("job_label", "job_container", "job_origin", "log_chunk")) {
            assertThat(rows(table + " where uid = 'a'")).as(table).isZero();
        }
        assertThat(find("b")).isPresent();
    }

    @Test
    void aRemovedJobDoesNotComeBack() {
        write(sample("a").removedAt(1));
        history.remove(STARS, "a");

        write(sample("a").labelled(Map.of("k", "v")).removedAt(2), sample("b").at(2));
        boolean stored = store("a", "train", "text\n");

        assertThat(stored).isFalse();
        assertThat(uids(history.list(query().build()))).containsExactly("b");
        for (String table :
                List.of("job", "job_label", "job_container", "job_origin", "job_change")) {
            assertThat(rows(table + " where uid = 'a'")).as(table).isZero();
        }
        assertThat(rows("log_chunk")).isZero();
    }

    @Test
    void aRemovedJobIsForgottenWhenItsTimeIsOver() {
        write(sample("a").removedAt(1));
        history.remove(STARS, "a");
        now.set(START.plus(Duration.ofDays(179)));
        removeOld(Optional.empty());
        assertThat(rows("removed_job")).isEqualTo(1);

        now.set(START.plus(Duration.ofDays(181)));
        removeOld(Optional.empty());

        assertThat(rows("removed_job")).isZero();
    }

    // Rows that can't be read

    private void damage(String uid, String document) {
        database.write(session ->
                session.client()
                        .sql("update job set document = :document where uid = :uid")
                        .param("document", document)
                        .param("uid", uid)
                        .update());
    }

    private static Stream<String> damagedDocuments() {
        String whole = StoredJob.of(sample("a").job()).toJson();
        return Stream.of(
                "",
                "null",
                "{}",
                "[1]",
                "{\"name\": \"a\"}",
                "[".repeat(100_000),
                whole.replace("\"QUEUED\"", "\"INVENTED\""),
                whole.replace("\"IN_HPC_QUEUE\"", "null"),
                whole.replace("\"job-a\"", "\"Not A Name\""),
                whole.replace("\"stars\"", "\"moons\""),
                whole.replace("\"uid\":\"a\"", "\"uid\":\"b\""),
                whole.substring(0, whole.length() / 2));
    }

    @ParameterizedTest
    @MethodSource("damagedDocuments")
    void aRowThatCantBeReadDoesNotAffectOthers(String document) {
        write(sample("a").with(SUCCEEDED).at(1), sample("b").with(SUCCEEDED).at(2));
        damage("a", document);

        assertThat(uids(history.list(query().build()))).containsExactly("b");
        assertThat(history.live(STARS, "", 1)).map(job -> job.job().uid()).containsExactly("b");
        assertThat(due(2)).isEmpty();
        assertThat(due(2)).containsExactly("b/train", "b/copy");
        assertThatThrownBy(() -> find("a"))
                .isInstanceOf(GatewayException.HistoryUnreadable.class)
                .hasMessage("What the history has of the job with the UID \"a\" can't be read.");
        assertThat(history.find(new Workspace("moons"), "a")).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("damagedDocuments")
    void aRowThatCantBeReadIsReplacedByTheNextObservation(String document) {
        write(sample("a").at(1), sample("b").at(1));
        damage("a", document);

        write(sample("a").with(RUNNING).at(2), sample("b").with(RUNNING).at(2));

        assertThat(found("a").job().state()).isEqualTo(RUNNING);
        assertThat(found("b").job().state()).isEqualTo(RUNNING);
    }

    @Test
    void aRowThatCantBeReadIsRemoved() {
        write(sample("a").removedAt(1));
        damage("a", "{}");

        assertThat(history.remove(STARS, "a")).isEqualTo(Removal.REMOVED);

        assertThat(find("a")).isEmpty();
    }

    @Test
    void whatElseOfAJobCantBeReadIsLeftOut() {
        write(sample("a").at(1));
        write(sample("a").with(RUNNING).at(2));
        store("a", "train", "text\n");
        store("a", "copy", "text\n");
        database.write(session -> {
            session.client().sql("update job_change set document = '{' where ordinal = 1").update();
            session.client()
                    .sql("update job_log set completeness = 'NEW' where container = 'train'")
                    .update();
            return session.client()
                    .sql("update job_origin set definition = :damaged, manifest = :damaged")
                    .param("damaged", new byte[] {1, 2, 3})
                    .update();
        });

        assertThat(history.changes("a")).extracting(StateChange::version).containsExactly(2L);
        assertThat(found("a").job().definition()).isEmpty();
        assertThat(found("a").logs()).extracting(ArchivedLog::container).containsExactly("copy");
        assertThatThrownBy(() -> history.manifest("a"))
                .isInstanceOf(GatewayException.HistoryUnreadable.class);
    }

    private long rows(String from) {
        return database.read(session ->
                session.client().sql("select count(*) from " + from).query(Long.class).single());
    }

    @Test
    void liveJobsAreListedByTheirUids() {
        write(sample("b").at(1), sample("a").at(1), sample("c").at(1), sample("d").at(1));
        write(sample("c").removedAt(2));
        write(sample("e").in(new Workspace("moons")).removedAt(2));

        assertThat(history.live(STARS, "", 2))
                .map(job -> job.job().uid())
                .containsExactly("a", "b");
        assertThat(history.live(STARS, "b", 2)).map(job -> job.job().uid()).containsExactly("d");
        assertThat(history.workspaces()).containsExactly(STARS);
    }

    /// A connection that is not returned would be missing in the pool.
    @Test
    void whatIsReadOftenReturnsItsConnections() {
        write(sample("a").at(1));

        for (int time = 0; time < 20; time++) {
            assertThat(history.workspaces()).containsExactly(STARS);
            assertThat(history.changes("a")).hasSize(1);
            assertThat(history.live(STARS, "", 1)).hasSize(1);
        }
    }

    // Pages

    private static QueryBuilder query() {
        return new QueryBuilder();
    }

    private static final class QueryBuilder {
        private Optional<JobName> name = Optional.empty();
        private Set<JobPhase> states = Set.of();
        private Set<JobReason> reasons = Set.of();
        private Optional<NodeName> node = Optional.empty();
        private Map<String, String> labels = Map.of();
        private Optional<String> submittedBy = Optional.empty();
        private Optional<Instant> since = Optional.empty();
        private Optional<Instant> until = Optional.empty();
        private Optional<String> text = Optional.empty();
        private int limit = 100;
        private Optional<String> cursor = Optional.empty();

        QueryBuilder name(String value) {
            name = Optional.of(new JobName(value));
            return this;
        }

        QueryBuilder states(JobPhase... values) {
            states = Set.of(values);
            return this;
        }

        QueryBuilder reasons(JobReason... values) {
            reasons = Set.of(values);
            return this;
        }

        QueryBuilder node(String value) {
            node = Optional.of(new NodeName(value));
            return this;
        }

        QueryBuilder labels(Map<String, String> values) {
            labels = values;
            return this;
        }

        QueryBuilder submittedBy(String value) {
            submittedBy = Optional.of(value);
            return this;
        }

        QueryBuilder between(Instant from, Instant to) {
            since = Optional.of(from);
            until = Optional.of(to);
            return this;
        }

        QueryBuilder text(String value) {
            text = Optional.of(value);
            return this;
        }

        QueryBuilder limit(int value) {
            limit = value;
            return this;
        }

        QueryBuilder cursor(Optional<String> value) {
            cursor = value;
            return this;
        }

        HistoryQuery build() {
            return new HistoryQuery(
                    new JobFilter(STARS, name, states, node, labels),
                    reasons,
                    submittedBy,
                    since,
                    until,
                    text,
                    limit,
                    cursor);
        }
    }

    private static List<String> uids(HistoryPage page) {
        return page.items().stream().map(job -> job.job().uid()).toList();
    }

    private List<String> allPages(QueryBuilder query) {
        List<String> uids = new ArrayList<>();
        Optional<String> cursor = Optional.empty();
        do {
            HistoryPage page = history.list(query.cursor(cursor).build());
            uids.addAll(uids(page));
            cursor = page.nextCursor();
        } while (cursor.isPresent());
        return uids;
    }

    @Test
    void eachFilterSelectsItsJobs() {
        write(
                sample("1").named("alpha").at(1),
                sample("2").named("beta").on("leonardo").createdAt(START.plusSeconds(1)).at(1),
                sample("3")
                        .named("alpha")
                        .by("eve")
                        .with(failed(FailureReason.OUT_OF_MEMORY))
                        .createdAt(START.plusSeconds(2))
                        .at(1),
                sample("4")
                        .named("gamma")
                        .labelled(Map.of("team", "A", "tier", "gold"))
                        .with(RUNNING)
                        .createdAt(START.plusSeconds(3))
                        .at(1),
                sample("5")
                        .named("delta")
                        .labelled(Map.of("team", "A", "tier", "100%_off!"))
                        .with(failed(FailureReason.TIME_LIMIT))
                        .createdAt(START.plusSeconds(4))
                        .at(1),
                sample("6").named("alpha").in(new Workspace("moons")).at(1));

        assertThat(uids(history.list(query().build()))).containsExactly("5", "4", "3", "2", "1");
        assertThat(uids(history.list(query().name("alpha").build()))).containsExactly("3", "1");
        assertThat(uids(history.list(query().node("leonardo").build()))).containsExactly("2");
        assertThat(uids(history.list(query().states(JobPhase.FAILED, JobPhase.RUNNING).build())))
                .containsExactly("5", "4", "3");
        assertThat(
                        uids(
                                history.list(
                                        query().reasons(
                                                        JobReason.OUT_OF_MEMORY,
                                                        JobReason.IN_HPC_QUEUE)
                                                .build())))
                .containsExactly("3", "2", "1");
        assertThat(uids(history.list(query().submittedBy("eve").build()))).containsExactly("3");
        assertThat(uids(history.list(query().labels(Map.of("team", "A")).build())))
                .containsExactly("5", "4");
        assertThat(uids(history.list(query().labels(Map.of("team", "A", "tier", "gold")).build())))
                .containsExactly("4");
        assertThat(
                        uids(
                                history.list(
                                        query().between(START.plusSeconds(1), START.plusSeconds(3))
                                                .build())))
                .containsExactly("3", "2");
        assertThat(uids(history.list(query().name("alpha").states(JobPhase.FAILED).build())))
                .containsExactly("3");
        assertThat(uids(history.list(query().text("TeaM").build()))).containsExactly("5", "4");
        assertThat(uids(history.list(query().text("amm").build()))).containsExactly("4");
        assertThat(uids(history.list(query().text("0%_o").build()))).containsExactly("5");
        assertThat(uids(history.list(query().text("0%_ff").build()))).isEmpty();
        assertThat(uids(history.list(query().text("team\na").build()))).isEmpty();
        assertThat(uids(history.list(query().text("\0").build()))).isEmpty();
    }

    @Test
    void pagesAreInOrderAndComplete() {
        List<String> expected = new ArrayList<>();
        List<Observation> all = new ArrayList<>();
        for (int job = 0; job < 45; job++) {
            String uid = "job%02d".formatted(job);
            expected.addFirst(uid);
            all.add(
                    sample(uid)
                            .with(job % 2 == 0 ? RUNNING : failed(FailureReason.EXIT_CODE))
                            .labelled(Map.of("team", "A"))
                            .createdAt(START.plusSeconds(job / 10))
                            .at(1));
        }
        history.write(all);

        assertThat(allPages(query().limit(7))).isEqualTo(expected);
        assertThat(allPages(query().limit(9).labels(Map.of("team", "A")))).isEqualTo(expected);
        assertThat(allPages(query().limit(4).states(JobPhase.FAILED, JobPhase.RUNNING)))
                .isEqualTo(expected);
        assertThat(allPages(query().limit(5).text("job-job"))).isEqualTo(expected);
        assertThat(allPages(query().limit(2).text("job-job12"))).containsExactly("job12");
        assertThat(allPages(query().limit(2).labels(Map.of("team", "A")).states(JobPhase.RUNNING)))
                .isEqualTo(expected.stream().filter(uid -> uid.matches(".*[02468]")).toList());
        assertThat(allPages(query().limit(45))).isEqualTo(expected);
        assertThat(allPages(query().limit(4).states(JobPhase.RUNNING)))
                .isEqualTo(expected.stream().filter(uid -> uid.matches(".*[02468]")).toList());
    }

    @Test
    void aPageEndsAfterWalkingManyRows() {
        List<Observation> all = new ArrayList<>();
        for (int job = 0; job < 10_050; job++) {
            all.add(
                    sample("job%05d".formatted(job))
                            .named(job == 3 ? "needle" : "straw")
                            .createdAt(START.plusSeconds(job))
                            .at(1));
        }
        history.write(all);

        HistoryPage first = history.list(query().text("needle").build());

        assertThat(first.items()).isEmpty();
        assertThat(first.nextCursor()).isPresent();
        assertThat(allPages(query().text("needle"))).containsExactly("job00003");
    }

    @Test
    void aCursorThatIsNotOneIsRefused() {
        for (String cursor :
                List.of(
                        "",
                        "x",
                        "%%%",
                        "AAAA",
                        encoded("1"),
                        encoded("1."),
                        encoded(".a"),
                        encoded("99999999999999999999.a"),
                        encoded("1.a\0"),
                        encoded("1.ä"))) {
            assertThatThrownBy(() -> history.list(query().cursor(Optional.of(cursor)).build()))
                    .as(cursor)
                    .isInstanceOf(GatewayException.CursorExpired.class);
        }
        assertThat(
                        history.list(
                                        query().cursor(
                                                        Optional.of(
                                                                encoded("-999999999999999999.a")))
                                                .build())
                                .items())
                .isEmpty();
    }

    @Test
    void aForgedCursorShowsNothingElse() {
        write(sample("a").at(1), sample("moon").in(new Workspace("moons")).at(1));
        for (String cursor :
                List.of(
                        "0.a",
                        "999999999999999999.'or'1'='1",
                        "999999999999999999.%",
                        "999999999999999999.moon",
                        "999999999999999999." + "z".repeat(100))) {
            assertThat(uids(history.list(query().cursor(Optional.of(encoded(cursor))).build())))
                    .as(cursor)
                    .isSubsetOf("a");
        }
        for (String cursor : List.of(encoded("1.a b"), encoded("1.a") + "=\0", "\ud800", "Ae4")) {
            assertThatThrownBy(() -> history.list(query().cursor(Optional.of(cursor)).build()))
                    .as(cursor)
                    .isInstanceOf(GatewayException.CursorExpired.class);
        }
    }

    @Test
    void hostileTextIsSearchedAsItIsWritten() {
        Map<String, String> labels =
                Map.of(
                        "percent", "a%b",
                        "underscore", "c_d",
                        "backslash", "e\\f",
                        "exclamation", "g!h",
                        "quote", "i'j",
                        "nul", "k\0l",
                        "surrogate", "m\ud800n");
        write(sample("a").labelled(labels).at(1), sample("b").at(1));

        for (String text : List.of("A%b", "c_D", "e\\f", "g!h", "i'j", "k\0l", "m\ud800n")) {
            assertThat(uids(history.list(query().text(text).build())))
                    .as(text)
                    .containsExactly("a");
        }
        for (String text :
                List.of(
                        "a_b",
                        "c%d",
                        "%b%",
                        "e\\\\f",
                        "g!!h",
                        "i''j",
                        "_",
                        "\n",
                        "x".repeat(1 << 20))) {
            assertThat(uids(history.list(query().text(text).build())))
                    .as(text.substring(0, 1))
                    .isSubsetOf(text.equals("_") ? List.of("a") : List.of());
        }
    }

    @Test
    void labelsOfAMegabyteAreStoredInPart() {
        String long1m = "x".repeat(1 << 20);

        write(sample("a").labelled(Map.of("key", long1m, long1m, "value")).at(1));

        assertThat(found("a").job().labels().get("key")).isNotNull().hasSizeLessThan(1_000);
        assertThat(uids(history.list(query().text("xxx").build()))).containsExactly("a");
    }

    @Test
    void clocksThatDisagreeMakeNoNegativeTimes() {
        Moment early = new Moment(START.minusSeconds(3_600), Precision.SECOND);
        Moment late = new Moment(START.plus(Duration.ofDays(3_650)), Precision.SECOND);
        write(
                sample("backwards")
                        .with(new JobState.Succeeded(Optional.of(late), Optional.of(early)))
                        .at(1),
                sample("before-its-creation")
                        .with(new JobState.Succeeded(Optional.of(early), Optional.of(early)))
                        .at(1),
                sample("in-the-future")
                        .createdAt(late.at())
                        .with(new JobState.Succeeded(Optional.of(late), Optional.of(late)))
                        .at(1));
        now.set(START.plusSeconds(60));

        assertThat(allPages(query().limit(1)))
                .containsExactly("in-the-future", "before-its-creation", "backwards");
        assertThat(found("backwards").job().state())
                .isEqualTo(new JobState.Succeeded(Optional.of(late), Optional.of(early)));
        List<NodeStatistics.Partition> partitions =
                history.statistics(VEGA, Duration.ofDays(1)).partitions();
        assertThat(partitions).hasSize(1);
        assertThat(partitions.getFirst().runTime().orElseThrow().longest()).isZero();
        assertThat(partitions.getFirst().queueWait().orElseThrow().median()).isZero();
        assertThat(due(10)).contains("in-the-future/train", "backwards/train");
    }

    private static String encoded(String text) {
        return java.util.Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(text.getBytes(UTF_8));
    }

    @Test
    void statisticsAreOfThePeriod() {
        for (int job = 0; job < 10; job++) {
            Instant created = START.plusSeconds(60).minusSeconds(job * 10L);
            write(
                    sample("ok" + job)
                            .createdAt(created)
                            .with(SUCCEEDED)
                            .reported(slurmJob("gpu"))
                            .at(1));
        }
        write(sample("oom").with(failed(FailureReason.OUT_OF_MEMORY)).at(1));
        write(sample("queued").at(1));
        write(sample("elsewhere").on("leonardo").with(SUCCEEDED).at(1));
        now.set(START.plus(Duration.ofHours(1)));

        NodeStatistics statistics = history.statistics(VEGA, Duration.ofDays(1));

        assertThat(statistics.succeeded()).isEqualTo(10);
        assertThat(statistics.failed()).isEqualTo(Map.of(FailureReason.OUT_OF_MEMORY, 1L));
        assertThat(statistics.partitions())
                .containsExactly(
                        new NodeStatistics.Partition(
                                Optional.of("gpu"),
                                10,
                                Optional.of(
                                        new NodeStatistics.Quantiles(
                                                Duration.ofSeconds(45),
                                                Duration.ofSeconds(81),
                                                Duration.ofSeconds(90))),
                                Optional.of(
                                        new NodeStatistics.Quantiles(
                                                Duration.ofSeconds(300),
                                                Duration.ofSeconds(300),
                                                Duration.ofSeconds(300)))),
                        new NodeStatistics.Partition(
                                Optional.empty(),
                                1,
                                Optional.of(
                                        new NodeStatistics.Quantiles(
                                                Duration.ofSeconds(60),
                                                Duration.ofSeconds(60),
                                                Duration.ofSeconds(60))),
                                Optional.of(
                                        new NodeStatistics.Quantiles(
                                                Duration.ofSeconds(100),
                                                Duration.ofSeconds(100),
                                                Duration.ofSeconds(100)))));
        assertThat(history.statistics(VEGA, Duration.ofMinutes(1)).partitions()).isEmpty();
    }

    // Logs

    private boolean store(String uid, String container, String text) {
        return store(uid, container, text, Completeness.COMPLETE, 10);
    }

    private boolean store(
            String uid, String container, String text, Completeness completeness, int chunk) {
        return archive.store(
                uid, log(container, text, completeness), chunks(text.getBytes(UTF_8), chunk));
    }

    private boolean storeAtEnd(String uid, String container, String text) {
        return archive.storeAtEnd(
                uid, log(container, text, Completeness.COMPLETE), chunks(text.getBytes(UTF_8), 10));
    }

    private ArchivedLog log(String container, String text, Completeness completeness) {
        int length = text.getBytes(UTF_8).length;
        return new ArchivedLog(
                container,
                completeness,
                completeness == Completeness.COMPLETE ? Optional.empty() : Optional.of("why"),
                length,
                length,
                length == 0 ? Optional.empty() : Optional.of("0".repeat(64)),
                now.get());
    }

    private static List<Chunk> chunks(byte[] bytes, int size) {
        List<Chunk> chunks = new ArrayList<>();
        long lines = 0;
        for (int start = 0; start < bytes.length; start += size) {
            byte[] part = Arrays.copyOfRange(bytes, start, Math.min(start + size, bytes.length));
            chunks.add(new Chunk(start, lines, part.length, gzip(part)));
            lines += IntStream.range(0, part.length).filter(index -> part[index] == '\n').count();
        }
        return chunks;
    }

    private static ByteBuffer gzip(byte[] bytes) {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(bytes);
        } catch (IOException failure) {
            throw new java.io.UncheckedIOException(failure);
        }
        return ByteBuffer.wrap(compressed.toByteArray()).asReadOnlyBuffer();
    }

    private String read(String uid, String container, long start) throws IOException {
        try (InputStream log = archive.read(uid, container, start)) {
            return new String(log.readAllBytes(), UTF_8);
        }
    }

    @Test
    void aLogIsReadFromAnyPosition() throws IOException {
        String text = "The first line\nand the second\n\nfourth, without an end";
        write(sample("a").with(SUCCEEDED).at(1));

        assertThat(store("a", "train", text)).isTrue();

        for (int start = 0; start <= text.length() + 3; start++) {
            assertThat(read("a", "train", start))
                    .isEqualTo(text.substring(Math.min(start, text.length())));
        }
        assertThat(read("a", "copy", 0)).isEmpty();
        assertThat(archive.find("a", "train")).contains(log("train", text, Completeness.COMPLETE));
        assertThat(found("a").logs()).containsExactly(log("train", text, Completeness.COMPLETE));
    }

    @Test
    void aShortenedLogIsReadFromAnyPosition() throws IOException {
        String text =
                new SamplePast(history, archive, STARS).shortened("a", "a line\n".repeat(500), 300);

        for (int start = 0; start <= text.length(); start++) {
            assertThat(read("a", SamplePast.CONTAINER, start)).isEqualTo(text.substring(start));
        }
        assertThat(read("a", SamplePast.CONTAINER, archive.tail("a", SamplePast.CONTAINER, 1)))
                .isEqualTo("a line\n");
    }

    @Test
    void theTailBeginsAtALine() {
        for (String text :
                List.of(
                        "",
                        "\n",
                        "one",
                        "one\n",
                        "one\ntwo\nthree\n",
                        "one\ntwo\n\nfour",
                        "\n\n\n",
                        "a line that is longer than a chunk\nend")) {
            String uid = UUID.randomUUID().toString();
            store(uid, "train", text);
            List<Integer> starts = new ArrayList<>();
            starts.add(text.length());
            for (int index = text.length() - 1; index >= 0; index--) {
                if (index == 0 || text.charAt(index - 1) == '\n') {
                    starts.add(index);
                }
            }

            for (int lines = 0; lines < starts.size() + 2; lines++) {
                long expected = starts.get(Math.min(lines, starts.size() - 1));
                assertThat(archive.tail(uid, "train", lines))
                        .as("%s lines of %s", lines, text)
                        .isEqualTo(expected);
            }
        }
    }

    @Test
    void aCompleteLogIsStoredOnce() throws IOException {
        write(sample("a").with(SUCCEEDED).at(1));
        assertThat(store("a", "train", "lost", Completeness.LOST, 100)).isTrue();
        assertThat(store("a", "train", "begin", Completeness.PARTIAL, 2)).isTrue();
        assertThat(store("a", "train", "beg", Completeness.PARTIAL, 2)).isFalse();
        assertThat(store("a", "train", "begin and", Completeness.PARTIAL, 2)).isTrue();
        assertThat(store("a", "train", "begin and end", Completeness.SHORTENED, 2)).isTrue();

        assertThat(store("a", "train", "other")).isFalse();

        assertThat(read("a", "train", 0)).isEqualTo("begin and end");
    }

    @Test
    void aLogMayBeStoredBeforeItsJob() throws IOException {
        store("a", "train", "text\n");
        store("a", "copy", "text\n");

        write(sample("a").with(SUCCEEDED).at(1));

        assertThat(found("a").logs()).map(ArchivedLog::container).containsExactly("train", "copy");
        assertThat(due(10)).isEmpty();
        assertThat(rows("job where logs_archived and log_due_since is null")).isEqualTo(1);
        assertThat(rows("job_log where workspace = 'stars'")).isEqualTo(2);
    }

    @Test
    void aLogThatIsReplacedWhileItIsReadEndsWithAnError() throws IOException {
        write(sample("a").removedAt(1));
        store("a", "train", "begin and no end", Completeness.PARTIAL, 5);

        try (InputStream log = archive.read("a", "train", 0)) {
            assertThat(log.readNBytes(5)).hasSize(5);
            history.remove(STARS, "a");

            assertThatThrownBy(log::readAllBytes)
                    .isInstanceOf(IOException.class)
                    .hasMessage("The archived log was removed or replaced.");
        }
    }

    @Test
    void aTransactionThatIsKilledLeavesNothing() {
        assertThatThrownBy(() ->
                        database.write(_ -> {
                            write(sample("a").with(SUCCEEDED).at(1));
                            store("a", "train", "a text of several chunks");
                            throw new IllegalStateException("killed");
                        }))
                .hasMessage("killed");

        assertThat(find("a")).isEmpty();
        assertThat(rows("job_change")).isZero();
        assertThat(rows("log_chunk")).isZero();
        assertThat(archive.find("a", "train")).isEmpty();
    }

    @Test
    void logsOfLiveJobsThatEndedAreDue() {
        write(
                sample("second").with(SUCCEEDED).at(9),
                sample("first").with(failed(FailureReason.EXIT_CODE)).at(2),
                sample("running").with(RUNNING).at(1),
                sample("gone").with(RUNNING).removedAt(30));

        assertThat(due(10))
                .containsExactly(
                        "first/train",
                        "first/copy",
                        "second/train",
                        "second/copy",
                        "gone/train",
                        "gone/copy");
        assertThat(due(1)).containsExactly("first/train");
        assertThat(archive.due(1, Set.of()).getFirst().job().job().definition())
                .contains(Sample.definition());

        store("gone", "train", "", Completeness.LOST, 10);
        store("gone", "copy", "x", Completeness.PARTIAL, 10);
        store("first", "train", "x");
        store("first", "copy", "x", Completeness.PARTIAL, 10);
        assertThat(archive.reserve("second", "train", Duration.ofMinutes(2))).isTrue();
        assertThat(due(10)).containsExactly("first/copy", "second/copy");

        store("first", "copy", "", Completeness.LOST, 10);
        store("first", "copy", "xy");
        write(sample("first").with(failed(FailureReason.EXIT_CODE)).at(11));
        store("second", "train", "x", Completeness.PARTIAL, 10);
        store("second", "copy", "x", Completeness.PARTIAL, 10);
        assertThat(due(10)).containsExactly("second/train", "second/copy");
        write(sample("second").with(SUCCEEDED).removedAt(12));
        assertThat(due(10)).isEmpty();
        assertThat(rows("job where log_due_since is not null")).isZero();
    }

    @Test
    void logsOfOtherNodesAreDueWhileOneIsBusy() {
        write(
                sample("first").with(SUCCEEDED).at(1),
                sample("second").on("leonardo").with(SUCCEEDED).at(2));

        assertThat(due(10, Set.of(VEGA))).containsExactly("second/train", "second/copy");
        assertThat(due(10, Set.of(VEGA, new NodeName("leonardo")))).isEmpty();
        assertThat(due(1, Set.of(new NodeName("other")))).containsExactly("first/train");
    }

    @Test
    void theLostLogOfALiveJobIsDueAgain() throws IOException {
        write(sample("a").with(RUNNING).at(1));
        store("a", "train", "", Completeness.LOST, 10);
        store("a", "copy", "", Completeness.LOST, 10);
        write(sample("a").with(SUCCEEDED).at(2));
        assertThat(due(10)).containsExactly("a/train", "a/copy");

        store("a", "train", "text\n");
        assertThat(read("a", "train", 0)).isEqualTo("text\n");
        assertThat(due(10)).containsExactly("a/copy");

        write(sample("a").with(SUCCEEDED).removedAt(3));
        assertThat(due(10)).isEmpty();
        assertThat(rows("job where logs_archived")).isEqualTo(1);
    }

    @Test
    void theLogOfAJobThatGoesOnIsArchivedAgainAtItsEnd() throws IOException {
        write(sample("a").with(SUCCEEDED).at(1));
        store("a", "train", "begin\n");
        store("a", "copy", "begin\n");
        assertThat(rows("job where logs_archived")).isEqualTo(1);

        write(sample("a").with(RUNNING).at(2));

        assertThat(rows("job where logs_archived")).isZero();
        assertThat(archive.find("a", "train").orElseThrow())
                .returns(Completeness.PARTIAL, ArchivedLog::completeness)
                .returns(true, log -> log.note().isPresent());
        assertThat(due(10)).isEmpty();
        write(sample("a").with(SUCCEEDED).at(3));
        assertThat(due(10)).containsExactly("a/train", "a/copy");
        store("a", "train", "begin\nend\n");
        assertThat(read("a", "train", 0)).isEqualTo("begin\nend\n");
        write(sample("a").with(SUCCEEDED).removedAt(4));
        assertThat(rows("job where logs_archived")).isEqualTo(1);
    }

    @Test
    void theLogOfAJobThatGoesOnWhileItIsReadIsArchivedAgainAtItsEnd() throws IOException {
        write(sample("a").with(SUCCEEDED).at(1));
        write(sample("a").with(RUNNING).at(2));

        storeAtEnd("a", "train", "begin\n");
        storeAtEnd("a", "copy", "begin\n");

        assertThat(rows("job where logs_archived")).isZero();
        assertThat(archive.find("a", "train").orElseThrow())
                .returns(Completeness.PARTIAL, ArchivedLog::completeness);
        write(sample("a").with(SUCCEEDED).at(3));
        assertThat(due(10)).containsExactly("a/train", "a/copy");
        storeAtEnd("a", "train", "begin\nend\n");
        storeAtEnd("a", "copy", "begin\nend\n");
        assertThat(read("a", "train", 0)).isEqualTo("begin\nend\n");
        assertThat(archive.find("a", "train").orElseThrow())
                .returns(Completeness.COMPLETE, ArchivedLog::completeness);
        assertThat(rows("job where logs_archived")).isEqualTo(1);
    }

    @Test
    void aLogThatIsArchivedBeforeTheEndIsObservedStaysComplete() {
        write(sample("a").at(1));
        store("a", "train", "all\n");
        store("a", "copy", "all\n");

        write(
                sample("a").with(RUNNING).at(2),
                sample("a").with(SUCCEEDED).at(3),
                sample("a").with(SUCCEEDED).removedAt(4));

        assertThat(archive.find("a", "train").orElseThrow().completeness())
                .isEqualTo(Completeness.COMPLETE);
        assertThat(rows("job where logs_archived")).isEqualTo(1);
    }

    @Test
    void theLogOfAJobThatWentOnBetweenTwoReportsOfItsEndIsArchivedAgain() {
        write(sample("a").with(SUCCEEDED).at(1));
        store("a", "train", "begin\n");
        store("a", "copy", "begin\n");

        write(
                sample("a").with(RUNNING).at(2),
                sample("a").with(failed(FailureReason.TIME_LIMIT)).at(3));

        assertThat(due(10)).containsExactly("a/train", "a/copy");
    }

    private List<String> due(int most) {
        return due(most, Set.of());
    }

    private List<String> due(int most, Set<NodeName> except) {
        return archive.due(most, except).stream()
                .map((Due due) -> due.job().job().uid() + "/" + due.container())
                .toList();
    }

    @Test
    void aReservationHoldsOthersOff() {
        SqlLogArchive other = new SqlLogArchive(database);

        assertThat(archive.reserve("a", "train", Duration.ofMinutes(2))).isTrue();
        assertThat(other.reserve("a", "train", Duration.ofMinutes(2))).isFalse();
        assertThat(other.reserve("a", "copy", Duration.ofMinutes(2))).isTrue();
        assertThat(archive.reserve("a", "train", Duration.ZERO)).isTrue();
        assertThat(other.reserve("a", "train", Duration.ofMinutes(2))).isTrue();
        assertThat(archive.reserve("a", "train", Duration.ofMinutes(2))).isFalse();

        store("a", "train", "x");
        assertThat(other.reserve("a", "train", Duration.ofMinutes(2))).isFalse();
    }

    @Test
    void aReservationIsTakenByOne() throws Exception {
        try (ExecutorService replicas = Executors.newFixedThreadPool(6)) {
            List<Future<Boolean>> taken = new ArrayList<>();
            for (int replica = 0; replica < 6; replica++) {
                SqlLogArchive own = new SqlLogArchive(database);
                taken.add(replicas.submit(() -> own.reserve("a", "train", Duration.ofMinutes(2))));
            }
            int successes = 0;
            for (Future<Boolean> one : taken) {
                successes += one.get() ? 1 : 0;
            }
            assertThat(successes).isEqualTo(1);
        }
    }

    @Test
    void whatADefinitionShowsOfMlflowIsKnownAtOnce() {
        PodManifest definition =
                new PodManifest(
                        Map.of(
                                "spec",
                                Map.of(
                                        "containers",
                                        List.of(
                                                Map.of(
                                                        "name",
                                                        "train",
                                                        "env",
                                                        List.of(
                                                                Map.of(
                                                                        "name",
                                                                        "MLFLOW_TRACKING_URI",
                                                                        "value",
                                                                        "https://m.example.org"),
                                                                Map.of(
                                                                        "name",
                                                                        "MLFLOW_EXPERIMENT_NAME",
                                                                        "value",
                                                                        "e\0")))))));
        write(
                new Observation(
                        1,
                        START,
                        sample("a").job(),
                        Presence.LIVE,
                        () -> new Origin(definition, HistoryJobs.POD)));
        MlflowLink shown =
                new MlflowLink(
                        Optional.of("https://m.example.org"),
                        Optional.of("e\ufffd"),
                        Optional.empty());
        assertThat(found("a").mlflow()).isEqualTo(shown);

        archive.link("a", new MlflowLink(Optional.empty(), Optional.of("17"), Optional.of("run")));

        assertThat(found("a").mlflow())
                .isEqualTo(
                        new MlflowLink(shown.trackingUri(), Optional.of("17"), Optional.of("run")));
    }

    @Test
    void theContainersOfAJobWithoutDefinitionAreThoseThatEnded() {
        write(
                new Observation(
                        1,
                        START,
                        sample("a").with(SUCCEEDED).job(),
                        Presence.LIVE,
                        () -> {
                            throw new IllegalStateException("damaged");
                        }));

        assertThat(due(10)).containsExactly("a/train");
    }

    @Test
    void whatIsKnownOfMlflowIsNotForgotten() {
        write(sample("a").at(1));
        archive.link(
                "a",
                new MlflowLink(
                        Optional.of("https://m.example.org"),
                        Optional.of("e\0"),
                        Optional.empty()));
        archive.link("a", new MlflowLink(Optional.empty(), Optional.empty(), Optional.of("r")));
        write(sample("a").with(RUNNING).at(2));

        assertThat(found("a").mlflow())
                .isEqualTo(
                        new MlflowLink(
                                Optional.of("https://m.example.org"),
                                Optional.of("e\ufffd"),
                                Optional.of("r")));
    }

    // Retention

    private HistoryProperties properties(Optional<DataSize> limit) {
        return new HistoryProperties(
                null,
                null,
                Duration.ofDays(180),
                new HistoryProperties.LogSettings(Duration.ofDays(30), DataSize.ofMegabytes(20)),
                limit.orElse(null),
                null,
                Map.of());
    }

    private void removeOld(Optional<DataSize> limit) {
        new Retention(database, properties(limit), clock).remove();
    }

    @Test
    void logsAndThenJobsAreRemovedWhenTheirTimeIsOver() throws IOException {
        List<Observation> all = new ArrayList<>();
        for (int job = 0; job < 450; job++) {
            all.add(sample("job" + job).with(SUCCEEDED).removedAt(1));
        }
        history.write(all);
        write(sample("live").with(SUCCEEDED).at(1));
        for (int job = 0; job < 45; job++) {
            store("job" + job, "train", "text\n");
        }
        store("never-stored", "train", "text\n");
        now.set(START.plus(Duration.ofDays(29)));
        store("live", "train", "text\n");
        removeOld(Optional.empty());
        assertThat(rows("log_chunk")).isEqualTo(47);

        now.set(START.plus(Duration.ofDays(31)));
        removeOld(Optional.empty());

        assertThat(rows("log_chunk")).isEqualTo(1);
        assertThat(archive.find("job0", "train").orElseThrow().completeness())
                .isEqualTo(Completeness.EXPIRED);
        assertThat(read("job0", "train", 0)).isEmpty();
        assertThat(store("job0", "train", "again")).isFalse();
        assertThat(archive.find("never-stored", "train")).isEmpty();
        assertThat(rows("job")).isEqualTo(451);

        now.set(START.plus(Duration.ofDays(181)));
        removeOld(Optional.empty());

        assertThat(uids(history.list(query().build()))).containsExactly("live");
        assertThat(rows("job_change")).isEqualTo(1);
        assertThat(rows("job_log")).isEqualTo(1);
    }

    @Test
    void theOldestLogsOfAFullWorkspaceAreRemoved() {
        Workspace moons = new Workspace("moons");
        write(sample("moon").in(moons).with(SUCCEEDED).at(1));
        store("moon", "train", "text\n");
        List<Observation> all = new ArrayList<>();
        for (int job = 0; job < 50; job++) {
            all.add(sample("job" + job).with(SUCCEEDED).at(1));
        }
        history.write(all);
        for (int job = 0; job < 50; job++) {
            now.set(START.plusSeconds(job));
            store("job" + job, "train", "text\n");
        }
        long one = rows("job_log where workspace = 'moons' and stored_bytes > 0");
        long bytes = gzip("text\n".getBytes(UTF_8)).remaining();

        removeOld(Optional.of(DataSize.ofBytes(bytes * 10 + 1)));

        assertThat(one).isEqualTo(1);
        assertThat(rows("log_chunk")).isEqualTo(11);
        assertThat(archive.find("job39", "train").orElseThrow())
                .returns(Completeness.EXPIRED, ArchivedLog::completeness)
                .returns(
                        Optional.of(
                                "The log was removed because the workspace's logs were larger than"
                                        + " gateway.history.workspace-size."),
                        ArchivedLog::note);
        assertThat(archive.find("job40", "train").orElseThrow().completeness())
                .isEqualTo(Completeness.COMPLETE);
        assertThat(archive.find("moon", "train").orElseThrow().completeness())
                .isEqualTo(Completeness.COMPLETE);
    }

    @Test
    void aBatchEndsAfterManyBytes() {
        for (int job = 0; job < 5; job++) {
            write(sample("job" + job).with(SUCCEEDED).removedAt(1));
            store("job" + job, "train", "text\n");
        }
        now.set(START.plus(Duration.ofDays(181)));
        Retention retention = new Retention(database, properties(Optional.empty()), clock);

        setSizes(9_000_000);
        assertThat(retention.removeLogs()).isEqualTo(2);
        setSizes(9_000_000);
        assertThat(retention.removeJobs()).isEqualTo(2);
        setSizes(90_000_000);
        assertThat(retention.removeJobs()).isEqualTo(1);
        retention.remove();

        assertThat(rows("log_chunk")).isZero();
        assertThat(rows("job")).isZero();
    }

    private void setSizes(long bytes) {
        database.write(session ->
                session.client()
                        .sql("update job_log set stored_bytes = :bytes")
                        .param("bytes", bytes)
                        .update());
    }

    @Test
    void aPartOfTheLogOfAJobThatStillExistsIsNotRemoved() throws IOException {
        write(sample("a").with(RUNNING).at(1));
        store("a", "train", "begin\n", Completeness.PARTIAL, 10);
        now.set(START.plus(Duration.ofDays(31)));

        removeOld(Optional.of(DataSize.ofBytes(1)));

        assertThat(read("a", "train", 0)).isEqualTo("begin\n");
        write(sample("a").with(SUCCEEDED).at(2));
        assertThat(due(10)).contains("a/train");
        write(sample("a").with(SUCCEEDED).removedAt(3));
        removeOld(Optional.empty());
        assertThat(archive.find("a", "train").orElseThrow().completeness())
                .isEqualTo(Completeness.EXPIRED);
    }

    @Test
    void aLostLogOfAJobThatWasNeverStoredIsForgotten() {
        write(sample("a").with(SUCCEEDED).at(1));
        store("a", "train", "", Completeness.LOST, 10);
        store("never-stored", "train", "", Completeness.LOST, 10);
        now.set(START.plus(Duration.ofDays(29)));
        removeOld(Optional.empty());
        assertThat(rows("job_log")).isEqualTo(2);

        now.set(START.plus(Duration.ofDays(31)));
        removeOld(Optional.empty());

        assertThat(archive.find("never-stored", "train")).isEmpty();
        assertThat(archive.find("a", "train")).isPresent();
    }

    @Test
    void oneReplicaRemovesAtATime() {
        write(sample("a").with(SUCCEEDED).removedAt(1));
        now.set(START.plus(Duration.ofDays(181)));
        database.write(session ->
                Lease.take(
                        session,
                        "lease",
                        Map.of("name", "retention"),
                        "another",
                        Duration.ofMinutes(5)));

        removeOld(Optional.empty());
        assertThat(find("a")).isPresent();

        database.write(session ->
                Lease.take(
                        session, "lease", Map.of("name", "retention"), "another", Duration.ZERO));
        removeOld(Optional.empty());
        assertThat(find("a")).isEmpty();
    }
}
