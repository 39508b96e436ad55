package io.interlinkgateway.cluster;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.interlinkgateway.caller.Role;
import io.interlinkgateway.cluster.api.ApiOperation;
import io.interlinkgateway.cluster.api.ApiServer;
import io.interlinkgateway.job.Fingerprint;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.pod.MetadataNames;
import io.interlinkgateway.pod.PodTranslation;
import io.interlinkgateway.token.ApiToken;
import io.interlinkgateway.token.ApiTokens;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// API tokens as Secrets in the gateway's own namespace, one Secret per token, so that each is read and deleted by
/// name. They have their own Secret type, which distinguishes them from MLflow credentials.
final class KubernetesApiTokens implements ApiTokens {

    private static final Logger LOG = LoggerFactory.getLogger(KubernetesApiTokens.class);
    private static final String TYPE = MetadataNames.PREFIX + "api-token";
    private static final String OWNER_LABEL = MetadataNames.PREFIX + "api-token-owner";
    private static final String NAME_PREFIX = "api-token-";

    private final ApiServer apiServer;
    private final String namespace;

    KubernetesApiTokens(ApiServer apiServer, String namespace) {
        this.apiServer = apiServer;
        this.namespace = namespace;
    }

    @Override
    public void add(ApiToken token) {
        String workspaces =
                token.workspaces().stream().map(Workspace::value).collect(Collectors.joining(","));
        // spotless:off
        Secret secret = new SecretBuilder()
                .withNewMetadata()
                    .withName(NAME_PREFIX + token.id())
                    .withNamespace(namespace)
                    .addToLabels(MetadataNames.MANAGED_BY, PodTranslation.MANAGER)
                    .addToLabels(OWNER_LABEL, labelFor(token.owner()))
                .endMetadata()
                .withType(TYPE)
                .withImmutable(true)
                .addToData(encoded(Map.of(
                        "hash", token.hash(),
                        "owner", token.owner(),
                        "name", token.name(),
                        "role", token.role().name(),
                        "workspaces", workspaces,
                        "createdAt", token.createdAt().toString(),
                        "expiresAt", token.expiresAt().toString())))
                .build();
        // spotless:on
        apiServer.call(
                on("create", token.id()), () -> apiServer.client().resource(secret).create());
    }

    @Override
    public Optional<ApiToken> find(String id) {
        return Optional.ofNullable(apiServer.call(on("get", id), () -> resource(id).get()))
                .flatMap(KubernetesApiTokens::read);
    }

    @Override
    public List<ApiToken> ownedBy(String owner) {
        return apiServer
                .call(
                        ApiOperation.list("secrets", namespace),
                        () ->
                                apiServer
                                        .client()
                                        .secrets()
                                        .inNamespace(namespace)
                                        .withLabel(OWNER_LABEL, labelFor(owner))
                                        .list())
                .getItems()
                .stream()
                .sorted(Comparator.comparing(KubernetesApiTokens::version))
                .flatMap(secret -> read(secret).stream())
                .filter(token -> token.owner().equals(owner))
                .toList();
    }

    @Override
    public void delete(String id) {
        apiServer.call(on("delete", id), () -> resource(id).delete());
    }

    /// The order in which tokens were created: resource versions grow with each write, and these Secrets are
    /// immutable. Creation times have whole seconds and come from several servers.
    private static BigInteger version(Secret secret) {
        return new BigInteger(secret.getMetadata().getResourceVersion());
    }

    private ApiOperation on(String verb, String id) {
        return ApiOperation.on(verb, "secrets", namespace, NAME_PREFIX + id);
    }

    private Resource<Secret> resource(String id) {
        return apiServer.client().secrets().inNamespace(namespace).withName(NAME_PREFIX + id);
    }

    /// A Secret that was modified by others is not a token.
    private static Optional<ApiToken> read(Secret secret) {
        try {
            if (!TYPE.equals(secret.getType())) {
                return Optional.empty();
            }
            return Optional.of(
                    new ApiToken(
                            secret.getMetadata().getName().substring(NAME_PREFIX.length()),
                            decoded(secret, "hash"),
                            decoded(secret, "owner"),
                            decoded(secret, "name"),
                            Role.valueOf(decoded(secret, "role")),
                            Arrays.stream(decoded(secret, "workspaces").split(","))
                                    .map(Workspace::new)
                                    .toList(),
                            Instant.parse(decoded(secret, "createdAt")),
                            Instant.parse(decoded(secret, "expiresAt"))));
        } catch (RuntimeException failure) {
            LOG.warn(
                    "The Secret {} is not a valid API token: {}",
                    secret.getMetadata().getName(),
                    failure.toString());
            return Optional.empty();
        }
    }

    private static Map<String, String> encoded(Map<String, String> texts) {
        return texts.entrySet().stream()
                .collect(
                        Collectors.toMap(
                                Map.Entry::getKey,
                                text ->
                                        Base64.getEncoder()
                                                .encodeToString(
                                                        text.getValue()
                                                                .getBytes(
                                                                        StandardCharsets.UTF_8))));
    }

    private static String decoded(Secret secret, String key) {
        return new String(
                Base64.getDecoder().decode(secret.getData().get(key)), StandardCharsets.UTF_8);
    }

    /// A hash, because owners have characters that are not allowed in labels.
    private static String labelFor(String owner) {
        return Fingerprint.of(owner).substring(0, 63);
    }
}
