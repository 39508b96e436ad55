package io.interlinkgateway.submission;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.SharedGateway;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.representation.PodDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Inputs that earlier versions read otherwise than the plugin, sbatch, bash or kubectl do, in
/// `src/test/resources/reported`: made after public bug reports, and by attacks. The first lines of each say what was
/// expected. The workspace `attacked` has the limits that the attacks evaded, `open` is any other.
@SharedGateway
class ReportedInputTests {

    private static final JsonMapper JSON = new JsonMapper();
    private static final Path INPUTS = Path.of("src/test/resources/reported");

    @Autowired private MockMvcTester mvc = MockMvcTester.of(List.of());

    private MvcTestResult preflight(String file, String workspace) throws IOException {
        return mvc.post()
                .uri("/api/v1/jobs/preflight?workspace=" + workspace)
                .contentType(
                        file.endsWith(".json")
                                ? MediaType.APPLICATION_JSON
                                : MediaType.APPLICATION_YAML)
                .content(Files.readAllBytes(INPUTS.resolve(file)))
                .exchange();
    }

    private JsonNode verdict(String file, String workspace) throws IOException {
        return JSON.readTree(preflight(file, workspace).getResponse().getContentAsByteArray());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "apptainer-annotation-unchecked | metadata.annotations[apptainer-job.vk.io/mounts]"
                        + " | singularity-options",
                "bundled-array | metadata.annotations[slurm-job.vk.io/flags] | slurm-flags",
                "bundled-output | metadata.annotations[slurm-job.vk.io/flags] | slurm-flags",
                "cpus-per-gpu | metadata.annotations[slurm-job.vk.io/flags] | option-excluded",
                "emptydir-comma-mount | spec.containers[0].volumeMounts[0].mountPath | pasted-text",
                "exported-value-mount | metadata.annotations[slurm-job.vk.io/flags] | slurm-flags",
                "flag-typo | metadata.annotations[slurm-job.vk.io/flags] | slurm-option-unknown",
                "interlink-annotations | metadata.annotations[interlink.eu/wstunnel-extra-ports]"
                        + " | interlink-annotation",
                "memory-0 | spec.containers[0].resources.limits.memory | limit-size",
                "memory-0-with-mem-flag | spec.containers[0].resources.limits.memory | limit-size",
                "memory-100k | spec.containers[0].resources.limits.memory | limit-size",
                "multi-document | '' | pod-shape",
                "name-number | metadata.name | pod-shape",
                "native-sidecar | spec.initContainers[0].restartPolicy | native-sidecar",
                "nul-in-args | spec.containers[0].args[0] | text",
                "options-trailing-em-space |"
                        + " metadata.annotations[slurm-job.vk.io/singularity-options] |"
                        + " singularity-options",
                "pod-shape-message | metadata.annotations[x/list] | pod-shape",
                "pre-exec-unended | metadata.annotations[slurm-job.vk.io/pre-exec] | pre-exec",
                "probe-exec-injection | spec.containers[0].livenessProbe.exec.command[2]"
                        + " | pasted-text",
                "selector-that-no-node-has | spec.nodeSelector[disktype] | node-selector",
                "selector-that-no-node-has | spec.nodeSelector[kubernetes.io/os] | node-selector",
                "yaml-scalars-converted | spec.containers[0].env[0].value | pod-shape"
            })
    void whatCannotActAsItIsWrittenIsRefusedWithItsPlace(String input, String field, String rule)
            throws IOException {
        JsonNode verdict = verdict(input + ".yaml", "open");

        assertThat(verdict.path("accepted").asBoolean(true)).as(verdict.toString()).isFalse();
        assertThat(findings(verdict, "ERROR")).contains(rule + " " + field);
        verdict.path("findings")
                .forEach(finding -> assertThat(finding.path("hint").asString()).isNotBlank());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "dependency-or | '' | --dependency=afterok:123?afterany:124",
                "flag-c8 | metadata.annotations[slurm-job.vk.io/flags] | --cpus-per-task=8",
                "flavor-defaults-lost | metadata.annotations[slurm-job.vk.io/flavor] | ''",
                "generate-name | '' | ''",
                "gpu-zero | '' | ''",
                "init-container-memory-bypass | '' | --mem=20480",
                "init-container-memory-bypass | '' | --cpus-per-task=2",
                "job-name | metadata.annotations[slurm-job.vk.io/flags] | --time=2800",
                "mem-per-cpu | metadata.annotations[slurm-job.vk.io/flags] | --mem=16000",
                "memory-1.1Gi | spec.containers[0].resources.limits.memory | --mem=1127",
                "mounts-trailing-newline | metadata.annotations[slurm-job.vk.io/singularity-mounts]"
                        + " | ''",
                "probe-ignored | spec.containers[0].livenessProbe | ''",
                "pvc-drops-mounts | spec.volumes[1].persistentVolumeClaim | ''",
                "trailing-separator | '' | ''",
                "working-dir | spec.containers[0].workingDir | ''"
            })
    void supportedFieldsAreTranslatedAndDifferencesReported(String input, String field, String line)
            throws IOException {
        JsonNode verdict = verdict(input + ".yaml", "open");

        assertThat(verdict.path("accepted").asBoolean()).as(verdict.toString()).isTrue();
        assertThat(verdict.path("batchLines").toString()).contains(line);
        List<String> fields =
                findings(verdict, "WARNING").stream().map(text -> text.split(" ", 2)[1]).toList();
        if (!field.isEmpty()) {
            assertThat(fields).contains(field);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "exported-value-mount, slurm-flags",
        "image-at-sibling, limit-image",
        "init-container-memory-bypass, limit-memory",
        "memory-0-with-mem-flag, limit-size",
        "ntasks-per-gpu, limit-gpus"
    })
    void noLimitIsEvaded(String input, String rule) throws IOException {
        assertThat(findings(verdict(input + ".yaml", "attacked"), "ERROR"))
                .anySatisfy(finding -> assertThat(finding).startsWith(rule + " "));
    }

    @Test
    void aFlavorKeepsItsOwnSize() throws IOException {
        JsonNode verdict = verdict("flavor-defaults-lost.yaml", "open");

        assertThat(verdict.path("batchLines")).isEmpty();
        assertThat(verdict.path("manifest").asString()).doesNotContain("limits");
    }

    @Test
    void aGeneratedNameKeepsItsPrefix() throws IOException {
        assertThat(verdict("generate-name.yaml", "open").path("manifest").asString())
                .containsPattern("\\bname: \"?interlinkpod-[0-9a-f]{12,26}\\b");
    }

    @Test
    void aMountKeepsNoLineBreak() throws IOException {
        assertThat(verdict("mounts-trailing-newline.yaml", "open").path("manifest").asString())
                .contains("slurm-job.vk.io/singularity-mounts: \"--bind /ceph/a:/b\"\n");
    }

    @Test
    void aMisspelledOptionIsAnsweredWithTheNearest() throws IOException {
        assertThat(verdict("flag-typo.yaml", "open").path("findings").toString())
                .contains("Write --gres,", "Write --partition,");
    }

    @Test
    void bytesThatAreNoUtf8AreRefused() throws IOException {
        assertThat(verdict("latin1.yaml", "open").toString()).contains("UTF-8");
    }

    /// Without the mock request, which adds a charset to the type.
    @Test
    void utf16IsReadByItsByteOrderMark() throws IOException {
        assertThat(
                        PodDocument.parse(
                                        Files.readAllBytes(INPUTS.resolve("utf16-bom.yaml")),
                                        Optional.empty())
                                .name())
                .contains(new JobName("t1"));
    }

    @Test
    void aFractionIsNoNumberOfNodes() throws IOException {
        assertThat(preflight("json-nodes-fraction.json", "open"))
                .hasStatus4xxClientError()
                .bodyText()
                .contains("slurm.nodes");
    }

    @Test
    void aMissingSecretIsNamedWithItsPlace() throws IOException {
        assertThat(findings(verdict("envfrom-secret-missing.yaml", "open"), "WARNING"))
                .anySatisfy(finding ->
                        assertThat(finding)
                                .startsWith("secret-exists spec.containers[0].envFrom[0]"));
        assertThat(findings(verdict("secret-missing-in-sandbox.yaml", "open"), "WARNING"))
                .anySatisfy(finding -> assertThat(finding).startsWith("secret-exists "));
    }

    @Test
    void theManifestHasNoRawLineSeparator() throws IOException {
        assertThat(verdict("manifest-line-separator.json", "open").path("manifest").asString())
                .doesNotContain("\u2028")
                .contains("\\u2028");
    }

    @Test
    void noInputOfThisFolderIsUntried() throws IOException {
        try (Stream<Path> inputs = Files.list(INPUTS)) {
            String tests =
                    Files.readString(
                            Path.of(
                                    "src/test/java/io/interlinkgateway/submission/ReportedInputTests.java"));
            assertThat(
                            inputs.map(input ->
                                            input.getFileName()
                                                    .toString()
                                                    .replaceFirst("\\.(yaml|json)$", ""))
                                    .filter(name -> !tests.contains(name)))
                    .isEmpty();
        }
    }

    private static Set<String> findings(JsonNode verdict, String severity) {
        return verdict.path("findings")
                .valueStream()
                .filter(finding -> finding.path("severity").asString().equals(severity))
                .map(finding ->
                        finding.path("rule").asString() + " " + finding.path("field").asString())
                .collect(Collectors.toSet());
    }
}
