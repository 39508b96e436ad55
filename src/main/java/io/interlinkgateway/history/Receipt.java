package io.interlinkgateway.history;

import io.interlinkgateway.job.JobDefinition;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.representation.JobResponse;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What can be kept beside a job's result.
@Schema(
        name = "JobReceipt",
        description =
                "What can be kept beside a job's result: what ran, where, when, and how it ended.")
record Receipt(
        @Schema(description = "The form of this document.", allowableValues = Receipt.FORMAT)
                String format,
        @Schema(
                        description =
                                "The job with its definition, its node, its id on the HPC"
                                        + " (remoteJobId), its times with their precision, and its"
                                        + " end with the evidence for it.")
                JobResponse job,
        @Schema(
                        description =
                                "The #SBATCH lines that the SLURM plugin writes for the job,"
                                        + " without those for its own files.")
                List<String> directives,
        @Schema(description = "The images of its containers, in their order.") List<Image> images,
        PastJobResponse.@Nullable MlflowResponse mlflow,
        @Nullable @Schema(description = "Its archived logs with their SHA-256; missing if none is.")
                List<PastJobResponse.LogResponse> logs,
        @Schema(
                        description = "The version of the gateway that wrote this document.",
                        example = "1.0.0")
                String gatewayVersion,
        @Schema(
                        description =
                                "The SHA-256, in hexadecimal digits, of this document without the"
                                        + " member sha256, in the canonical form of RFC 8785, in"
                                        + " UTF-8.")
                String sha256) {

    static final String FORMAT = "interlink-gateway-receipt/1";

    private static final Pattern DIGEST = Pattern.compile("@(sha256:[0-9a-f]{64})$");

    /// The image of a container.
    @Schema(name = "ReceiptImage", description = "The image of a container.")
    record Image(
            String container,
            @Schema(
                            description = "A path on the HPC or a registry reference.",
                            example = "docker://ghcr.io/intertwin-eu/itwinai:0.3")
                    String reference,
            @Nullable
                    @Schema(description = "From where the image is pulled if the path is missing.")
                    String pullFrom,
            @Nullable
                    @Schema(
                            description =
                                    "Its digest, if a reference has one. An image without one may"
                                            + " be another one today.",
                            example =
                                    "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")
                    String digest) {

        private static Image of(String container, String reference, Optional<String> pullFrom) {
            return new Image(
                    container,
                    reference,
                    pullFrom.orElse(null),
                    Stream.concat(Stream.of(reference), pullFrom.stream())
                            .map(DIGEST::matcher)
                            .filter(Matcher::find)
                            .map(digest -> digest.group(1))
                            .findFirst()
                            .orElse(null));
        }
    }

    /// @param past a job with its definition
    /// @param directives the `#SBATCH` lines of its pod
    /// @param gatewayVersion this gateway's version
    /// @return its receipt, whose digest is empty
    static Receipt of(PastJob past, List<String> directives, String gatewayVersion) {
        return new Receipt(
                FORMAT,
                JobResponse.from(past.job()),
                directives,
                past.job().definition().map(Receipt::images).orElse(List.of()),
                PastJobResponse.MlflowResponse.from(past.mlflow()),
                PastJobResponse.LogResponse.from(past.logs()),
                gatewayVersion,
                "");
    }

    /// @param digest the digest of the document without its digest
    /// @return the whole document
    Receipt withSha256(String digest) {
        return new Receipt(format, job, directives, images, mlflow, logs, gatewayVersion, digest);
    }

    private static List<Image> images(JobDefinition definition) {
        return switch (definition) {
            case JobSpec spec ->
                    List.of(
                            Image.of(
                                    JobSpec.CONTAINER,
                                    spec.image().value(),
                                    spec.image().pullFrom()));
            case PodManifest manifest ->
                    manifest.allContainers()
                            .map(container ->
                                    Image.of(
                                            String.valueOf(container.get("name")),
                                            String.valueOf(container.get("image")),
                                            Optional.empty()))
                            .toList();
        };
    }
}
