package io.interlinkgateway.record;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.record.JobRecord.KillCause;
import io.interlinkgateway.status.PodReading;
import io.interlinkgateway.status.RecordedCase;
import io.interlinkgateway.status.Recordings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

@Execution(ExecutionMode.CONCURRENT)
class PluginLogTests {

    private static final String TIMES = "\nreal\t0m3.164s\nuser\t0m0.046s\nsys\t0m0.087s\n";

    private static final JobOut JOB = JobOut.of(false, 0, List.of(0));

    static Stream<Arguments> logs() {
        return RecordedCase.all().stream()
                .flatMap(recorded ->
                        recorded.logs().keySet().stream()
                                .map(container -> Arguments.of(recorded, container)));
    }

    @ParameterizedTest
    @MethodSource("logs")
    void everyByteComesOnceAndInOrderHoweverTheLogIsCut(RecordedCase recorded, String container) {
        byte[] log = recorded.log(container).getBytes(UTF_8);
        SplitLog whole = SplitLog.of(recorded.last(), container, log, log.length + 1);

        assertThat(whole.whole()).isEqualTo(new String(log, ISO_8859_1));
        for (int chunk : List.of(0, 1, 2, 3, 7, 64, 1000)) {
            assertThat(SplitLog.of(recorded.last(), container, log, chunk)).isEqualTo(whole);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    succeeds             | c       | out\\nerr\\n
                    exit-7               | c       | boom\\n
                    timeout              | c       | start
                    out-of-memory        | c       | start
                    node-fail-requeue    | c       | start\\nstart\\nend\\n
                    pre-exec-fails       | c       | pulling
                    pre-exec-output      | c       | from pre-exec\\nmain\\n
                    newline-flags        | c       | /var/spool/slurmd/node1/job00009/slurm_script: line 5: b: command not found\\nhi\\n
                    args-special         | c       | /root\\n$HOME\\na  b\\n"dq"\\nback\\\\slash\\nunié\\nmulti\\nline\\n
                    run-entrypoint       | c       | There is no runscript defined for this container\\\\n\\n
                    init-and-two         | c       | main\\nmain end\\n
                    init-and-two         | side    | side\\n
                    init-and-two         | prepare | ''
                    scancelled-pending   | c       | ''
                    """)
    void theOwnBytesAreWhatTheJobPrinted(String recording, String container, String own) {
        RecordedCase recorded = RecordedCase.of(recording);

        assertThat(SplitLog.of(recorded.last(), container, recorded.log(container)).ownText())
                .isEqualTo(own.replaceAll("(?<!\\\\)\\\\n", "\n").replace("\\\\", "\\"));
    }

    @Test
    void theLastLinesEndIsTheTimesWhereTheJobPrintedNone() {
        RecordedCase recorded = RecordedCase.of("logs-follow");

        assertThat(SplitLog.of(recorded.last(), "c", recorded.log("c")).ownText())
                .endsWith("line 20\nno newline at end");
    }

    @Test
    void theOwnBytesStayTheSameHoweverFarTheRecordHasGrown() {
        List<String> snapshots = new ArrayList<>();
        Recordings.read("follow-from-submission")
                .required("snapshots")
                .valueStream()
                .map(snapshot -> snapshot.get(2).stringValue())
                .forEach(snapshots::add);
        assertThat(snapshots).hasSize(9);
        assertGrowing("logs-follow", snapshots);
        assertGrowing(
                "configuring-node",
                Recordings.read("configuring-node.steps")
                        .valueStream()
                        .map(step -> step.get(3).stringValue())
                        .toList());
    }

    private static void assertGrowing(String recording, List<String> snapshots) {
        String before = "";
        for (String snapshot : snapshots) {
            String own = SplitLog.of(RecordedCase.of(recording).last(), "c", snapshot).own();
            assertThat(own).startsWith(before);
            before = own;
        }
        assertThat(before).isNotEmpty();
    }

    @Test
    void aFollowFromBeforeTheStartHasExcusesAndNoRecord() {
        String followed =
                lines(Recordings.read("follow-from-submission"), "follow_from_submission");
        String excuse = followed.substring(0, followed.indexOf("line 1"));
        SplitLog split =
                SplitLog.of(RecordedCase.of("logs-follow").last(), "c", excuse + excuse + followed);

        assertThat(split.ownText()).startsWith("line 1\nline 2\n").endsWith("no newline at end");
        assertThat(split.record()).contains(new JobRecord.NoHeader());
    }

    @Test
    void aFollowFromTheMiddleKnowsTheStartAndNotTheEnd() {
        String followed = lines(Recordings.read("follow-while-running"), "follow_while_running");
        SplitLog split = SplitLog.of(RecordedCase.of("logs-follow-running").last(), "c", followed);

        assertThat(split.ownText()).startsWith("line 1\nline 2\n").endsWith("no newline at end");
        assertThat(split.record()).get().isInstanceOf(JobRecord.Started.class);
    }

    private static String lines(JsonNode recording, String field) {
        return recording
                .required(field)
                .valueStream()
                .map(line -> line.get(1).stringValue())
                .filter(text -> !text.equals("<EOF>"))
                .collect(Collectors.joining());
    }

    /// What a gateway would have read at any moment: never a word that turns out wrong.
    @ParameterizedTest
    @MethodSource("logs")
    void noPrefixOfALogShowsMoreThanTheWholeLog(RecordedCase recorded, String container) {
        String log = new String(recorded.log(container).getBytes(UTF_8), ISO_8859_1);
        SplitLog whole = split(recorded, container, log);
        for (int length = 0; length < log.length(); length++) {
            if (length % 11 != 0 && log.indexOf('\n', Math.max(0, length - 2)) > length + 2) {
                continue; // each place around a line's end, and some others
            }
            SplitLog part = split(recorded, container, log.substring(0, length));
            switch (part.record().orElse(null)) {
                case JobRecord.Ended ended ->
                        assertThat(whole.record())
                                .map(JobRecord.Ended.class::cast)
                                .hasValueSatisfying(last -> {
                                    assertThat(last.containers()).isEqualTo(ended.containers());
                                    assertThat(last.exitCode()).isEqualTo(ended.exitCode());
                                });
                case JobRecord.Killed killed -> {
                    JobRecord.Killed last = (JobRecord.Killed) whole.record().orElseThrow();
                    assertThat(last.cause()).isEqualTo(killed.cause());
                }
                case JobRecord.Started _ ->
                        assertThat(whole.record())
                                .hasValueSatisfying(record ->
                                        assertThat(record)
                                                .isNotInstanceOf(JobRecord.NoHeader.class));
                case JobRecord.NoHeader _, JobRecord.Empty _ -> {}
                case JobRecord.Contradictory _, JobRecord.OtherPlugin _ ->
                        throw new AssertionError(part.record().toString());
                case null -> assertThat(length).isZero();
            }
        }
    }

    private static SplitLog split(RecordedCase recorded, String container, String log) {
        return SplitLog.of(recorded.last(), container, log.getBytes(ISO_8859_1), log.length() + 1);
    }

    @Test
    void aLogWithoutRecordIsAllTheJobs() {
        String log = "hello\n" + TIMES;

        SplitLog split = SplitLog.of(JOB.pod(), "c0", log);

        assertThat(split.ownText()).isEqualTo(log);
        assertThat(split.record()).contains(new JobRecord.NoHeader());
    }

    @Test
    void anEmptyLogIsNoEvidence() {
        assertThat(SplitLog.of(JOB.pod(), "c0", "").record()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\u0000\u001b[31mred\r 50%|####     |\r100%|#########|\n",
                "no newline at end",
                "\n\n\n",
                "\nreal\t0m1.000s\nuser\t0m0.500s\nsys\t0m0.100s\n",
                "\nreal\t0m1.000s\nuser\t0m0.500s\nsys\t0m0.100s\nmore\n",
                "\nreal\t0m1.000s\nreal\t0m1.000s\n",
                "\nreal\tlife\n",
                "HTTP InterLink session GetLogs#1: Cannot open\n",
                "2026-11-23T23:53:58+00:00 INFO my own line\n",
                "slurmstepd is a program\n",
                "[2026-11-23T23:53:58.123] error: my own line\n",
                "/bin/sh: my own line\n",
                "This pod is a whale\n",
                "",
            })
    void whatTheJobPrintsComesAsItIs(String own) {
        for (String times : List.of(TIMES, "\nreal\t61m0,5s\nuser\t0m0,046s\nsys\t0m0,087s\n")) {
            assertThat(SplitLog.of(JOB.pod(), "c0", whole(JOB) + own + times).ownText())
                    .isEqualTo(own);
        }
    }

    @Test
    void bytesThatAreNoTextComeAsTheyAre() {
        String bytes =
                Stream.iterate(0, number -> number + 1)
                        .limit(70_000)
                        .map(number -> String.valueOf((char) (number * 7 % 256)))
                        .collect(Collectors.joining());
        byte[] log = (whole(JOB) + bytes + TIMES).getBytes(ISO_8859_1);

        assertThat(SplitLog.of(JOB.pod(), "c0", log, 1000).own()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "2026-11-23T23:53:58+00:00 ",
                "slurmstepd",
                "/",
                "[2026",
                "HTTP InterLink session GetLogs#1: Cannot open in follow mode the container logs ",
                "This pod job/" + JobOut.UID + " has been submitted to SLURM node ",
                "\nreal\t"
            })
    void aLineOfMegabytesIsNotKept(String beginning) {
        String own = beginning + "x".repeat(3_000_000);
        List<Integer> held = new ArrayList<>();
        PluginLog reader = PluginLog.of(PodReading.logContextOf(JOB.pod()), "c0");
        byte[] log = (header(JOB) + own).getBytes(UTF_8);
        for (int at = 0; at < log.length; at += 4096) {
            reader.read(log, at, Math.min(log.length, at + 4096), new Nowhere());
            held.add(reader.pending());
        }

        assertThat(held).allMatch(count -> count <= 8200);
        assertThat(SplitLog.of(JOB.pod(), "c0", log, 4096).own()).isEqualTo(own);
    }

    /// Each would be read again from the byte after it if any text could follow it.
    @Test
    void aLineOfHeadersIsTheJobsAndIsNotKept() {
        String headers =
                ("This pod job/" + JobOut.UID + " has been submitted to SLURM node node1 ")
                        .repeat(1000);
        PluginLog reader = PluginLog.of(PodReading.logContextOf(JOB.pod()), "c0");
        read(reader, headers);

        assertThat(reader.pending()).isZero();
        assertThat(SplitLog.of(JOB.pod(), "c0", headers + whole(JOB)).ownText()).isEqualTo(headers);
    }

    @Test
    void outputAfterSlurmsMessageMeansThatItDidNotKillTheJob() {
        JobOut job = JobOut.of(true, 0, List.of(0));
        PluginLog reader = PluginLog.of(PodReading.logContextOf(job.pod()), "c0");
        read(reader, JobOut.kill(" DUE TO TIME LIMIT") + "\n");
        assertThat(reader.record()).get().isInstanceOf(JobRecord.Killed.class);

        read(reader, "slurm");
        reader.settle(new Nowhere());

        assertThat(reader.record()).contains(new JobRecord.NoHeader());
    }

    private static final class Nowhere implements PluginLog.Sink {

        @Override
        public void own(byte[] bytes, int from, int to) {}

        @Override
        public void plugin(byte[] bytes, int from, int to) {}
    }

    @Test
    void isDecidedWhenTheFirstOwnByteHasCome() {
        PluginLog reader = PluginLog.of(PodReading.logContextOf(JOB.pod()), "c0");
        read(reader, whole(JOB));
        assertThat(reader.isDecided()).isFalse();

        read(reader, "hello\n");

        assertThat(reader.isDecided()).isTrue();
    }

    @Test
    void isNotDecidedWhileWhatRunsBeforeTheContainersMayHavePrintedTheRecord() {
        JobOut job = JobOut.of(true, 0, List.of(0));
        PluginLog reader = PluginLog.of(PodReading.logContextOf(job.pod()), "c0");
        read(reader, whole(job) + "hello\n");

        assertThat(reader.isDecided()).isFalse();
    }

    @Test
    void isNotDecidedWhileTheRuntimeMayStillWrite() {
        JobOut job = JobOut.of(false, 0, List.of(255));
        PluginLog reader = PluginLog.of(PodReading.logContextOf(job.pod()), "c0");
        read(reader, whole(job) + "FATAL:   ");
        assertThat(reader.isDecided()).isFalse();

        read(reader, "x".repeat(10_000));

        assertThat(reader.isDecided()).isTrue();
    }

    private static void read(PluginLog reader, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        reader.read(bytes, 0, bytes.length, new Nowhere());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    ''                                              | CANCELLATION
                    ' DUE TO TIME LIMIT'                            | TIME_LIMIT
                    ' DUE TO PREEMPTION'                            | PREEMPTION
                    ' DUE TO NODE FAILURE, SEE SLURMCTLD LOG FOR DETAILS' | NODE_FAILURE
                    ' DUE TO JOB REQUEUE'                           | REQUEUE
                    ' DUE to SIGNAL Terminated'                     | CANCELLATION
                    """)
    void killsHaveTheirCauses(String cause, KillCause killer) {
        for (String prefix :
                List.of("slurmstepd: ", "slurmstepd-node1: ", "[2026-11-23T23:55:00.123] ")) {
            String line = JobOut.kill(cause).replace("slurmstepd-node1: ", prefix);
            for (JobOut job : List.of(JOB, JobOut.of(true, 1, List.of(0, 1)))) {
                for (int lines = 2; lines < job.record().size(); lines++) {
                    assertThat(killed(job, lines, line + "\n").cause()).isEqualTo(killer);
                }
            }
        }
    }

    private static JobRecord.Killed killed(JobOut job, int lines, String more) {
        return (JobRecord.Killed)
                SplitLog.of(job.pod(), "c0", beginning(job, lines) + more + "hello\n")
                        .record()
                        .orElseThrow();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "StepId=4711.batch exceeded memory limit (184983552 > 104857600), being killed",
                "StepId=4711.batch exceeded virtual memory limit (2 > 1), being killed",
                "Detected 1 oom_kill event in StepId=4711.batch. Some of the step tasks have been"
                        + " OOM Killed.",
                "Detected 2 oom_kill events in StepId=4711.batch. Some of the step tasks have been"
                        + " OOM Killed.",
                "Detected 1 oom-kill event(s) in StepId=4711.batch. Some of your processes may have"
                        + " been killed by the cgroup out-of-memory handler.",
                "Detected 1 oom-kill event(s) in step 4711.batch cgroup. Some of your processes may"
                        + " have been killed by the cgroup out-of-memory handler.",
            })
    void memoryKillsAreReported(String words) {
        String line = "slurmstepd: error: " + words + "\n";

        assertThat(killed(JOB, 4, line).cause()).isEqualTo(KillCause.MEMORY);
        assertThat(killed(JOB, 4, line + JobOut.kill("") + "\n").cause())
                .isEqualTo(KillCause.MEMORY);
        assertThat(
                        SplitLog.of(
                                        JOB.pod(),
                                        "c0",
                                        beginning(JOB, 4) + line.replace("4711", "4712"))
                                .record())
                .as("another job's memory")
                .get()
                .isInstanceOf(JobRecord.Started.class);
        JobOut failed = JobOut.of(false, 0, List.of(137));
        assertThat(SplitLog.of(failed.pod(), "c0", whole(failed) + line).record())
                .map(JobRecord.Ended.class::cast)
                .hasValueSatisfying(ended -> {
                    assertThat(ended.memoryKill()).isTrue();
                    assertThat(ended.exitCode()).isEqualTo(137);
                });
    }

