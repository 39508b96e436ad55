package io.interlinkgateway.history.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.interlinkgateway.history.WorkspaceRedaction.Masks;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobDefinition;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.MlflowAccess;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.representation.SubmitJobRequest;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// A job's definition as it is written to a row: a job spec in the API's form, or a pod.
///
/// @param spec the job spec
/// @param mlflow the kind of the spec's credential, which the API's form does not have
/// @param pod the pod's JSON tree
/// @param masked the paths of the texts that had a secret; null if none had
record StoredDefinition(
        @Nullable SubmitJobRequest spec,
        MlflowAccess.@Nullable Kind mlflow,
        @Nullable Map<String, Object> pod,
        @Nullable List<String> masked) {

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .changeDefaultPropertyInclusion(
                            inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
                    .build();

    /// The API's form of a spec requires a node.
    private static final NodeName NO_NODE = new NodeName("none");

    /// What is known of a job's definition.
    ///
    /// @param definition empty if it can't be read, or breaks a rule of this version, which a mask can do, too
    /// @param maskedFields the paths of its texts that had a secret
    record Known(Optional<JobDefinition> definition, List<String> maskedFields) {

        static final Known NOTHING = new Known(Optional.empty(), List.of());
    }

    /// @param masks masks the secrets of the job's workspace
    /// @return the definition without secrets
    static String write(Job job, JobDefinition definition, Masks masks) {
        ObjectNode stored =
                JSON.valueToTree(
                        switch (definition) {
                            case JobSpec spec ->
                                    new StoredDefinition(
                                            SubmitJobRequest.from(
                                                    job.name(), job.node().orElse(NO_NODE), spec),
                                            spec.mlflow().map(MlflowAccess::kind).orElse(null),
                                            null,
                                            null);
                            case PodManifest manifest ->
                                    new StoredDefinition(null, null, manifest.document(), null);
                        });
        for (String form : List.of("spec", "pod")) {
            if (stored.get(form) instanceof ObjectNode document) {
                List<String> masked = masks.mask(document);
                if (!masked.isEmpty()) {
                    stored.set("masked", JSON.valueToTree(masked));
                }
            }
        }
        return JSON.writeValueAsString(stored);
    }

    /// @param compressed what [#write] returned, compressed, or anything else
    static Known read(byte[] compressed) {
        StoredDefinition stored;
        try {
            stored = JSON.readValue(StoredText.decompressed(compressed), StoredDefinition.class);
        } catch (RuntimeException _) {
            // A row can have anything.
            return Known.NOTHING;
        }
        List<String> maskedFields = Objects.requireNonNullElse(stored.masked, List.of());
        try {
            return new Known(stored.definition(), maskedFields);
        } catch (RuntimeException _) {
            return new Known(Optional.empty(), maskedFields);
        }
    }

    private Optional<JobDefinition> definition() {
        return pod != null
                ? Optional.of(new PodManifest(pod))
                : Optional.ofNullable(spec).map(document -> specOf(document, mlflow));
    }

    private static JobDefinition specOf(
            SubmitJobRequest document, MlflowAccess.@Nullable Kind kind) {
        JobDefinition definition = document.toRequestedJob(List.of()).definition();
        return definition instanceof JobSpec spec && kind != null
                ? spec.mlflow()
                        .map(access ->
                                spec.withMlflow(
                                        new MlflowAccess(
                                                access.credential(), access.trackingUri(), kind)))
                        .orElse(spec)
                : definition;
    }
}
