package io.interlinkgateway.cluster;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FieldValidateable;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/// The manifests of the folder `deploy`.
final class Manifests {

    private static final Path FOLDER = Path.of("deploy");

    private Manifests() {}

    /// Those that `kubectl apply -k deploy` applies.
    static List<String> all() {
        Map<?, ?> kustomization = Serialization.unmarshal(read("kustomization.yaml"), Map.class);
        if (kustomization.get("resources") instanceof List<?> files) {
            return files.stream().map(String::valueOf).toList();
        }
        throw new IllegalStateException("The kustomization names no resources.");
    }

    /// Applies one with strict validation.
    ///
    /// @param file its name in the folder
    /// @param namespace where it is applied, unless it says so itself
    static void apply(KubernetesClient client, String file, String namespace) {
        for (HasMetadata item : client.load(read(file)).items()) {
            client.resource(item)
                    .inNamespace(namespace)
                    .fieldValidation(FieldValidateable.Validation.STRICT)
                    .serverSideApply();
        }
    }

    private static InputStream read(String file) {
        try {
            return new ByteArrayInputStream(Files.readAllBytes(FOLDER.resolve(file)));
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