    @Test
    void whatRunsBeforeTheContainersCanBeKilled() {
        JobOut job = JobOut.of(true, 0, List.of(0));

        assertThat(
                        SplitLog.of(
                                        job.pod(),
                                        "c0",
                                        "pulling\n" + JobOut.kill(" DUE TO TIME LIMIT"))
                                .record())
                .map(JobRecord.Killed.class::cast)
                .map(JobRecord.Killed::cause)
                .contains(KillCause.TIME_LIMIT);
        assertThat(
                        SplitLog.of(
                                        job.pod(),
                                        "c0",
                                        "pulling\n" + JobOut.kill("") + "\nstill pulling\n")
                                .record())
                .as("nothing comes after it")
                .contains(new JobRecord.NoHeader());
        assertThat(SplitLog.of(job.pod(), "c0", "pulling\n" + JobOut.kill("") + "\nstill").record())
                .as("not even half a line")
                .contains(new JobRecord.NoHeader());
    }

    @Test
    void aHeaderNeedsNoLineOfItsOwn() {
        JobOut job = JobOut.of(true, 0, List.of(0));
        SplitLog split = SplitLog.of(job.pod(), "c0", "50%\r100%" + whole(job) + "hello\n" + TIMES);

        assertThat(split.ownText()).isEqualTo("50%\r100%hello\n");
        assertThat(split.record()).get().isInstanceOf(JobRecord.Ended.class);
    }

