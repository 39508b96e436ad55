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

    /// @param past a job
    /// @return the same job with a masked definition; without one if it breaks a rule when it is masked
    /// @throws GatewayException.ClusterUnavailable if the credentials can't be read now
    PastJob masked(PastJob past) {
        Set<String> secrets = secrets(past.job().workspace());
        return new PastJob(
                past.job()
                        .withDefinition(
                                past.job()
                                        .definition()
                                        .flatMap(definition -> masked(definition, secrets))),
                past.version(),
                past.firstSeenAt(),
                past.seenAt(),
                past.removedAt(),
                past.mlflow(),
                past.logs());
    }

    private static Optional<JobDefinition> masked(JobDefinition definition, Set<String> secrets) {
        try {
            return Optional.of(definition.withTexts(masking(secrets)));
        } catch (InvalidValueException _) {
            return Optional.empty();
        }
    }

    /// @param workspace a job's workspace
    /// @param yaml its pod
    /// @return the same text, or the masked pod if it has a secret
    /// @throws GatewayException.ClusterUnavailable if the credentials can't be read now
    String masked(Workspace workspace, String yaml) {
        PodManifest manifest = new PodManifest(YAML.readValue(yaml, TREE));
        PodManifest masked = manifest.withTexts(masking(secrets(workspace)));
        return masked.equals(manifest) ? yaml : PodYaml.of(masked);
    }

    private Set<String> secrets(Workspace workspace) {
        return credentials.passwordForms(
                workspace,
                credentials.list(workspace).stream()
                        .map(CredentialSummary::name)
                        .collect(Collectors.toSet()));
    }

    private static UnaryOperator<String> masking(Set<String> secrets) {
        if (secrets.isEmpty()) {
            return UnaryOperator.identity();
        }
        Redaction redaction = Redaction.of(secrets);
        return text -> {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            bytes.writeBytes(redaction.next(text.getBytes(UTF_8)));
            bytes.writeBytes(redaction.end());
            return bytes.toString(UTF_8);
        };
    }
}
