package io.interlinkgateway.submission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.interlinkgateway.SharedGateway;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Limits hold whichever way a job is written. The workspace `limited` has every limit, `others` is any other.
@SharedGateway
class LimitTests {

    private static final JsonMapper JSON = new JsonMapper();

    /// A job within all limits, with places for more.
    private static final String SPEC =
            """
            {"node": "sandbox", "image": %s, "command": ["true"],
             "resources": {"limits": {"cpu": "1", "memory": "%s"}},
             "slurm": {"flags": "%s"} %s}
            """;

    private static final String POD =
            """
            apiVersion: v1
            kind: Pod
            metadata:
              name: limited
              annotations:
                slurm-job.vk.io/flags: "%s"
            %s
            spec:
              containers:
              - name: c
                image: %s
                command: ["true"]
                resources: {limits: {cpu: "1", memory: %s}}
            %s
              nodeSelector: {kubernetes.io/hostname: sandbox}
            """;

    private static final String GOOD_FLAGS =
            "--partition=gpu --account=st2301 --qos=normal --time=60";
    private static final String GOOD_IMAGE = "/ceph/images/a.sif";

    @Autowired private MockMvcTester mvc = MockMvcTester.of(List.of());

    private static String spec(String flags) {
        return SPEC.formatted('"' + GOOD_IMAGE + '"', "1Gi", flags, "");
    }

    private static String pod(String flags) {
        return POD.formatted(flags, "", GOOD_IMAGE, "1Gi", "");
    }

    private JsonNode preflight(String workspace, MediaType type, String body) {
        MvcTestResult result =
                mvc.post()
                        .uri("/api/v1/jobs/preflight?workspace=" + workspace)
                        .contentType(type)
                        .content(body)
                        .exchange();
        return JSON.readTree(result.getResponse().getContentAsByteArray());
    }

    private List<String> limitsBroken(MediaType type, String body) {
        List<String> rules = new ArrayList<>();
        JsonNode verdict = preflight("limited", type, body);
        assertThat(verdict.has("accepted")).as(verdict.toString()).isTrue();
        verdict.path("findings")
                .forEach(finding -> {
                    if (finding.path("rule").asString().startsWith("limit-")) {
                        // A limit that the pod lacks is added, which is no limit of the workspace.
                        if (!finding.path("rule").asString().equals("limit-added")) {
                            rules.add(finding.path("rule").asString());
                        }
                        assertThat(finding.path("hint").asString()).isNotBlank();
                    }
                });
        return rules;
    }

    private List<String> bySpec(String body) {
        return limitsBroken(MediaType.APPLICATION_JSON, body);
    }

    private List<String> byPod(String body) {
        return limitsBroken(MediaType.APPLICATION_YAML, body);
    }

