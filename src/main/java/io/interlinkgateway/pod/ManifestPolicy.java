package io.interlinkgateway.pod;

import static io.interlinkgateway.failure.Findings.all;
import static io.interlinkgateway.failure.Findings.ofEach;
import static io.interlinkgateway.failure.Findings.onlyIf;
import static io.interlinkgateway.failure.Findings.refusal;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Volume;
import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.Text;
import io.interlinkgateway.job.EnvironmentVariable;
import io.interlinkgateway.job.ImageReference;
import io.interlinkgateway.job.NamedJob;
import io.interlinkgateway.job.Quantity;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What is forbidden in a caller's own pod: everything that goes beyond the job (the host, other identities, labels
/// and annotations of the gateway and interLink), and everything that would have another effect on the HPC than it
/// seems to have.
final class ManifestPolicy {

    /// The same limit as for job specs.
    private static final int MAX_VARIABLES = 1000;

    private static final int MAX_WORDS = 10_000;
    private static final int MAX_CONTAINERS = 100;
    private static final int MAX_VOLUMES = 1000;

    private static final Set<String> LEGACY_PREFIXES = Set.of("job.vk.io/", "slurm-job.knoc.io/");

    private ManifestPolicy() {}

    /// A pod that is too large is refused before its parts are checked.
    static Stream<Finding> refusals(Pod pod, NamedJob job) {
        List<Finding> tooMany = ofCounts(pod.getSpec()).toList();
        return tooMany.isEmpty()
                ? all(ofUnknown(pod), ofMetadata(pod.getMetadata(), job), ofSpec(pod.getSpec()))
                : tooMany.stream();
    }

    private static Stream<Finding> ofCounts(PodSpec spec) {
        return all(
                ofCount("spec.volumes", spec.getVolumes(), MAX_VOLUMES),
                ofCounts("spec.initContainers", spec.getInitContainers()),
                ofCounts("spec.containers", spec.getContainers()));
    }

    private static Stream<Finding> ofCounts(String path, List<Container> containers) {
        return Stream.concat(
                ofCount(path, containers, MAX_CONTAINERS),
                ofEach(
                        path,
                        containers.subList(0, Math.min(containers.size(), MAX_CONTAINERS)),
                        ManifestPolicy::ofCounts));
    }

    private static Stream<Finding> ofCounts(String here, Container container) {
        return all(
                ofCount(here + ".env", container.getEnv(), MAX_VARIABLES),
                ofCount(here + ".envFrom", container.getEnvFrom(), MAX_VARIABLES),
                ofCount(here + ".volumeMounts", container.getVolumeMounts(), MAX_VOLUMES),
                ofCount(here + ".command", container.getCommand(), MAX_WORDS),
                ofCount(here + ".args", container.getArgs(), MAX_WORDS));
    }

    private static Stream<Finding> ofCount(String path, List<?> elements, int most) {
        return onlyIf(
                elements.size() > most,
                () ->
                        Finding.error(
                                "too-many",
                                path,
                                path
                                        + " has "
                                        + elements.size()
                                        + " elements, more than "
                                        + most
                                        + ".",
                                "Put long content into a file on the HPC."));
    }

    private static Stream<Finding> ofUnknown(Pod pod) {
        return all(
                unknown("", pod.getAdditionalProperties()),
                unknown("metadata.", pod.getMetadata().getAdditionalProperties()),
                unknown("spec.", pod.getSpec().getAdditionalProperties()),
                ofEach(
                        "spec.containers",
                        pod.getSpec().getContainers(),
                        (here, container) ->
                                unknown(here + ".", container.getAdditionalProperties())));
    }

    private static Stream<Finding> unknown(String path, Map<String, Object> properties) {
        return properties.keySet().stream()
                .map(name ->
                        Finding.error(
                                "unknown-field",
                                path + Text.shown(name),
                                "A pod has no such field.",
                                "Check its name and its indentation."));
    }

    private static Stream<Finding> ofMetadata(ObjectMeta metadata, NamedJob job) {
        String namespace = metadata.getNamespace();
        return all(
                onlyIf(
                        namespace != null && !namespace.equals(job.workspace().value()),
                        () ->
                                Finding.error(
                                        "other-namespace",
                                        "metadata.namespace",
                                        "The pod has the namespace \""
                                                + Text.shown(String.valueOf(namespace))
                                                + "\", but the request has the workspace \""
                                                + job.workspace()
                                                + "\".",
                                        "Leave metadata.namespace out, or set the parameter"
                                                + " workspace.")),
                refusedIf(!metadata.getOwnerReferences().isEmpty(), "metadata.ownerReferences"),
                refusedIf(!metadata.getFinalizers().isEmpty(), "metadata.finalizers"),
                ModelFields.orEmpty(metadata.getLabels()).keySet().stream()
                        .filter(name -> name.startsWith(MetadataNames.PREFIX))
                        .map(name -> refused("metadata.labels[" + Text.shown(name) + "]")),
                ModelFields.orEmpty(metadata.getAnnotations()).entrySet().stream()
                        .flatMap(entry -> ofAnnotation(entry.getKey(), entry.getValue())));
    }

