package io.interlinkgateway.submission;

import io.interlinkgateway.failure.Checked;
import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.Findings;
import io.interlinkgateway.pod.JobStore;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

@Schema(name = "Preflight", description = "The result of a submission's checks.")
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

    static PreflightResponse from(Checked<JobStore.Preview> preview) {
        return new PreflightResponse(
                !preview.hasErrors(),
                Findings.shown(preview.findings().stream().distinct().toList()),
                preview.value().map(JobStore.Preview::manifest).orElse(null),
                preview.value().map(JobStore.Preview::batchLines).orElse(null));
    }
}
