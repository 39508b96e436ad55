package io.interlinkgateway.submission;

import io.interlinkgateway.job.Finding;
import io.interlinkgateway.job.Findings;
import io.interlinkgateway.pod.HpcUse;
import org.springframework.stereotype.Component;

/// Refuses what is safe only where an operator says so: options that `sbatch` itself does not have, and annotations by
/// which interLink opens ports or runs containers elsewhere.
@Component
class OpenedByOperators {

    private final SlurmProperties slurm;
    private final InterlinkProperties interlink;

    OpenedByOperators(SlurmProperties slurm, InterlinkProperties interlink) {
        this.slurm = slurm;
        this.interlink = interlink;
    }

    void check(HpcUse use, Findings findings) {
        use.slurm()
                .unknown()
                .forEach((option, nearest) -> {
                    if (!slurm.allowedOptions().contains(option)) {
                        findings.add(
                                Finding.error(
                                        "slurm-option-unknown",
                                        use.slurmField().of(option),
                                        "sbatch has no option --" + option + ".",
                                        nearest.map(name ->
                                                        "Write --" + name + ", or leave it out.")
                                                .orElse(
                                                        "Leave it out. If it is an option of a"
                                                            + " site's plugin, the gateway's"
                                                            + " operator can open it with"
                                                            + " gateway.slurm.allowed-options.")));
                    }
                });
        use.operatorAnnotations().stream()
                .filter(said -> !interlink.allowedAnnotations().contains(said.value()))
                .map(said ->
                        Finding.error(
                                "interlink-annotation",
                                said.field(),
                                "The annotation " + said.value() + " is not open to callers here.",
                                "Leave it out, or ask the gateway's operator to open it with"
                                        + " gateway.interlink.allowed-annotations."))
                .forEach(findings::add);
    }
}
