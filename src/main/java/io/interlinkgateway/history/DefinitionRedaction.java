package io.interlinkgateway.history;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.interlinkgateway.credential.CredentialSummary;
import io.interlinkgateway.credential.Credentials;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.job.JobDefinition;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.log.Redaction;
import io.interlinkgateway.pod.PodYaml;
import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// Masks the passwords and tokens of a workspace's credentials in definitions, as in logs: a caller may have written one
/// as a plain value. Definitions are stored as they were submitted, so that jobs can be submitted again.
@Component
class DefinitionRedaction {

    private static final YAMLMapper YAML = new YAMLMapper();
    private static final TypeReference<Map<String, Object>> TREE = new TypeReference<>() {};

    private final Credentials credentials;

    DefinitionRedaction(Credentials credentials) {
        this.credentials = credentials;
    }

    /// @param workspace a workspace
    /// @return what masks the definitions of its jobs, with the credentials that it has now
    /// @throws GatewayException.ClusterUnavailable if the credentials can't be read now
    Masks of(Workspace workspace) {
        return new Masks(
                credentials.passwordForms(
                        workspace,
                        credentials.list(workspace).stream()
                                .map(CredentialSummary::name)
                                .collect(Collectors.toSet())));
    }

    /// Masks the secrets of one workspace.
    static final class Masks {

        private final UnaryOperator<String> mask;

        private Masks(Set<String> secrets) {
            Redaction redaction = Redaction.of(secrets);
            this.mask =
                    secrets.isEmpty() ? UnaryOperator.identity() : text -> masked(redaction, text);
        }

        private static String masked(Redaction redaction, String text) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.writeBytes(redaction.next(text.getBytes(UTF_8)));
            bytes.writeBytes(redaction.end());
            return bytes.toString(UTF_8);
        }

        /// @param past a job of the workspace
        /// @return the same job with a masked definition; without one if it breaks a rule when it is masked
        PastJob masked(PastJob past) {
            return new PastJob(
                    past.job().withDefinition(past.job().definition().flatMap(this::masked)),
                    past.version(),
                    past.firstSeenAt(),
                    past.seenAt(),
                    past.removedAt(),
                    past.mlflow(),
                    past.logs());
        }

        private Optional<JobDefinition> masked(JobDefinition definition) {
            try {
                return Optional.of(definition.withTexts(mask));
            } catch (InvalidValueException _) {
                return Optional.empty();
            }
        }

        /// @param yaml the pod of a job of the workspace
        /// @return the same text, or the masked pod if it has a secret
        String masked(String yaml) {
            PodManifest manifest = new PodManifest(YAML.readValue(yaml, TREE));
            PodManifest result = manifest.withTexts(mask);
            return result.equals(manifest) ? yaml : PodYaml.of(result);
        }
    }
}
