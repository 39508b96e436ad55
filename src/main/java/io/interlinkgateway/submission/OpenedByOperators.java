package io.interlinkgateway.submission;

import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.pod.HpcRequest;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/// Refuses features that an operator must allow first: options that plain `sbatch` does not have, and annotations
/// with which interLink opens ports or runs containers elsewhere.
@Component
class OpenedByOperators {

    private final SlurmProperties slurm;
    private final InterlinkProperties interlink;

    OpenedByOperators(SlurmProperties slurm, InterlinkProperties interlink) {
        this.slurm = slurm;
        this.interlink = interlink;
    }

    Stream<Finding> check(HpcRequest request) {
        return Stream.concat(
                request.slurm().unknown().entrySet().stream()
                        .filter(option -> !slurm.allowedOptions().contains(option.getKey()))
                        .map(option -> unknown(option.getKey(), option.getValue(), request)),
                request.operatorAnnotations().stream()
                        .filter(annotation ->
                                !interlink.allowedAnnotations().contains(annotation.value()))
                        .map(OpenedByOperators::closed));
    }

    private static Finding unknown(String option, Optional<String> nearest, HpcRequest request) {
        return Finding.error(
                "slurm-option-unknown",
                request.slurmField().of(option),
                "sbatch has no option --" + option + ".",
                nearest.map(name -> "Write --" + name + ", or leave it out.")
                        .orElse(
                                "Leave it out. If it is an option of a site's plugin, the gateway's"
                                        + " operator can allow it with"
                                        + " gateway.slurm.allowed-options."));
    }

    private static Finding closed(HpcRequest.FieldValue annotation) {
        return Finding.error(
                "interlink-annotation",
                annotation.field(),
                "The annotation " + annotation.value() + " is not allowed on this gateway.",
                "Leave it out, or ask the gateway's operator to allow it with"
                        + " gateway.interlink.allowed-annotations.");
    }
}