    @Test
    void aJobWithinItsLimitsIsAccepted() {
        assertThat(bySpec(spec(GOOD_FLAGS + " --gres=gpu:2 --hint=nomultithread"))).isEmpty();
        assertThat(byPod(pod(GOOD_FLAGS + " --gres=gpu:2 --hint=nomultithread"))).isEmpty();
        assertThat(
                        preflight("limited", MediaType.APPLICATION_JSON, spec(GOOD_FLAGS))
                                .path("accepted")
                                .asBoolean())
                .isTrue();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--partition=secret --account=st2301 --qos=normal --time=60 | limit-partition",
                "--partition=gpu,secret --account=st2301 --qos=normal --time=60 | limit-partition",
                "--account=st2301 --qos=normal --time=60 | limit-partition",
                "-p secret -A st2301 -q normal -t 60 | limit-partition",
                "--partition=gpu --account=other --qos=normal --time=60 | limit-account",
                "--partition=gpu --qos=normal --time=60 | limit-account",
                "--partition=gpu --account=st2301 --qos=urgent --time=60 | limit-qos",
                "--partition=gpu --account=st2301 --qos=normal | limit-walltime",
                "--partition=gpu --account=st2301 --qos=normal --time=121 | limit-walltime",
                "--partition=gpu --account=st2301 --qos=normal --time=1-0 | limit-walltime",
                "--partition=gpu --account=st2301 --qos=normal --time=UNLIMITED | limit-walltime",
                "--gres=gpu:3 | limit-gpus",
                "--gres=gpu:1 --nodes=3 | limit-gpus",
                "--gres=gpu:1k | limit-gpus",
                "--nodes=2 | limit-memory"
            })
    void anOptionBeyondItsLimitIsNamedInBothWays(String flags, String rule) {
        String option =
                flags.contains("gres") || flags.contains("nodes")
                        ? GOOD_FLAGS + " " + flags
                        : flags;

        assertThat(bySpec(spec(option))).contains(rule);
        assertThat(byPod(pod(option))).contains(rule);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--reservation=r",
                "--nodelist=gn42",
                "--exclusive",
                "--gpus=1",
                "--mem-per-cpu=1G",
                "--site-plugin=x"
            })
    void otherOptionsAreAllowedByName(String flag) {
        assertThat(bySpec(spec(GOOD_FLAGS + " " + flag))).contains("limit-flag");
        assertThat(byPod(pod(GOOD_FLAGS + " " + flag))).contains("limit-flag");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/ceph/images-of-others/a.sif",
                "/ceph/images/../secret/a.sif",
                "/etc/a.sif",
                "docker://ghcr.io/intertwin-eu/../evil/a",
                "docker://ghcr.io/evil/a",
                "ghcr.io/intertwin-eu/a",
                "docker://ghcr.io@evil.org/intertwin-eu/a"
            })
    void onlyImagesOfTheListMayRun(String image) {
        assertThat(bySpec(SPEC.formatted('"' + image + '"', "1Gi", GOOD_FLAGS, "")))
                .containsExactly("limit-image");
        assertThat(byPod(POD.formatted(GOOD_FLAGS, "", image, "1Gi", "")))
                .containsExactly("limit-image");
    }

    @Test
    void anImageIsPulledFromTheListToo() {
        String pulled = "{\"path\": \"/ceph/images/b.sif\", \"pullFrom\": \"%s\"}";

        assertThat(
                        bySpec(
                                SPEC.formatted(
                                        pulled.formatted("docker://ghcr.io/intertwin-eu/a:1"),
                                        "1Gi",
                                        GOOD_FLAGS,
                                        "")))
                .isEmpty();
        assertThat(
                        bySpec(
                                SPEC.formatted(
                                        pulled.formatted("docker://ghcr.io/evil/a:1"),
                                        "1Gi",
                                        GOOD_FLAGS,
                                        "")))
                .containsExactly("limit-image");
    }

    @Test
    void anInitContainersImageCountsToo() {
        assertThat(
                        byPod(
                                POD.formatted(
                                        GOOD_FLAGS,
                                        "",
                                        GOOD_IMAGE,
                                        "1Gi",
                                        "  initContainers: [{name: i, image: /evil.sif}]")))
                .containsExactly("limit-image");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/etc", "/ceph/database:/data", "/ceph/data/../../etc:/data", "/ceph"})
    void onlyPathsOfTheListAreMounted(String mount) {
        assertThat(
                        bySpec(
                                SPEC.formatted(
                                        '"' + GOOD_IMAGE + '"',
                                        "1Gi",
                                        GOOD_FLAGS,
                                        ", \"singularity\": {\"mounts\": [\"" + mount + "\"]}")))
                .containsExactly("limit-mount");
        for (String bind : List.of("--bind ", "--bind=", "-B ", "--bind /ceph/data/a:/a,")) {
            assertThat(byPod(annotated("singularity-mounts", bind + mount)))
                    .as(bind + mount)
                    .contains("limit-mount");
        }
    }

    @Test
    void mountsOfTheListAreTaken() {
        assertThat(
                        bySpec(
                                SPEC.formatted(
                                        '"' + GOOD_IMAGE + '"',
                                        "1Gi",
                                        GOOD_FLAGS,
                                        ", \"singularity\": {\"mounts\":"
                                                + " [\"/ceph/data/x:/x\", \"/ceph/data\"]}")))
                .isEmpty();
        assertThat(byPod(annotated("singularity-mounts", "--bind /ceph/data/x:/x"))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--bind /etc:/data", "-B/etc", "--home /root", "--overlay /x", "-W /tmp"})
    void noOptionOfTheRuntimeMountsAnythingElse(String option) {
        assertThat(
                        bySpec(
                                SPEC.formatted(
                                        '"' + GOOD_IMAGE + '"',
                                        "1Gi",
                                        GOOD_FLAGS,
                                        ", \"singularity\": {\"options\": \"" + option + "\"}")))
                .contains("limit-runtime-option");
        assertThat(byPod(annotated("singularity-options", option)))
                .contains("limit-runtime-option");
        assertThat(byPod(annotated("singularity-mounts", option))).isNotEmpty();
    }

    @Test
    void harmlessOptionsAreTaken() {
        assertThat(byPod(annotated("singularity-options", "--no-eval --nv --no-home"))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "image-root, docker://evil.org/",
        "flavor, large",
        "nfs-mode, host",
        "mpi-flags, x"
    })
    void otherAnnotationsOfThePluginCannotEvade(String annotation, String value) {
        assertThat(byPod(annotated(annotation, value))).containsExactly("limit-annotation");
    }

    @Test
    void nothingRunsOutsideOfTheContainers() {
        assertThat(
                        bySpec(
                                SPEC.formatted(
                                        '"' + GOOD_IMAGE + '"',
                                        "1Gi",
                                        GOOD_FLAGS,
                                        ", \"preExec\": \"module load cuda\"")))
                .containsExactly("limit-pre-exec");
        assertThat(byPod(annotated("pre-exec", "module load cuda")))
                .containsExactly("limit-pre-exec");
        String exports = GOOD_FLAGS + " --export=ALL,BASH_ENV=/ceph/x";
        assertThat(byPod(POD.formatted(exports, "", GOOD_IMAGE, "1Gi", "")))
                .containsExactly("limit-flag", "limit-pre-exec");
        for (String hook :
                List.of(
                        "lifecycle: {preStop: {exec: {command: [id]}}}",
                        "livenessProbe: {exec: {command: [id]}}",
                        "startupProbe: {exec: {command: [id]}}",
                        "readinessProbe: {exec: {command: [id]}}")) {
            assertThat(byPod(POD.formatted(GOOD_FLAGS, "", GOOD_IMAGE, "1Gi", "    " + hook)))
                    .as(hook)
                    .containsExactly("limit-pre-exec");
        }
    }

    @Test
    void memoryAndGpusOfTheLimitsCount() {
        assertThat(bySpec(SPEC.formatted('"' + GOOD_IMAGE + '"', "2Gi", GOOD_FLAGS, "")))
                .containsExactly("limit-memory");
        assertThat(byPod(POD.formatted(GOOD_FLAGS, "", GOOD_IMAGE, "2Gi", "")))
                .containsExactly("limit-memory");
        assertThat(byPod(pod(GOOD_FLAGS + " --mem=0").replace(", memory: 1Gi", "")))
                .contains("limit-memory");
        assertThat(byPod(pod(GOOD_FLAGS).replace("memory: 1Gi", "nvidia.com/gpu: 3, memory: 1Gi")))
                .contains("limit-gpus");
    }

    @Test
    void theFieldIsThatOfTheCallersDocument() {
        assertThat(
                        preflight(
                                        "limited",
                                        MediaType.APPLICATION_JSON,
                                        spec("--account=st2301 --qos=normal --time=60 -p x"))
                                .at("/findings/0/field")
                                .asString())
                .isEqualTo("slurm.partition");
        assertThat(
                        preflight(
                                        "limited",
                                        MediaType.APPLICATION_YAML,
                                        pod("--account=st2301 --qos=normal --time=60 -p x"))
                                .at("/findings/0/field")
                                .asString())
                .isEqualTo("metadata.annotations[slurm-job.vk.io/flags]");
    }

    @Test
    void otherWorkspacesHaveNoLimits() {
        assertThat(
                        preflight("others", MediaType.APPLICATION_JSON, spec("--partition=any"))
                                .path("accepted")
                                .asBoolean())
                .isTrue();
    }

    @Test
    void anEmptyListAllowsNothing() {
        assertThat(
                        preflight("nothing", MediaType.APPLICATION_JSON, spec(""))
                                .at("/findings/0/rule")
                                .asString())
                .isEqualTo("limit-image");
    }

    @Test
    void aJobTooManyIsRefusedUntilOneHasEnded() {
        String sleeping = spec("").replace("\"true\"", "\"sleep\", \"600\"");
        String jobs = "/api/v1/jobs%s?workspace=few";
        assertThat(put(jobs.formatted("/first"), sleeping)).hasStatus(201);

        assertThat(put(jobs.formatted("/second"), sleeping))
                .hasStatus(422)
                .bodyText()
                .contains("limit-jobs");
        assertThat(put(jobs.formatted("/first"), sleeping)).hasStatus(200);
        assertThat(mvc.delete().uri(jobs.formatted("/first")))
                .satisfiesAnyOf(
                        gone -> assertThat(gone).hasStatus(204),
                        going -> assertThat(going).hasStatus(202));
        await().untilAsserted(() ->
                assertThat(put(jobs.formatted("/second"), sleeping)).hasStatus2xxSuccessful());
        mvc.delete().uri(jobs.formatted("/second")).exchange();
    }

    private MvcTestResult put(String address, String body) {
        return mvc.put()
                .uri(address)
                .contentType(MediaType.APPLICATION_JSON)
                .content(body)
                .exchange();
    }

    private static String annotated(String annotation, String value) {
        return POD.formatted(
                GOOD_FLAGS,
                "    slurm-job.vk.io/" + annotation + ": \"" + value + "\"",
                GOOD_IMAGE,
                "1Gi",
                "");
    }
}
