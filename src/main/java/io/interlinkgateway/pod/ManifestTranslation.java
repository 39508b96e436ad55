package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.interlinkgateway.failure.Checked;
import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.Findings;
import io.interlinkgateway.failure.Text;
import io.interlinkgateway.job.NamedJob;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.node.VirtualNode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Translates a caller's own pod to the pod that is created: all its fields, completed, or a refusal
/// ([ManifestPolicy]). Fields that only the API server may set are removed, with a warning.
final class ManifestTranslation {

    private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();

    private static final VirtualNode.Taint INTERLINK =
            new VirtualNode.Taint(VirtualNode.INTERLINK_TAINT, "true", "NoSchedule");

    private ManifestTranslation() {}

    /// @return the pod with all findings about it; no pod if the manifest is not a pod, or has something forbidden
    static Checked<Pod> translated(NamedJob job, PodManifest manifest) {
        return parsed(manifest)
                .then(written -> allowed(written, job))
                .then(written -> completed(written, job))
                .then(pod -> PluginResources.normalized(pod, new ManifestFields()));
    }

    private static Checked<Pod> allowed(Pod written, NamedJob job) {
        List<Finding> refusals = ManifestPolicy.refusals(written, job).toList();
        return refusals.isEmpty() ? Checked.of(written, List.of()) : Checked.refused(refusals);
    }

    private static Checked<Pod> completed(Pod written, NamedJob job) {
        // spotless:off
        Pod pod = new PodBuilder(written)
                .editMetadata()
                    .withName(job.name().value())
                    .withNamespace(job.workspace().value())
                    .withAnnotations(canonical(written))
                    .removeFromLabels(MetadataNames.MANAGED_BY)
                    .withUid(null)
                    .withResourceVersion(null)
                    .withGeneration(null)
                    .withSelfLink(null)
                    .withCreationTimestamp(null)
                    .withDeletionTimestamp(null)
                    .withDeletionGracePeriodSeconds(null)
                    .withManagedFields(List.of())
                .endMetadata()
                .editSpec()
                    .withRestartPolicy("Never")
                    .withAutomountServiceAccountToken(false)
                    .withServiceAccount(null)
                    .withServiceAccountName(null)
                    .addToNodeSelector(MetadataNames.HOSTNAME, job.node().value())
                .endSpec()
                .withStatus(null)
                .build();
        // spotless:on
        if (pod.getSpec().getTolerations().stream()
                .noneMatch(toleration -> PodRequirements.tolerates(toleration, INTERLINK))) {
            pod.getSpec().getTolerations().add(SpecTranslation.interlinkToleration());
        }
        Optional<Finding> conflict = ImageRoot.conflict(pod);
        Optional<String> added = ImageRoot.missing(pod);
        added.ifPresent(
                kind -> pod.getMetadata().getAnnotations().put(MetadataNames.IMAGE_ROOT, kind));
        return Checked.of(
                pod,
                Findings.all(
                                ManifestWarnings.of(written, job),
                                ManifestWarnings.rewritten(written, pod),
                                conflict.stream(),
                                added.stream()
                                        .map(kind ->
                                                ManifestWarnings.changed(
                                                        annotationPath(MetadataNames.IMAGE_ROOT),
                                                        kind)))
                        .toList());
    }

    /// The paths of a pod's limits and options.
    private static final class ManifestFields implements PluginResources.Fields {

        @Override
        public String limit(String containers, int index, String resource) {
            return "spec." + containers + "[" + index + "].resources.limits." + resource;
        }

        @Override
        public String option(String name) {
            return annotationPath(MetadataNames.FLAGS);
        }
    }

    static String annotationPath(String name) {
        return "metadata.annotations[" + Text.shown(name) + "]";
    }

    /// The annotations, with those of plugins in their parsed form.
    private static Map<String, String> canonical(Pod written) {
        Map<String, String> annotations = new LinkedHashMap<>();
        ModelFields.orEmpty(written.getMetadata().getAnnotations())
                .forEach((name, value) ->
                        annotations.put(
                                name,
                                PluginAnnotations.isKnown(name)
                                        ? PluginAnnotations.canonical(name, value)
                                        : value));
        return annotations;
    }

    private static Checked<Pod> parsed(PodManifest manifest) {
        Optional<Finding> misfit =
                otherThan("apiVersion", "v1", manifest)
                        .or(() -> otherThan("kind", "Pod", manifest));
        if (misfit.isPresent()) {
            return Checked.refused(List.of(misfit.get()));
        }
        List<Finding> mismatches = PodShape.findings(manifest.document());
        return mismatches.isEmpty() ? converted(manifest) : Checked.refused(mismatches);
    }

    private static Checked<Pod> converted(PodManifest manifest) {
        Pod pod;
        try {
            pod = SERIALIZATION.convertValue(manifest.document(), Pod.class);
        } catch (IllegalArgumentException _) {
            return refused(
                    "",
                    "A value in the pod does not match its field.",
                    "Correct what kubectl apply --dry-run=server -f reports.");
        }
        if (pod.getSpec() == null || pod.getSpec().getContainers().isEmpty()) {
            return refused(
                    "spec.containers", "The pod has no container.", "Give at least one container.");
        }
        if (pod.getMetadata() == null) {
            pod.setMetadata(new ObjectMeta());
        }
        return Checked.of(pod, List.of());
    }

    private static Optional<Finding> otherThan(
            String field, String expected, PodManifest manifest) {
        Object written = manifest.document().getOrDefault(field, expected);
        return expected.equals(written)
                ? Optional.empty()
                : Optional.of(
                        shapeError(
                                field,
                                "The document's "
                                        + field
                                        + " is \""
                                        + Text.shown(String.valueOf(written))
                                        + "\", not "
                                        + expected
                                        + ".",
                                "Send a pod: apiVersion v1, kind Pod."));
    }

    private static Checked<Pod> refused(String field, String message, String hint) {
        return Checked.refused(List.of(shapeError(field, message, hint)));
    }

    private static Finding shapeError(String field, String message, String hint) {
        return Finding.error("pod-shape", field, message, hint);
    }
}
