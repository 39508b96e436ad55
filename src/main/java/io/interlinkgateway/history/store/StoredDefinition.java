package io.interlinkgateway.history.store;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobDefinition;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.MlflowAccess;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.representation.SubmitJobRequest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/// A job's definition as it is written to a row: a job spec in the API's form, or a pod.
///
/// @param spec the job spec
/// @param mlflow the kind of the spec's credential, which the API's form does not have
/// @param pod the pod's JSON tree
record StoredDefinition(
        @Nullable SubmitJobRequest spec,
        MlflowAccess.@Nullable Kind mlflow,
        @Nullable Map<String, Object> pod) {

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .changeDefaultPropertyInclusion(
                            inclusion -> inclusion.withValueInclusion(JsonInclude.Include.NON_NULL))
                    .build();

    /// The API's form of a spec requires a node.
    private static final NodeName NO_NODE = new NodeName("none");

    static String write(Job job, JobDefinition definition) {
        return JSON.writeValueAsString(
                switch (definition) {
                    case JobSpec spec ->
                            new StoredDefinition(
                                    SubmitJobRequest.from(
                                            job.name(), job.node().orElse(NO_NODE), spec),
                                    spec.mlflow().map(MlflowAccess::kind).orElse(null),
                                    null);
                    case PodManifest manifest ->
                            new StoredDefinition(null, null, manifest.document());
                });
    }

    /// @param json what [#write] returned
    /// @return the definition; empty if it breaks a rule of this version
    static Optional<JobDefinition> read(String json) {
        try {
            StoredDefinition stored = JSON.readValue(json, StoredDefinition.class);
            return stored.pod != null
                    ? Optional.of(new PodManifest(stored.pod))
                    : Optional.ofNullable(stored.spec).map(spec -> specOf(spec, stored.mlflow));
        } catch (JacksonException | GatewayException | InvalidValueException _) {
            return Optional.empty();
        }
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
