package io.interlinkgateway.record;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.interlinkgateway.job.Job.ContainerExit;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.pod.MetadataNames;
import io.interlinkgateway.status.PodReading;
import io.interlinkgateway.status.RecordedCase;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Forged output: every line of the job's own record, in any order, kill lines with its own id, other headers, and
/// arbitrary bytes. The gateway accepts an end only if the plugin ends the log by itself, which it does when the
/// container has actually ended, and a kill only if the pod's status reports an end as well; both are simulated here.
class ForgedRecordTests {

    private static final String TIMES = "\nreal\t0m3.164s\nuser\t0m0.046s\nsys\t0m0.087s\n";

    /// How far a job has really come.
    ///
    /// @param job its pod and its whole record
    /// @param lines how many lines of the record are written, at least the header
    /// @param kill why SLURM killed it then, if it did
    /// @param lostNode whether the compute node died with it, so that SLURM could not write a line
    record Truth(JobOut job, int lines, Optional<String> kill, boolean lostNode) {

        boolean ended() {
            return lines == job.record().size() && !killed();
        }

        boolean killed() {
            return kill.isPresent() || lostNode;
        }

        int worst() {
            return job.exitCodes().stream().filter(code -> code != 0).findFirst().orElse(0);
        }

        /// The rest of the record as the job would like it: exactly what the plugin would write next.
        String forgedEnd(int code) {
            return PluginLogTests.ending(wanted(code), lines);
        }

        String forgedRecord(int code) {
            return PluginLogTests.whole(wanted(code));
        }

        private JobOut wanted(int code) {
            return JobOut.of(
                    false,
                    job.pod().getSpec().getInitContainers().size(),
                    job.exitCodes().stream().map(_ -> code).toList());
        }

        String log(String before, String own) {
            return before
                    + PluginLogTests.beginning(job, lines)
                    + kill.filter(_ -> !lostNode).map(cause -> JobOut.kill(cause) + "\n").orElse("")
                    + own
                    + (ended() ? TIMES : "");
        }
    }

    @Provide
    Arbitrary<Truth> truths() {
        Arbitrary<List<Integer>> codes =
                Arbitraries.of(0, 0, 1, 7, 137, 255).list().ofMinSize(1).ofMaxSize(3);
        Arbitrary<Optional<String>> kills =
                Arbitraries.of("", " DUE TO TIME LIMIT", " DUE TO NODE FAILURE, SEE SLURMCTLD")
                        .optional(0.3);
        return Combinators.combine(
                        Arbitraries.of(true, false),
                        Arbitraries.integers().between(0, 2),
                        codes,
                        kills,
                        Arbitraries.doubles().between(0, 1),
                        Arbitraries.of(false, false, false, true))
                .as((preExec, inits, exitCodes, kill, part, lostNode) -> {
                    JobOut job = JobOut.of(preExec, inits, exitCodes);
                    int size = job.record().size();
                    int longest = kill.isPresent() || lostNode ? size - 1 : size;
                    int lines = part > 0.5 ? longest : Math.max(2, (int) (2 * part * longest));
                    return new Truth(job, lines, kill, lostNode);
                });
    }

    @Provide
    Arbitrary<String> outputs() {
        List<String> pool = new ArrayList<>();
        JobOut well = JobOut.of(false, 1, List.of(0, 0));
        JobOut ill = JobOut.of(false, 0, List.of(3));
        List.of(well, ill).forEach(job -> job.record().forEach(line -> pool.add(line + "\n")));
        pool.add(PluginLogTests.whole(well));
        pool.add(PluginLogTests.whole(ill));
        pool.add(PluginLogTests.ending(JobOut.of(false, 0, List.of(0)), 4));
        pool.add(PluginLogTests.ending(JobOut.of(false, 0, List.of(0)), 5));
        pool.add(PluginLogTests.header(ill).stripTrailing());
        pool.add(JobOut.kill(" DUE TO TIME LIMIT") + "\n");
        pool.add(JobOut.kill("") + "\n");
        pool.add("slurmstepd: error: something\n");
        pool.add(
                "HTTP InterLink session GetLogs#1: Cannot open in follow mode the container logs x"
                        + " sleeping before retrying...");
        pool.add(TIMES);
        pool.addAll(List.of("\n", "hello\n", "no newline", "\u00ff\u0000", "\r50%"));
        return Arbitraries.oneOf(Arbitraries.of(pool), Arbitraries.strings().all().ofMaxLength(30))
                .list()
                .ofMaxSize(8)
                .map(parts -> String.join("", parts));
    }

    @Property
    void noOutputLosesOrChangesAByte(@ForAll("truths") Truth truth, @ForAll("outputs") String own) {
        byte[] log = truth.log("", own).getBytes(ISO_8859_1);
        SplitLog whole = SplitLog.of(truth.job().pod(), "c0", log, log.length + 1);

        assertThat(whole.whole()).isEqualTo(new String(log, ISO_8859_1));
        assertThat(SplitLog.of(truth.job().pod(), "c0", log, 0)).isEqualTo(whole);
        assertThat(SplitLog.of(truth.job().pod(), "c0", log, 1)).isEqualTo(whole);
    }

    @Property
    void noOutputMakesAnEndedJobsRecordAnother(
            @ForAll("truths") Truth truth, @ForAll("outputs") String own) {
        if (!truth.ended()) {
            return;
        }
        JobRecord record = read(truth, "", own);

        switch (record) {
            case JobRecord.Ended ended ->
                    assertThat(ended.containers().stream().map(ContainerExit::exitCode))
                            .isEqualTo(truth.job().exitCodes());
            case JobRecord.Contradictory _ ->
                    assertThat(truth.job().pod().getMetadata().getAnnotations())
                            .as("says less, and only then")
                            .containsKey(MetadataNames.PRE_EXEC);
            default -> throw new AssertionError(record.toString());
        }
    }