    @Test
    void theRecordContainsTheShellsMessageAboutAKilledContainer() {
        JobOut job = JobOut.of(false, 0, List.of(137));
        String line =
                "/ceph/interlink/default-"
                        + JobOut.UID
                        + "/job.sh: line 78:   100 Killed   ( \"$@\" )\n";
        String log = beginning(job, 4) + line + ending(job, 4);

        assertThat(SplitLog.of(job.pod(), "c0", log).ownText()).isEmpty();
        assertThat(SplitLog.of(job.pod(), "c0", log.replace(" 100 Killed", " 999 Killed")).record())
                .as("not one of the job's processes")
                .get()
                .isInstanceOf(JobRecord.Started.class);
    }

    @Test
    void theShellsMessageAboutAKilledScriptPrecedesSlurms() {
        String line =
                "/var/spool/slurmd/node1/job04711/slurm_script: line 12:    99 Killed   "
                        + "/ceph/interlink/default-"
                        + JobOut.UID
                        + "/job.sh\n";
        String memory =
                "slurmstepd: error: Detected 1 oom_kill event in StepId=4711.batch. Some of the"
                        + " step tasks have been OOM Killed.\n";

        assertThat(killed(JOB, 4, line + memory).cause()).isEqualTo(KillCause.MEMORY);
        assertThat(killed(JOB, 2, line + memory).cause()).isEqualTo(KillCause.MEMORY);
    }