    private static Stream<Finding> ofAnnotation(String name, String value) {
        String path = ManifestTranslation.annotationPath(name);
        boolean ofInterlink = name.startsWith("interlink.");
        return Stream.concat(
                refusedIf(
                        name.equals(MetadataNames.JOB_ID)
                                || name.startsWith(MetadataNames.PREFIX)
                                || (ofInterlink
                                        && PluginAnnotations.isPlugins(name)
                                        && !PluginAnnotations.isKnown(name)),
                        path),
                ofPluginAnnotation(name, value, path, ofInterlink));
    }

    private static Stream<Finding> ofPluginAnnotation(
            String name, String value, String path, boolean ofInterlink) {
        if (LEGACY_PREFIXES.stream().anyMatch(name::startsWith)) {
            return Stream.of(
                    Finding.error(
                            "legacy-annotation",
                            path,
                            "The annotation " + Text.shown(name) + " is no longer read.",
                            "Use the same name with the prefix slurm-job.vk.io/."));
        }
        if (PluginAnnotations.isKnown(name)) {
            return refusal(
                    PluginAnnotations.rule(name),
                    path,
                    () -> PluginAnnotations.canonical(name, value));
        }
        return onlyIf(
                PluginAnnotations.isPlugins(name) && !ofInterlink,
                () ->
                        Finding.error(
                                "unknown-annotation",
                                path,
                                "The annotation "
                                        + Text.shown(name)
                                        + " is not known to the gateway, and a plugin may execute"
                                        + " its value.",
                                "Leave it out, or correct its name."));
    }

    private static Stream<Finding> ofSpec(PodSpec spec) {
        return all(
                refusedIf(Boolean.TRUE.equals(spec.getHostNetwork()), "spec.hostNetwork"),
                refusedIf(Boolean.TRUE.equals(spec.getHostPID()), "spec.hostPID"),
                refusedIf(Boolean.TRUE.equals(spec.getHostIPC()), "spec.hostIPC"),
                refusedIf(spec.getNodeName() != null, "spec.nodeName"),
                refusedIf(isOther(spec.getServiceAccountName()), "spec.serviceAccountName"),
                refusedIf(isOther(spec.getServiceAccount()), "spec.serviceAccount"),
                refusedIf(
                        spec.getSecurityContext() != null
                                && spec.getSecurityContext().getRunAsUser() != null,
                        "spec.securityContext.runAsUser"),
                refusedIf(!spec.getEphemeralContainers().isEmpty(), "spec.ephemeralContainers"),
                ofResources("spec", spec.getResources()),
                ofEach("spec.volumes", spec.getVolumes(), ManifestPolicy::ofVolume),
                ofEach(
                        "spec.initContainers",
                        spec.getInitContainers(),
                        ManifestPolicy::ofContainer),
                ofEach("spec.initContainers", spec.getInitContainers(), ManifestPolicy::ofSidecar),
                ofEach("spec.containers", spec.getContainers(), ManifestPolicy::ofContainer));
    }

    /// The API server sets the account `default` in a pod without one, so a pod that was read from it may have it.
    private static boolean isOther(@Nullable String serviceAccount) {
        return serviceAccount != null && !serviceAccount.equals("default");
    }

    private static Stream<Finding> ofVolume(String here, Volume volume) {
        return Stream.concat(
                ofVolumeKind(here, volume),
                volume.getProjected() == null
                        ? Stream.empty()
                        : ofEach(
                                here + ".projected.sources",
                                volume.getProjected().getSources(),
                                (path, source) ->
                                        refusedIf(
                                                source.getServiceAccountToken() != null,
                                                path + ".serviceAccountToken")));
    }

    /// If a container has a volume of another kind, the plugin ignores all its mounts.
    private static Stream<Finding> ofVolumeKind(String here, Volume volume) {
        if (volume.getHostPath() != null) {
            return Stream.of(refused(here + ".hostPath"));
        }
        if (volume.getSecret() == null
                && volume.getConfigMap() == null
                && volume.getEmptyDir() == null
                && volume.getProjected() == null
                && volume.getDownwardAPI() == null
                && volume.getPersistentVolumeClaim() == null) {
            return Stream.of(
                    Finding.error(
                            "volume-unsupported",
                            here,
                            "interLink does not know this kind of volume, and would ignore all"
                                    + " mounts of its containers.",
                            "Use secret, configMap, emptyDir, projected, downwardAPI or"
                                    + " persistentVolumeClaim."));
        }
        return ShellInterpolatedFields.of(here, volume).stream()
                .flatMap(ManifestPolicy::ofInterpolated);
    }