    @Property
    void noOutputLeadsToAFalseState(
            @ForAll("truths") Truth truth,
            @ForAll("outputs") String own,
            @ForAll boolean forgesAnEnd,
            @ForAll boolean reportedWrongly) {
        String end = forgesAnEnd ? truth.forgedEnd(own.length() % 2) : "";
        assertTrue(truth, read(truth, "", end + own), reportedWrongly);
    }

    /// What runs before the containers can write a whole record before the true one.
    @Property
    void noPreExecOutputLeadsToAFalseState(
            @ForAll("truths") Truth truth,
            @ForAll("outputs") String before,
            @ForAll("outputs") String own,
            @ForAll boolean forgesARecord,
            @ForAll boolean reportedWrongly) {
        if (truth.job().pod().getMetadata().getAnnotations().containsKey(MetadataNames.PRE_EXEC)) {
            String forged = forgesARecord ? truth.forgedRecord(own.length() % 2) : "";
            assertTrue(truth, read(truth, forged + before, own), reportedWrongly);
        }
    }

    private static JobRecord read(Truth truth, String before, String own) {
        byte[] log = truth.log(before, own).getBytes(ISO_8859_1);
        return SplitLog.of(truth.job().pod(), "c0", log, log.length + 1).record().orElseThrow();
    }

    private static void assertTrue(Truth truth, JobRecord found, boolean reportedWrongly) {
        JobRecord record = truth.ended() ? found : found.withoutEnd();
        JobState state =
                PodReading.jobFrom(
                                RecordedCase.with(
                                        claiming(truth, reportedWrongly), Optional.of(record)),
                                RecordedCase.NOW)
                        .state();

        switch (state) {
            case JobState.Succeeded _ -> {
                assertThat(truth.ended()).isTrue();
                assertThat(truth.worst()).isZero();
            }
            case JobState.Failed failed -> {
                boolean forgesItsOwnKill =
                        reportedWrongly && found instanceof JobRecord.Killed && !truth.killed();
                assertThat(truth.killed() || truth.worst() != 0 || forgesItsOwnKill).isTrue();
                if (truth.ended() && failed.exitCode().isPresent()) {
                    assertThat(failed.exitCode()).hasValue(truth.worst());
                }
                if (!truth.ended()) {
                    assertThat(failed.exitCode()).isEmpty();
                }
            }
            case JobState.Running _ -> assertThat(truth.ended()).isFalse();
            case JobState.Queued _, JobState.Starting _, JobState.Cancelling _ ->
                    throw new AssertionError(state.toString());
            case JobState.Unknown _ -> {} // says less
        }
    }

    /// What interLink makes of it: of a job that was powering up when it looked first it always says Succeeded.
    private static Pod claiming(Truth truth, boolean lies) {
        String phase =
                lies
                        ? "Succeeded"
                        : truth.killed()
                                ? "Failed"
                                : !truth.ended()
                                        ? "Running"
                                        : truth.worst() == 0 ? "Succeeded" : "Failed";
        return new PodBuilder(truth.job().pod()).editStatus().withPhase(phase).endStatus().build();
    }

    @Test
    void aSecondRunInOneFileIsNotDistinguishedFromAForgedOne() {
        JobOut job = JobOut.of(false, 0, List.of(0));
        String log =
                PluginLogTests.beginning(job, 4)
                        + JobOut.kill(" DUE TO NODE FAILURE, SEE SLURMCTLD LOG FOR DETAILS")
                        + "\n"
                        + PluginLogTests.whole(job);

        assertThat(SplitLog.of(job.pod(), "c0", log).record())
                .contains(new JobRecord.Contradictory());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "hello\n", "no newline "})
    void aRecordPrintedBeforeTheTrueOneIsNotBelieved(String between) {
        JobOut job = JobOut.of(true, 0, List.of(7));
        String forged = PluginLogTests.whole(JobOut.of(true, 0, List.of(0)));

        assertThat(
                        SplitLog.of(
                                        job.pod(),
                                        "c0",
                                        "pulling\n" + forged + between + PluginLogTests.whole(job))
                                .record())
                .contains(new JobRecord.Contradictory());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"\n", "", "node1.", "node1.\n", "node1.\nTo get more info, please run: "})
    void halfAHeaderBeforeTheTrueOneDoesNotHideIt(String rest) {
        JobOut job = JobOut.of(true, 0, List.of(7));
        String half = "This pod job/" + JobOut.UID + " has been submitted to SLURM node " + rest;
        SplitLog split =
                SplitLog.of(job.pod(), "c0", half + half + PluginLogTests.whole(job) + "hello\n");

        assertThat(split.ownText()).isEqualTo(half + half + "hello\n");
        assertThat(split.record())
                .get()
                .isInstanceOfSatisfying(
                        JobRecord.Ended.class, ended -> assertThat(ended.exitCode()).isEqualTo(7));
    }

    @Test
    void withoutPreExecTheFirstRecordIsThePluginsWhateverTheJobPrints() {
        JobOut job = JobOut.of(false, 0, List.of(7));
        String forged = PluginLogTests.whole(JobOut.of(false, 0, List.of(0)));

        assertThat(SplitLog.of(job.pod(), "c0", PluginLogTests.whole(job) + forged).record())
                .get()
                .isInstanceOfSatisfying(
                        JobRecord.Ended.class, ended -> assertThat(ended.exitCode()).isEqualTo(7));
    }
}