    @Test
    void aFailingInitContainerEndsTheJob() {
        JobOut job = JobOut.of(false, 2, List.of(0));
        String failure = "2026-11-23T23:54:03+00:00 InitContainer init-0 failed with status 3\n";
        SplitLog split = SplitLog.of(job.pod(), "c0", beginning(job, 6) + failure);

        assertThat(split.record())
                .map(JobRecord.Ended.class::cast)
                .hasValueSatisfying(ended -> {
                    assertThat(ended.exitCode()).isEqualTo(3);
                    assertThat(ended.firstFailure().orElseThrow().name()).isEqualTo("init-0");
                    assertThat(ended.startedAt()).isEqualTo("2026-11-23T23:54:00Z");
                    assertThat(ended.finishedAt()).isEqualTo("2026-11-23T23:54:03Z");
                });
        assertThat(
                        SplitLog.of(
                                        job.pod(),
                                        "c0",
                                        beginning(job, 6) + failure.replace("init-0", "init-1"))
                                .record())
                .as("the other has not run")
                .get()
                .isInstanceOf(JobRecord.Started.class);
    }

    @Test
    void theSearchForAStatusFileCanBeGivenUp() {
        String log =
                whole(JOB)
                        .replaceAll("(?m)^.*attempt 2/60.*\n", "")
                        .replace("attempt 1/60", "attempt 60/60");

        assertThat(SplitLog.of(JOB.pod(), "c0", log).record())
                .get()
                .isInstanceOf(JobRecord.Ended.class);
    }

