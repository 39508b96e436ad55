package io.interlinkgateway.cluster;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.interlinkgateway.cluster.api.ApiOperation;
import io.interlinkgateway.cluster.api.ApiServer;
import io.interlinkgateway.credential.CredentialKeys;
import io.interlinkgateway.credential.CredentialSummary;
import io.interlinkgateway.credential.Credentials;
import io.interlinkgateway.credential.MlflowCredential;
import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.job.CredentialName;
import io.interlinkgateway.job.MlflowAccess;
import io.interlinkgateway.job.TrackingUri;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.pod.MetadataNames;
import io.interlinkgateway.pod.PodTranslation;
import io.interlinkgateway.status.PodReading;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Credentials as Secrets in a Kubernetes cluster. A Secret is a credential if it is Opaque and has the keys of
/// [CredentialKeys], no matter what created it.
final class KubernetesCredentials implements Credentials {

    private static final String OPAQUE = "Opaque";
    private static final String SECRETS = "secrets";

    /// How often to replace a Secret if it is changed concurrently.
    private static final int ATTEMPTS = 5;

    private final ApiServer apiServer;
    private final Clock clock;

    KubernetesCredentials(ApiServer apiServer, Clock clock) {
        this.apiServer = apiServer;
        this.clock = clock;
    }