    private static Stream<Finding> ofContainer(String here, Container container) {
        return all(
                refusal(
                        "image",
                        here + ".image",
                        () ->
                                ImageReference.of(
                                        Objects.requireNonNullElse(container.getImage(), ""))),
                ofEnvironment(here, container),
                ShellInterpolatedFields.of(here, container).stream()
                        .flatMap(ManifestPolicy::ofInterpolated),
                ofPrivileges(here + ".securityContext", container.getSecurityContext()),
                ofResources(here, container.getResources()),
                ofWords(here + ".command", container.getCommand()),
                ofWords(here + ".args", container.getArgs()));
    }

    private static Stream<Finding> ofResources(
            String path, @Nullable ResourceRequirements resources) {
        return resources == null
                ? Stream.empty()
                : Stream.concat(
                        ofAmounts(path + ".resources.limits.", resources.getLimits()),
                        ofAmounts(path + ".resources.requests.", resources.getRequests()));
    }

    private static Stream<Finding> ofWords(String path, List<String> words) {
        return ofEach(
                path,
                words,
                (here, word) ->
                        refusal("text", here, () -> Text.requireArgument("The text", word)));
    }

    /// The plugin runs each init container until it exits before it starts the next one.
    private static Stream<Finding> ofSidecar(String here, Container initContainer) {
        return onlyIf(
                initContainer.getRestartPolicy() != null,
                () ->
                        Finding.error(
                                "native-sidecar",
                                here + ".restartPolicy",
                                "interLink waits for each init container to exit before it starts"
                                    + " the next one, so the job would wait for ever for this one.",
                                "Move it to spec.containers, or leave restartPolicy out."));
    }

    /// The container runtime lets a shell read `NAME='value'`, and Kubernetes allows nearly any text as a name.
    private static Stream<Finding> ofEnvironment(String path, Container container) {
        return Stream.concat(
                ofEach(path + ".env", container.getEnv(), ManifestPolicy::ofVariable),
                ofEach(
                        path + ".envFrom",
                        container.getEnvFrom(),
                        (here, source) ->
                                refusal(
                                        "environment",
                                        here + ".prefix",
                                        () ->
                                                EnvironmentVariable.requireIdentifier(
                                                        Objects.requireNonNullElse(
                                                                        source.getPrefix(), "")
                                                                + "A"))));
    }

    private static Stream<Finding> ofVariable(String here, EnvVar variable) {
        return Stream.concat(
                refusal(
                        "environment",
                        here + ".name",
                        () ->
                                EnvironmentVariable.requireIdentifier(
                                        Objects.requireNonNullElse(variable.getName(), ""))),
                refusal(
                        "environment",
                        here + ".value",
                        () ->
                                Text.requireArgument(
                                        "The environment variable",
                                        Objects.requireNonNullElse(variable.getValue(), ""))));
    }

    private static Stream<Finding> ofInterpolated(
            ShellInterpolatedFields.InterpolatedField fields) {
        return refusal("pasted-text", fields.field(), fields::require);
    }

    private static Stream<Finding> ofAmounts(
            String path, @Nullable Map<String, io.fabric8.kubernetes.api.model.Quantity> amounts) {
        return ModelFields.orEmpty(amounts).entrySet().stream()
                .flatMap(entry ->
                        refusal(
                                "quantity",
                                path + entry.getKey(),
                                () -> new Quantity(entry.getValue().toString())));
    }

    private static Stream<Finding> ofPrivileges(String path, @Nullable SecurityContext context) {
        return context == null
                ? Stream.empty()
                : all(
                        refusedIf(
                                Boolean.TRUE.equals(context.getPrivileged()), path + ".privileged"),
                        refusedIf(
                                Boolean.TRUE.equals(context.getAllowPrivilegeEscalation()),
                                path + ".allowPrivilegeEscalation"),
                        refusedIf(
                                context.getCapabilities() != null
                                        && !context.getCapabilities().getAdd().isEmpty(),
                                path + ".capabilities.add"));
    }

    private static Stream<Finding> refusedIf(boolean forbidden, String path) {
        return onlyIf(forbidden, () -> refused(path));
    }

    private static Finding refused(String path) {
        return Finding.error(
                "forbidden-by-policy", path, path + " is not allowed.", "Leave it out.");
    }
}
