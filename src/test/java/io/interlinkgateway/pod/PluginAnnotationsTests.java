package io.interlinkgateway.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.interlinkgateway.ProcessorTime;
import io.interlinkgateway.failure.InvalidValueException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What of a plugin's annotation the pod carries.
class PluginAnnotationsTests {

    @ParameterizedTest
    @CsvSource(
            delimiterString = " => ",
            value = {
                "slurm-job.vk.io/flags => -p gpu  -c8 -J x => --partition=gpu --cpus-per-task=8",
                "slurm-job.vk.io/singularity-mounts => --bind=/a:/b:ro,/c  -B/d -eB /e => --bind"
                        + " /a:/b:ro --bind /c --bind /d --bind /e -e",
                "slurm-job.vk.io/singularity-mounts => --bind=$HOME/x:/y -B$WORK =>"
                        + " --bind=$HOME/x:/y --bind=$WORK",
                "slurm-job.vk.io/singularity-mounts => --bind $HOME/x:/y => --bind=$HOME/x:/y",
                "slurm-job.vk.io/singularity-mounts => --bind /a:/b:ro,noexec => --bind"
                        + " /a:/b:ro,noexec",
                "slurm-job.vk.io/singularity-options => --nv   --env A=$B => --nv --env A=$B",
                "apptainer-job.vk.io/mounts => -B /a => --bind /a",
                "slurm-job.vk.io/image-root => oras:// => oras://",
                "slurm-job.vk.io/flavor => high-io => high-io",
                "slurm-job.vk.io/enroot-options => --rw --root => --rw --root",
                "interlink.eu/wstunnel-extra-ports => 8080,9090:metrics:UDP =>"
                        + " 8080,9090:metrics:UDP",
                "interlink.eu/pod-vpn => true => true"
            })
    void aValueIsCarriedInOneFormAndThatFormIsItself(String name, String value, String carried) {
        assertThat(PluginAnnotations.canonical(name, value)).isEqualTo(carried);
        assertThat(PluginAnnotations.canonical(name, carried)).isEqualTo(carried);
        assertThat(PluginAnnotations.canonical(name, value + "\n")).isEqualTo(carried);
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " => ",
            value = {
                "slurm-job.vk.io/singularity-mounts => --bind $HOME",
                "slurm-job.vk.io/singularity-mounts => --bind /a:b",
                "slurm-job.vk.io/singularity-mounts => --bind /a:/b,$IFS",
                "slurm-job.vk.io/singularity-mounts => /a:/b",
                "slurm-job.vk.io/singularity-options => --nv other.sif",
                "slurm-job.vk.io/enroot-mounts => --mount /a:/b",
                "slurm-job.vk.io/image-root => instance://x",
                "slurm-job.vk.io/image-root => $(id)",
                "slurm-job.vk.io/flavor => a b",
                "slurm-job.vk.io/nfs-mode => other",
                "interlink.eu/wstunnel-extra-ports => 8080;id",
                "interlink.eu/disable-offload-containers => a b",
                "interlink.eu/gang-size => two"
            })
    void aValueThatThePluginReadsOtherwiseIsRefused(String name, String value) {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> PluginAnnotations.canonical(name, value));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "slurm-job.vk.io/nfs-fuse-command",
                "slurm-job.vk.io/job-workdir",
                "htcondor-job.vk.io/singularity-options",
                "htcondor-job.knoc.io/image-root",
                "docker-job.vk.io/flags",
                "job.vk.io/pre-exec",
                "slurm-job.knoc.io/flags",
                "interlink.io/remote-pvc",
                "interlink.eu/pod-ip",
                "interlink.virtual-kubelet.io/ping-response"
            })
    void otherAnnotationsOfPluginsAreNotTaken(String name) {
        assertThat(PluginAnnotations.isPlugins(name)).isTrue();
        assertThat(PluginAnnotations.isKnown(name)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"x/list", "kubectl.kubernetes.io/last-applied-configuration", "JobID"})
    void theCallersOwnAnnotationsAreNoPlugins(String name) {
        assertThat(PluginAnnotations.isPlugins(name)).isFalse();
    }

    @Test
    void longOptionsAreRefusedInLinearTime() {
        String option = "-" + "O".repeat(900_000);
        String sixteenth = "-" + "O".repeat(900_000 / 16);

        assertThat(
                        ProcessorTime.ratio(
                                () -> assertRefused(MetadataNames.FLAGS, option),
                                () -> assertRefused(MetadataNames.FLAGS, sixteenth)))
                .isLessThan(64);
        assertRefused(MetadataNames.PRE_EXEC, "#".repeat(70_000));
    }

    private static void assertRefused(String name, String value) {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> PluginAnnotations.canonical(name, value));
    }
}
