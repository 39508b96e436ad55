package io.interlinkgateway.history;

import io.interlinkgateway.credential.Credentials;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobDefinition;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.log.Redaction;
import io.interlinkgateway.pod.PodYaml;
import io.interlinkgateway.representation.JsonTexts;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Masks the passwords and tokens of a workspace's credentials, all of them: a caller may have written one as a plain
/// value. They are masked before a job or a log is stored, and in a job again when it is shown alone, because a credential
/// may have been created since.
@Component
public class WorkspaceRedaction {

    private static final YAMLMapper YAML = new YAMLMapper();
    private static final TypeReference<Map<String, Object>> TREE = new TypeReference<>() {};

    private final Credentials credentials;

    WorkspaceRedaction(Credentials credentials) {
        this.credentials = credentials;
    }

    /// @param workspace a workspace
    /// @return what masks a log of one of its jobs, with the credentials that it has now
    /// @throws GatewayException.ClusterUnavailable if the credentials can't be read now
    /// @throws GatewayException.ClusterRefused if the gateway may not read them
    Redaction ofLog(Workspace workspace) {
        return Redaction.of(credentials.passwordForms(workspace));
    }

    /// @param workspace a workspace
    /// @return what masks the definitions of its jobs, with the credentials that it has now
    /// @throws GatewayException.ClusterUnavailable if the credentials can't be read now
    /// @throws GatewayException.ClusterRefused if the gateway may not read them
    public Masks of(Workspace workspace) {
        return Masks.of(credentials.passwordForms(workspace));
    }

    /// Masks the secrets of one workspace. Not thread-safe.
    public static final class Masks {

        /// Paths of identifiers, which are no secrets: lists show them.
        private static final Pattern IDENTIFIERS =
                Pattern.compile(
                        "name|node|metadata\\.name|spec\\.(initContainers|containers)\\[\\d+]\\.name");

        private final Redaction redaction;

        private Masks(Redaction redaction) {
            this.redaction = redaction;
        }

        /// @param secrets the secret values
        /// @return what masks them
        public static Masks of(Set<String> secrets) {
            return new Masks(Redaction.of(secrets));
        }

        /// @param past a job of the workspace
        /// @return the same job with a masked definition; without one if it breaks a rule when it is masked
        PastJob masked(PastJob past) {
            return new PastJob(
                    masked(past.job())
                            .withDefinition(past.job().definition().flatMap(this::masked)),
                    past.version(),
                    past.firstSeenAt(),
                    past.seenAt(),
                    past.removedAt(),
                    past.mlflow(),
                    past.logs(),
                    past.maskedFields());
        }

        /// @param job a job of the workspace
        /// @return the same job with masked messages and labels, and the same definition
        public Job masked(Job job) {
            return job.withTexts(redaction::whole);
        }

        /// @param change a change of a job of the workspace
        /// @return the same with a masked job
        StateChange masked(StateChange change) {
            return new StateChange(change.version(), change.seenAt(), masked(change.job()));
        }

        private Optional<JobDefinition> masked(JobDefinition definition) {
            try {
                return Optional.of(definition.withTexts(redaction::whole));
            } catch (InvalidValueException _) {
                return Optional.empty();
            }
        }

        /// @param pod the pod of a job of the workspace
        /// @return the masked pod as YAML
        public String maskedYaml(PodManifest pod) {
            return PodYaml.of(pod.withTexts(redaction::whole));
        }

        /// @param yaml the pod of a job of the workspace
        /// @return the same text, or the masked pod if it has a secret
        public String masked(String yaml) {
            PodManifest manifest = new PodManifest(YAML.readValue(yaml, TREE));
            PodManifest result = manifest.withTexts(redaction::whole);
            return result.equals(manifest) ? yaml : PodYaml.of(result);
        }

        /// @param link where a job of the workspace has its results
        /// @return the same with masked texts
        public MlflowLink masked(MlflowLink link) {
            return new MlflowLink(
                    link.trackingUri().map(redaction::whole),
                    link.experiment().map(redaction::whole),
                    link.run().map(redaction::whole));
        }

        /// Masks all texts of a document, in place, but no names of jobs, nodes and containers.
        ///
        /// @param document a definition
        /// @return the paths of the changed texts, as in [JsonTexts]
        public List<String> mask(ObjectNode document) {
            List<String> paths = new ArrayList<>();
            JsonTexts.replaceAll(
                    document,
                    (path, text) -> {
                        if (IDENTIFIERS.matcher(path).matches()) {
                            return text;
                        }
                        String masked = redaction.whole(text);
                        if (!masked.equals(text)) {
                            paths.add(path);
                        }
                        return masked;
                    });
            return paths;
        }
    }
}