    static Iterable<Map.Entry<String, String>> brokenRecords() {
        String log = whole(JOB);
        return Map.of(
                        "another pod's name", log.replace("This pod job/", "This pod other/"),
                        "another UID",
                                log.replace(JobOut.UID, "11111111-841c-41fb-bbff-f1cdf7088371"),
                        "another job's id", log.replace("show job 4711", "show job 4712"),
                        "another container", log.replace("background c0", "background c1"),
                        "another process at the wait",
                                log.replace(
                                        "Waiting for container c0 pid 100",
                                        "Waiting for container c0 pid 101"),
                        "another process at the end", log.replace("pid 100 ended", "pid 101 ended"),
                        "no wait", log.replaceAll("(?m)^.*Waiting.*\n", ""),
                        "no end of the container", log.replaceAll("(?m)^.*ended with.*\n", ""),
                        "no time", log.replaceAll("(?m)^2026\\S+ End", "End"),
                        "an impossible code",
                                log.replace("exit code 0", "exit code 256")
                                        .replace("status 0", "status 999"))
                .entrySet();
    }

    @ParameterizedTest
    @MethodSource("brokenRecords")
    void aBrokenRecordShowsNoEnd(Map.Entry<String, String> broken) {
        assertThat(SplitLog.of(JOB.pod(), "c0", broken.getValue()).record())
                .as(broken.getKey())
                .hasValueSatisfying(record ->
                        assertThat(record)
                                .isInstanceOfAny(
                                        JobRecord.Started.class, JobRecord.NoHeader.class));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    FATAL:   stat /bin/train: no such file or directory | COMMAND
                    FATAL:   "/bin/train": executable file not found in $PATH | COMMAND
                    FATAL:   could not open image /images/a.sif: failed to retrieve path | IMAGE
                    INFO:    Converting OCI blobs to SIF format\\nWARNING: x\\nFATAL:   While making image from oci registry: /images/a.sif | IMAGE
                    FATAL:   stat /etc/app.conf: no such file or directory | none
                    FATAL: could not open image /images/a.sif | none
                    epoch 1\\nFATAL:   stat /bin/train: no such file or directory | none
                    FATAL:   stat /bin/train: no such file or directory\\ngoing on | none
                    INFO:    nothing more | none
                    """)
    void theRuntimesLastLineShowsWhatIsMissing(String output, String kind) {
        JobOut job = JobOut.of(false, 0, List.of(255));
        String log = whole(job) + output.replace("\\n", "\n") + "\n" + TIMES;

        assertThat(fault(job, log)).isEqualTo(kind);
    }

    @Test
    void theRuntimesMessageIsIgnoredWithAnotherExitCode() {
        JobOut job = JobOut.of(false, 0, List.of(1));
        String log = whole(job) + "FATAL:   stat /bin/train: no such file or directory\n" + TIMES;

        assertThat(fault(job, log)).isEqualTo("none");
    }

    private static String fault(JobOut job, String log) {
        return SplitLog.of(job.pod(), "c0", log)
                .record()
                .map(JobRecord.Ended.class::cast)
                .flatMap(JobRecord.Ended::fault)
                .map(fault -> fault.kind().name())
                .orElse("none");
    }

    static String header(JobOut job) {
        return beginning(job, 2);
    }

    static String whole(JobOut job) {
        return beginning(job, job.record().size());
    }

    static String beginning(JobOut job, int lines) {
        return job.record().stream()
                .limit(lines)
                .map(line -> line + "\n")
                .collect(Collectors.joining());
    }

    static String ending(JobOut job, int from) {
        return job.record().stream()
                .skip(from)
                .map(line -> line + "\n")
                .collect(Collectors.joining());
    }
}
