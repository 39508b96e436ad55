package io.interlinkgateway.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.interlinkgateway.contract.SampleJobs;
import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.NamedJob;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.job.Workspace;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// What SLURM is asked for, by what a pod says of CPUs and memory in its limits, requests and options.
class PluginResourcesTests {

    @SuppressWarnings("unchecked")
    private static NamedJob job(String flags, String spec, String main, String side) {
        return new SampleJobs(new Workspace("default"), new NodeName("node"))
                .named(
                        "job",
                        new PodManifest(
                                PodCase.SERIALIZATION.unmarshal(
                                        pod(flags, spec, main, side), Map.class)),
                        null);
    }

    private static String pod(String flags, String spec, String main, String side) {
        return """
        apiVersion: v1
        kind: Pod
        metadata:
          annotations: {slurm-job.vk.io/flags: "%s"}
        spec:
          %s
          containers:
          - {name: main, image: /a.sif, command: [id], resources: {%s}}
          - {name: side, image: /a.sif, command: [id], resources: {%s}}
        """
                .formatted(flags, spec, main, side);
    }

    private static String lines(NamedJob job) {
        return String.join(
                        " ",
                        PodTranslation.batchLines(PodTranslation.translate(job).orReject().pod()))
                .replace("#SBATCH ", "");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "limits: {cpu: 1, memory: 1Gi} | limits: {cpu: 2, memory: 512Mi} | 3 | 1536",
                "limits: {cpu: 1500m, memory: 1.1Gi} | limits: {cpu: 200m} | 3 | 1127",
                "limits: {cpu: 0, memory: 1500M} | \"\" | 1 | 1430",
                "requests: {cpu: 4, memory: 20Gi} | requests: {memory: 4Gi} | 4 | 24576",
                "requests: {cpu: 4}, limits: {memory: 1Mi} | limits: {cpu: 8} | 8 | 1",
                "\"\" | \"\" | 1 | 1024"
            })
    void limitsAddUpAndBecomeWhole(String main, String side, String cpus, String memory) {
        assertThat(lines(job("", "", main, side)))
                .isEqualTo("--cpus-per-task=" + cpus + " --mem=" + memory);
    }

    @Test
    void anInitContainerCountsWhereItIsLarger() {
        assertThat(
                        lines(
                                job(
                                        "",
                                        "initContainers: [{name: i, image: /i.sif, command: [id],"
                                                + " resources: {limits: {cpu: 5, memory: 1Gi}}}]",
                                        "limits: {cpu: 2, memory: 2Gi}",
                                        "limits: {cpu: 2, memory: 2Gi}")))
                .isEqualTo("--cpus-per-task=5 --mem=4096");
    }

    @Test
    void limitsOfTheWholePodBecomeTheFirstContainers() {
        NamedJob job = job("", "resources: {limits: {cpu: 3, memory: 3Gi}}", "", "");

        assertThat(lines(job)).isEqualTo("--cpus-per-task=3 --mem=3072");
        assertThat(PodTranslation.translate(job).orReject().pod().getSpec().getResources())
                .isNull();
        assertThat(PodTranslation.translate(job).findings())
                .extracting(Finding::field)
                .contains("spec.resources");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--mem-per-cpu=2000 --ntasks=8 --nodes=1 | '' | --mem=16000",
                "--mem-per-cpu=2G --ntasks-per-node=4 --cpus-per-task=3 | '' | --mem=24G",
                "--mem-per-cpu=1G | limits: {cpu: 6} | --mem=6G",
                "--mem-per-gpu=10G --gres=gpu:a100:2 | '' | --mem=20G",
                "--mem-per-gpu=10G --gpus=3 --nodes=1 | '' | --mem=30G",
                "--cpus-per-gpu=8 --gres=gpu:2 | '' | --cpus-per-task=16",
                "--cpus-per-gpu=8 --gpus-per-node=2 --ntasks-per-node=4 | '' | --cpus-per-task=4"
            })
    void optionsThatExcludeThePluginsAreTranslated(String flags, String main, String line) {
        NamedJob job = job(flags, "", main, "");

        assertThat(lines(job)).contains(line).doesNotContain("-per-gpu", "mem-per");
        assertThat(PodTranslation.translate(job).findings())
                .extracting(Finding::rule)
                .contains("option-translated");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--mem-per-cpu=2000 | limits: {memory: 1Gi}",
                "--mem-per-cpu=2000 --ntasks=8 | ''",
                "--mem-per-cpu=2000 --ntasks=8 --nodes=2 | ''",
                "--mem-per-cpu=0 | ''",
                "--mem-per-cpu=1.5G | ''",
                "--mem-per-gpu=10G | ''",
                "--mem-per-gpu=10G --gpus=2 | ''",
                "--mem-per-gpu=10G --gres=gpu:1,tmpdisk:1 | ''",
                "--cpus-per-gpu=8 --gres=gpu:1 | limits: {cpu: 1}",
                "--cpus-per-gpu=8 | ''",
                "--cpus-per-gpu=3 --gres=gpu:1 --ntasks-per-node=2 | ''"
            })
    void optionsThatExcludeThePluginsAreRefusedWhereTheirMeaningIsNotCertain(
            String flags, String main) {
        NamedJob job = job(flags, "", main, "");

        assertThatExceptionOfType(GatewayException.Rejected.class)
                .isThrownBy(() -> PodTranslation.translate(job).orReject().pod())
                .satisfies(refused ->
                        assertThat(refused.findings())
                                .extracting(Finding::rule)
                                .contains("option-excluded"));
    }

    @Test
    void anOptionThatALimitDisplacesIsLeftOut() {
        NamedJob job =
                job("--mem=900G --cpus-per-task=64", "", "limits: {cpu: 1, memory: 1Gi}", "");

        assertThat(PodTranslation.translate(job).orReject().pod().getMetadata().getAnnotations())
                .doesNotContainKey(MetadataNames.FLAGS);
        assertThat(lines(job)).isEqualTo("--cpus-per-task=1 --mem=1024");
    }

    @ParameterizedTest
    @CsvSource({"0", "400m", "512", "100k", "1048575"})
    void lessMemoryThanTheSmallestIsRefused(String memory) {
        NamedJob job = job("", "", "limits: {cpu: 1, memory: " + memory + "}", "");

        assertThatExceptionOfType(GatewayException.Rejected.class)
                .isThrownBy(() -> PodTranslation.translate(job).orReject().pod())
                .satisfies(refused ->
                        assertThat(refused.findings())
                                .anySatisfy(finding -> {
                                    assertThat(finding.rule()).isEqualTo("limit-size");
                                    assertThat(finding.field())
                                            .isEqualTo(
                                                    "spec.containers[0].resources.limits.memory");
                                }));
    }
}