    @Override
    public Stored put(Workspace workspace, CredentialName name, MlflowCredential credential) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Secret> existing = secret(workspace, name);
            try {
                return existing.isPresent()
                        ? new Stored(summary(replaced(existing.get(), credential)), false)
                        : new Stored(summary(created(workspace, name, credential)), true);
            } catch (KubernetesClientException failure) {
                if (failure.getCode() == 404) {
                    throw new GatewayException.NotFound("workspace", workspace.value());
                }
                if (failure.getCode() != 409) {
                    throw apiServer.failed(failure);
                }
            }
        }
        throw new GatewayException.ClusterUnavailable(
                "This credential is being changed by other requests.");
    }

    private Secret created(Workspace workspace, CredentialName name, MlflowCredential credential) {
        Secret secret =
                new SecretBuilder()
                        .withNewMetadata()
                        .withName(name.value())
                        .withNamespace(workspace.value())
                        .addToLabels(MetadataNames.MANAGED_BY, PodTranslation.MANAGER)
                        .endMetadata()
                        .withType(OPAQUE)
                        .build();
        return apiServer.measured(
                on("create", workspace, name),
                () -> apiServer.client().resource(filled(secret, credential)).create());
    }

    private Secret replaced(Secret existing, MlflowCredential credential) {
        if (!isCredential(existing)) {
            throw new GatewayException.Rejected(
                    List.of(
                            Finding.error(
                                    "credential-name",
                                    "name",
                                    "A Secret with that name exists and is not an MLflow"
                                            + " credential.",
                                    "Choose another name.")));
        }
        return apiServer.measured(
                ApiOperation.on(
                        "update",
                        SECRETS,
                        existing.getMetadata().getNamespace(),
                        existing.getMetadata().getName()),
                () -> apiServer.client().resource(filled(existing, credential)).update());
    }

    private static Secret filled(Secret secret, MlflowCredential credential) {
        Map<String, String> annotations =
                new LinkedHashMap<>(
                        Objects.requireNonNullElse(
                                secret.getMetadata().getAnnotations(), Map.of()));
        annotations.remove(MetadataNames.TRACKING_URI);
        credential
                .trackingUri()
                .ifPresent(uri -> annotations.put(MetadataNames.TRACKING_URI, uri.toString()));
        Map<String, String> data =
                new LinkedHashMap<>(Objects.requireNonNullElse(secret.getData(), Map.of()));
        for (MlflowAccess.Kind kind : MlflowAccess.Kind.values()) {
            data.keySet().removeAll(kind.keys());
        }
        CredentialKeys.of(credential.login())
                .forEach((key, value) -> data.put(key, encoded(value)));
        return new SecretBuilder(secret)
                .editMetadata()
                .withAnnotations(annotations)
                .endMetadata()
                .withData(data)
                .build();
    }

    @Override
    public List<CredentialSummary> list(Workspace workspace) {
        return credentials(workspace)
                .map(this::summary)
                .sorted(Comparator.comparing(summary -> summary.name().value()))
                .toList();
    }

    private Stream<Secret> credentials(Workspace workspace) {
        return apiServer
                .call(
                        ApiOperation.list(SECRETS, workspace.value()),
                        () ->
                                apiServer
                                        .client()
                                        .secrets()
                                        .inNamespace(workspace.value())
                                        .withField("type", OPAQUE)
                                        .list())
                .getItems()
                .stream()
                .filter(KubernetesCredentials::isCredential);
    }

    @Override
    public Optional<CredentialSummary> find(Workspace workspace, CredentialName name) {
        return credential(workspace, name).map(this::summary);
    }

    @Override
    public Optional<MlflowCredential> reveal(Workspace workspace, CredentialName name) {
        return credential(workspace, name)
                .map(secret ->
                        new MlflowCredential(
                                CredentialKeys.loginOf(values(secret)).orElseThrow(),
                                trackingUri(secret)));
    }

    @Override
    public Set<String> passwordForms(Workspace workspace, Set<CredentialName> names) {
        return passwordForms(names.stream().flatMap(name -> credential(workspace, name).stream()));
    }

    @Override
    public Set<String> passwordForms(Workspace workspace) {
        return passwordForms(credentials(workspace));
    }

    private static Set<String> passwordForms(Stream<Secret> secrets) {
        return secrets.flatMap(secret -> CredentialKeys.secretForms(values(secret)))
                .collect(Collectors.toUnmodifiableSet());
    }

    @Override
    public boolean delete(Workspace workspace, CredentialName name) {
        return credential(workspace, name).isPresent()
                && !apiServer
                        .call(
                                on("delete", workspace, name),
                                () -> resource(workspace, name).delete())
                        .isEmpty();
    }

    private Optional<Secret> credential(Workspace workspace, CredentialName name) {
        return secret(workspace, name).filter(KubernetesCredentials::isCredential);
    }

    private Optional<Secret> secret(Workspace workspace, CredentialName name) {
        return Optional.ofNullable(
                apiServer.call(on("get", workspace, name), () -> resource(workspace, name).get()));
    }

    private static ApiOperation on(String verb, Workspace workspace, CredentialName name) {
        return ApiOperation.on(verb, SECRETS, workspace.value(), name.value());
    }

    private Resource<Secret> resource(Workspace workspace, CredentialName name) {
        return apiServer.client().secrets().inNamespace(workspace.value()).withName(name.value());
    }

    private static boolean isCredential(Secret secret) {
        return OPAQUE.equals(secret.getType())
                && secret.getData() != null
                && CredentialKeys.kindOf(secret.getData().keySet()).isPresent();
    }

    private CredentialSummary summary(Secret secret) {
        MlflowAccess.Kind kind = CredentialKeys.kindOf(secret.getData().keySet()).orElseThrow();
        return new CredentialSummary(
                new CredentialName(secret.getMetadata().getName()),
                kind,
                Optional.ofNullable(values(secret).get(MlflowAccess.USERNAME_KEY))
                        .filter(_ -> kind == MlflowAccess.Kind.PASSWORD),
                trackingUri(secret),
                createdAt(secret),
                PodReading.managerOf(secret.getMetadata()));
    }

    private Instant createdAt(Secret secret) {
        try {
            return Instant.parse(secret.getMetadata().getCreationTimestamp());
        } catch (DateTimeException _) {
            return clock.instant();
        }
    }

    private static Optional<TrackingUri> trackingUri(Secret secret) {
        return Optional.ofNullable(secret.getMetadata().getAnnotations())
                .map(annotations -> annotations.get(MetadataNames.TRACKING_URI))
                .flatMap(text -> {
                    try {
                        return Optional.of(TrackingUri.parse(text));
                    } catch (InvalidValueException _) {
                        return Optional.empty();
                    }
                });
    }

    private static String encoded(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /// The Secret's values for the keys of credentials.
    private static Map<String, String> values(Secret secret) {
        return Stream.of(MlflowAccess.Kind.values())
                .flatMap(kind -> kind.keys().stream())
                .filter(secret.getData()::containsKey)
                .collect(
                        Collectors.toUnmodifiableMap(
                                key -> key,
                                key ->
                                        new String(
                                                Base64.getDecoder()
                                                        .decode(secret.getData().get(key)),
                                                StandardCharsets.UTF_8)));
    }
}
