package io.interlinkgateway.submission;

import io.interlinkgateway.job.Finding;
import io.interlinkgateway.job.Findings;
import io.interlinkgateway.job.Jobs;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

@Schema(name = "Preflight", description = "What a submission would find.")
record PreflightResponse(
        @Schema(description = "Whether the job would be created now.") boolean accepted,
        List<Finding> findings,
        @Nullable @Schema(description = "The pod, as YAML.") String manifest,
        @Nullable
                @Schema(
                        description =
                                "The lines that interLink's SLURM plugin will write, without those"
                                        + " for its own files.")
                List<String> batchLines) {

    static PreflightResponse from(List<Finding> findings, Optional<Jobs.Preview> preview) {
        List<Finding> all =
                Stream.concat(
                                findings.stream(),
                                preview.stream().flatMap(shown -> shown.warnings().stream()))
                        .distinct()
                        .toList();
        return new PreflightResponse(
                all.stream().noneMatch(finding -> finding.severity() == Finding.Severity.ERROR),
                Findings.shown(all),
                preview.map(Jobs.Preview::manifest).orElse(null),
                preview.map(Jobs.Preview::batchLines).orElse(null));
    }
}
