package io.interlinkgateway.slurm;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.interlinkgateway.job.HpcJob;
import io.interlinkgateway.job.HpcJob.State;
import io.interlinkgateway.job.HpcJob.WaitReason;
import io.interlinkgateway.job.Workspace;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Recorded answers, those of the documented form (see the README beside them), and what is none.
class JobsAnswerTests {

    private static final Instant NOW = Instant.parse("2026-11-27T21:00:12Z");
    private static final String UID = "3f2c9a52-1f0e-4f57-9d7c-2f6d0a5f8b11";

    private static String recorded(String name) throws IOException {
        return Files.readString(Path.of("src/test/resources/slurmrestd", name));
    }

    private static List<SlurmJob> read(String answer) throws SlurmrestdException, IOException {
        return JobsAnswer.read(new ByteArrayInputStream(answer.getBytes(UTF_8)), NOW);
    }

    private static HpcJob job(String file, String id) throws Exception {
        return read(recorded(file)).stream()
                .map(SlurmJob::job)
                .filter(job -> job.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            useHeadersInDisplayName = true,
            nullValues = "-",
            textBlock =
                    """
                    id | state       | reason                   | exit | signal | nodes | restarts
                    1  | COMPLETED   | -                        | 0    | -      | node1 | 0
                    2  | FAILED      | -                        | 6    | -      | node1 | 0
                    3  | FAILED      | -                        | -    | 11     | node1 | 0
                    4  | PENDING     | JobHeldUser              | -    | -      | -     | 0
                    5  | PENDING     | BeginTime                | -    | -      | -     | 0
                    6  | RUNNING     | -                        | -    | -      | node1 | 0
                    7  | RUNNING     | -                        | -    | -      | node1 | 0
                    8  | SUSPENDED   | -                        | -    | -      | node1 | 0
                    9  | PENDING     | Resources                | -    | -      | -     | 0
                    10 | PENDING     | Priority                 | -    | -      | -     | 0
                    11 | CONFIGURING | -                        | -    | -      | node2 | 0
                    12 | CANCELLED   | -                        | 0    | -      | -     | 0
                    13 | CANCELLED   | -                        | -    | 15     | node1 | 0
                    14 | PENDING     | DependencyNeverSatisfied | -    | -      | -     | 0
                    15 | COMPLETED   | -                        | 0    | -      | node1 | 0
                    17 | RUNNING     | -                        | -    | -      | node1 | 0
                    18 | RUNNING     | -                        | -    | -      | node1 | 0
                    """)
    void bothFormsOfTheSameJobsAreReadAlike(
            String id,
            State state,
            @Nullable String reason,
            @Nullable Integer exit,
            @Nullable Integer signal,
            @Nullable String nodes,
            int restarts)
            throws Exception {
        for (String file : List.of("v0.0.38-jobs.json", "v0.0.40-jobs.json")) {
            HpcJob job = job(file, id);

            assertThat(job.state()).isEqualTo(state);
            assertThat(job.waitReason().map(WaitReason::code))
                    .isEqualTo(Optional.ofNullable(reason));
            assertThat(job.exitCode()).isEqualTo(optional(exit));
            assertThat(job.signal()).isEqualTo(optional(signal));
            assertThat(job.nodes()).isEqualTo(Optional.ofNullable(nodes));
            assertThat(job.restarts()).isEqualTo(restarts);
        }
    }

    private static OptionalInt optional(@Nullable Integer number) {
        return number == null ? OptionalInt.empty() : OptionalInt.of(number);
    }

    @Test
    void aPassingStateHidesTheOtherUntilTheListsOfLaterVersionsShowBoth() throws Exception {
        assertThat(job("v0.0.38-jobs.json", "16").state()).isEqualTo(State.COMPLETING);
        assertThat(job("v0.0.40-jobs.json", "16").state()).isEqualTo(State.PENDING);
        assertThat(job("v0.0.40-jobs.json", "16").slurmState()).isEqualTo("PENDING,COMPLETING");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            useHeadersInDisplayName = true,
            nullValues = "-",
            textBlock =
                    """
                    id | state     | reason       | exit | signal | restarts
                    6  | TIMEOUT   | -            | -    | 15     | 0
                    7  | PENDING   | BeginTime    | -    | -      | 1
                    8  | PENDING   | JobHeldAdmin | -    | -      | 1
                    11 | RUNNING   | -            | -    | -      | 0
                    16 | PENDING   | BeginTime    | -    | -      | 1
                    17 | FAILED    | -            | -    | 9      | 0
                    18 | NODE_FAIL | -            | -    | 15     | 0
                    """)
    void whatBecameOfThemLater(
            String id,
            State state,
            @Nullable String reason,
            @Nullable Integer exit,
            @Nullable Integer signal,
            int restarts)
            throws Exception {
        HpcJob job = job("v0.0.38-jobs-later.json", id);

        assertThat(job.state()).isEqualTo(state);
        assertThat(job.waitReason().map(WaitReason::code)).isEqualTo(Optional.ofNullable(reason));
        assertThat(job.exitCode()).isEqualTo(optional(exit));
        assertThat(job.signal()).isEqualTo(optional(signal));
        assertThat(job.restarts()).isEqualTo(restarts);
    }

    @Test
    void timesAreOnlyWhatTheirStateMakesOfThem() throws Exception {
        String file = "v0.0.38-jobs.json";
        HpcJob waiting = job(file, "9");
        HpcJob running = job(file, "7");
        HpcJob ended = job(file, "2");
        HpcJob neverBegan = job(file, "12");

        assertThat(waiting.estimatedStart()).contains(Instant.ofEpochSecond(1827349206));
        assertThat(waiting.startedAt()).isEmpty();
        assertThat(waiting.endedAt()).isEmpty();
        assertThat(job(file, "4").estimatedStart()).isEmpty();
        assertThat(running.startedAt()).contains(Instant.ofEpochSecond(1795813206));
        assertThat(running.estimatedStart()).isEmpty();
        assertThat(running.endedAt()).isEmpty();
        assertThat(running.timeLimit()).contains(Duration.ofHours(2));
        assertThat(waiting.timeLimit()).isEmpty();
        assertThat(ended.endedAt()).contains(Instant.ofEpochSecond(1795813207));
        assertThat(neverBegan.startedAt()).isEmpty();
        assertThat(neverBegan.endedAt()).contains(Instant.ofEpochSecond(1795813206));
    }

    @Test
    void theFolderOfTheScriptNamesTheWorkspace() throws Exception {
        assertThat(read(recorded("v0.0.38-jobs.json")))
                .allSatisfy(job -> assertThat(job.workspace()).contains(new Workspace("default")))
                .allSatisfy(job -> assertThat(job.user()).contains("root"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/ceph/default-3f2c9a52-1f0e-4f57-9d7c-000000000000/job.slurm",
                "/ceph/Default-3f2c9a52-1f0e-4f57-9d7c-2f6d0a5f8b11/job.slurm",
                "/ceph/-3f2c9a52-1f0e-4f57-9d7c-2f6d0a5f8b11/job.slurm",
                "/ceph/default-3f2c9a52-1f0e-4f57-9d7c-2f6d0a5f8b11",
                "job.slurm",
                ""
            })
    void anotherScriptNamesNone(String script) throws Exception {
        assertThat(read(answer(entry("\"command\": \"" + script + "\""))).getFirst().workspace())
                .isEmpty();
    }

    /// An entry with all that is needed, and what is added or put in its place.
    private static String entry(String... fields) {
        StringBuilder entry = new StringBuilder();
        Map<String, String> all =
                new LinkedHashMap<>(
                        Map.of("name", '"' + UID + '"', "job_id", "5", "job_state", "\"RUNNING\""));
        for (String field : fields) {
            int colon = field.indexOf(':');
            all.put(
                    field.substring(0, colon).replace("\"", ""),
                    field.substring(colon + 1).strip());
        }
        all.forEach((name, value) ->
                entry.append(entry.isEmpty() ? "" : ", ")
                        .append('"')
                        .append(name)
                        .append("\": ")
                        .append(value));
        return "{" + entry + "}";
    }

    private static String answer(String... entries) {
        return "{\"jobs\": [" + String.join(", ", entries) + "], \"errors\": []}";
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "RUNNING"                            | RUNNING
                    ["RUNNING"]                          | RUNNING
                    ["RUNNING", "CONFIGURING"]           | CONFIGURING
                    ["RUNNING", "POWER_UP_NODE"]         | CONFIGURING
                    ["RUNNING", "STOPPED"]               | SUSPENDED
                    ["RUNNING", "SIGNALING"]             | RUNNING
                    ["RUNNING", "COMPLETING"]            | COMPLETING
                    ["COMPLETED", "COMPLETING"]          | COMPLETED
                    ["TIMEOUT", "COMPLETING"]            | TIMEOUT
                    ["PENDING", "REQUEUED"]              | PENDING
                    "REQUEUE_HOLD"                       | PENDING
                    ["NODE_FAIL", "COMPLETING", "REQUEUED"] | COMPLETING
                    "SPECIAL_EXIT"                       | PENDING
                    "REVOKED"                            | OTHER
                    "INVENTED"                           | OTHER
                    ["OUT_OF_MEMORY"]                    | OUT_OF_MEMORY
                    ["BOOT_FAIL"]                        | BOOT_FAIL
                    ["DEADLINE"]                         | DEADLINE
                    ["PREEMPTED"]                        | PREEMPTED
                    """)
    void statesAreOneOrSeveral(String states, State state) throws Exception {
        assertThat(read(answer(entry("\"job_state\": " + states))).getFirst().job().state())
                .isEqualTo(state);
    }

    /// A user of the HPC chooses it with `--begin`.
    @ParameterizedTest
    @ValueSource(longs = {999_999_999_999_999L, Long.MAX_VALUE})
    void anAbsurdStartTimeIsNone(long seconds) throws Exception {
        HpcJob job =
                read(answer(entry("\"job_state\": \"PENDING\"", "\"start_time\": " + seconds)))
                        .getFirst()
                        .job();

        assertThat(job.estimatedStart()).isEmpty();
        assertThat(job.startedAt()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            textBlock =
                    """
                    1536                                                | 6 | -
                    9                                                   | - | 9
                    139                                                 | - | 11
                    {"set": true, "infinite": false, "number": 1536}    | 6 | -
                    {"set": false, "infinite": false, "number": 0}      | - | -
                    {"status": ["ERROR"], "return_code": {"set": true, "infinite": false, "number": 6}, "signal": {"id": {"set": false, "infinite": false, "number": 0}, "name": ""}} | 6 | -
                    {"status": ["SIGNALED"], "return_code": {"set": false, "infinite": false, "number": 0}, "signal": {"id": {"set": true, "infinite": false, "number": 15}, "name": "TERM"}} | - | 15
                    null                                                | - | -
                    """)
    void exitCodesHaveThreeForms(String value, @Nullable Integer exit, @Nullable Integer signal)
            throws Exception {
        HpcJob job =
                read(answer(entry("\"job_state\": \"FAILED\"", "\"exit_code\": " + value)))
                        .getFirst()
                        .job();

        assertThat(job.exitCode()).isEqualTo(optional(exit));
        assertThat(job.signal()).isEqualTo(optional(signal));
    }

    @Test
    void otherJobsArePassedOver() throws Exception {
        String array =
                entry(
                        "\"array_job_id\": {\"set\": true, \"infinite\": false, \"number\": 3}",
                        "\"job_id\": 6");
        String heterogeneous = entry("\"het_job_id\": 3", "\"job_id\": 7");

        assertThat(
                        read(
                                answer(
                                        "{\"name\": \"wrap\", \"job_id\": \"not a number\"}",
                                        "{\"name\": 7}",
                                        "{}",
                                        array,
                                        heterogeneous,
                                        entry("\"unheard_of\": [{}]"))))
                .singleElement()
                .extracting(job -> job.job().id())
                .isEqualTo("5");
    }

    @Test
    void bytesThatAreNoUtf8AreReplaced() throws Exception {
        byte[] answer = answer(entry("\"nodes\": \"node\u00ff1\"")).getBytes(ISO_8859_1);

        assertThat(JobsAnswer.read(new ByteArrayInputStream(answer), NOW))
                .singleElement()
                .satisfies(found -> assertThat(found.job().nodes()).contains("node\ufffd1"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "\"jobs\"",
                "{}",
                "{\"jobs\": {}}",
                "{\"jobs\": null}",
                "{\"jobs\": [5]}",
                "{\"jobs\": [",
                "{\"jobs\": []} {}",
                "{\"jobs\": [], \"jobs\": []}",
                "<html>Sign in</html>",
                "{\"jobs\": [], \"errors\": [{\"description\": \"Zero Bytes were transmitted\"}]}"
            })
    void whatIsNoListOfJobsIsRefused(String answer) {
        assertThatExceptionOfType(SlurmrestdException.class).isThrownBy(() -> read(answer));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"job_id\": \"5\"",
                "\"job_id\": 5.5",
                "\"job_id\": -5",
                "\"job_id\": 0",
                "\"job_id\": null",
                "\"job_id\": 99999999999999999999999",
                "\"job_state\": 3",
                "\"job_state\": []",
                "\"job_state\": [1]",
                "\"job_state\": null",
                "\"start_time\": \"now\"",
                "\"start_time\": -1",
                "\"start_time\": 1e400",
                "\"start_time\": {\"set\": true, \"number\": 5}",
                "\"start_time\": {\"set\": true, \"infinite\": false, \"number\": \"5\"}",
                "\"submit_time\": [5]",
                "\"restart_cnt\": 4294967296",
                "\"nodes\": [\"node1\"]",
                "\"user_name\": 0",
                "\"time_limit\": \"1:00\"",
                "\"array_job_id\": \"3\""
            })
    void aFieldOfAnotherTypeMakesTheAnswerInvalid(String field) {
        assertThatExceptionOfType(SlurmrestdException.class)
                .isThrownBy(() -> read(answer(entry(field))))
                .withMessageContaining("no valid " + field.substring(1, field.indexOf('"', 1)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "65536",
                "{\"return_code\": {\"set\": true, \"infinite\": false, \"number\": 256}}",
                "{\"signal\": {\"id\": {\"set\": true, \"infinite\": false, \"number\": 9999}},"
                        + " \"return_code\": 0}",
                "\"1:0\""
            })
    void anAbsurdExitCodeMakesTheAnswerInvalid(String code) {
        assertThatExceptionOfType(SlurmrestdException.class)
                .isThrownBy(() ->
                        read(answer(entry("\"job_state\": \"FAILED\"", "\"exit_code\": " + code))))
                .withMessageContaining("exit_code");
    }

    @Test
    void anIdThatComesTwiceMakesTheAnswerInvalid() {
        assertThatExceptionOfType(SlurmrestdException.class)
                .isThrownBy(() -> read(answer(entry(), entry())))
                .withMessage("The response has the job 5 twice.");
    }

    @Test
    void thePartsOfAResponseAreBounded() throws Exception {
        String large = entry("\"comment\": \"" + "x".repeat(900_000) + "\"");
        String many = "[" + "1,".repeat(600_000) + "1]";

        assertThat(read(answer(large, large.replace("\"job_id\": 5", "\"job_id\": 6")))).hasSize(2);
        for (String answer : List.of(answer(entry("\"x\": " + many)), "{\"meta\": " + many + "}")) {
            assertThatExceptionOfType(SlurmrestdException.class)
                    .isThrownBy(() -> read(answer))
                    .withMessageContaining("larger than 1048576 characters");
        }
    }

    @Test
    void nestingIsBounded() {
        String deep = "[".repeat(10_000);

        assertThatExceptionOfType(SlurmrestdException.class)
                .isThrownBy(() -> read("{\"meta\": " + deep));
        assertThatExceptionOfType(SlurmrestdException.class)
                .isThrownBy(() -> read(answer(entry("\"comment\": " + deep))));
    }

    @Test
    void textsAreShownOnOneLineAndCut() throws Exception {
        HpcJob job =
                read(answer(
                                entry(
                                        "\"job_state\": \"PENDING\"",
                                        "\"state_reason\": \"a\\nb" + "c".repeat(9999) + "\"",
                                        "\"partition\": \"gpu\\u0007\"")))
                        .getFirst()
                        .job();

        assertThat(job.waitReason().orElseThrow().code()).startsWith("a?bccc").hasSizeLessThan(100);
        assertThat(job.waitReason().orElseThrow().message()).doesNotContain("\n");
        assertThat(job.partition()).contains("gpu?");
    }

    @Test
    void theEstimatedStartIsNoChange() throws Exception {
        String pending = "\"job_state\": \"PENDING\"";
        HpcJob before = read(answer(entry(pending, "\"start_time\": 5"))).getFirst().job();
        HpcJob moved = read(answer(entry(pending, "\"start_time\": 6"))).getFirst().job();
        HpcJob other =
                read(answer(entry(pending, "\"state_reason\": \"Priority\""))).getFirst().job();

        assertThat(moved.hasSameStateAs(before)).isTrue();
        assertThat(other.hasSameStateAs(before)).isFalse();
    }
}
