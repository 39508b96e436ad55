package io.interlinkgateway.pod;

import static io.interlinkgateway.failure.Findings.all;
import static io.interlinkgateway.failure.Findings.ofEach;
import static io.interlinkgateway.failure.Findings.onlyIf;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Lifecycle;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.Text;
import io.interlinkgateway.job.ImageReference;
import io.interlinkgateway.job.NamedJob;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Warnings about a caller's own pod, for everything that is allowed but does not have its usual effect: what the
/// gateway changes or removes, what interLink ignores, and what is run or evaluated on the HPC.
final class ManifestWarnings {

    private static final int LONGEST_SHOWN = 200;
    private static final Pattern EXPANDED =
            Pattern.compile("(?<!\\$)\\$\\(([A-Za-z_][A-Za-z0-9_.-]*)\\)");

    private ManifestWarnings() {}

    static Stream<Finding> of(Pod written, NamedJob job) {
        PodSpec spec = written.getSpec();
        return all(
                ofMetadata(written, job),
                ofSpec(spec, job),
                ofVolumes(spec),
                ofEach("spec.initContainers", spec.getInitContainers(), ManifestWarnings::of),
                ofEach("spec.containers", spec.getContainers(), ManifestWarnings::of),
                ofEvaluation(written),
                SuspectedSecrets.in("spec.initContainers", spec.getInitContainers()),
                SuspectedSecrets.in("spec.containers", spec.getContainers()));
    }

    /// @param written the caller's pod
    /// @param pod the translated pod
    /// @return a warning for each annotation that was changed
    static Stream<Finding> rewritten(Pod written, Pod pod) {
        Map<String, String> now = annotations(pod);
        return annotations(written).entrySet().stream()
                .filter(entry -> !entry.getValue().equals(now.get(entry.getKey())))
                .map(entry ->
                        Finding.warning(
                                "rewritten",
                                ManifestTranslation.annotationPath(entry.getKey()),
                                "\""
                                        + Text.shown(entry.getValue(), LONGEST_SHOWN)
                                        + "\" becomes \""
                                        + Text.shown(
                                                String.valueOf(now.get(entry.getKey())),
                                                LONGEST_SHOWN)
                                        + "\", which all versions of the plugin read in the same"
                                        + " way.",
                                "Write it in this form."));
    }

    private static Map<String, String> annotations(Pod pod) {
        return ModelFields.orEmpty(pod.getMetadata().getAnnotations());
    }

    private static Stream<Finding> ofMetadata(Pod written, NamedJob job) {
        ObjectMeta metadata = written.getMetadata();
        String name = metadata.getName();
        return all(
                changedIf(
                        name != null && !name.equals(job.name().value()),
                        "metadata.name",
                        job.name().value()),
                changedIf(
                        ModelFields.orEmpty(metadata.getLabels())
                                .containsKey(MetadataNames.MANAGED_BY),
                        "metadata.labels[" + MetadataNames.MANAGED_BY + "]",
                        PodTranslation.MANAGER),
                removedIf(metadata.getUid() != null, "metadata.uid"),
                removedIf(metadata.getResourceVersion() != null, "metadata.resourceVersion"),
                removedIf(metadata.getGeneration() != null, "metadata.generation"),
                removedIf(metadata.getSelfLink() != null, "metadata.selfLink"),
                removedIf(metadata.getCreationTimestamp() != null, "metadata.creationTimestamp"),
                removedIf(metadata.getDeletionTimestamp() != null, "metadata.deletionTimestamp"),
                removedIf(!metadata.getManagedFields().isEmpty(), "metadata.managedFields"),
                removedIf(written.getStatus() != null, "status"),
                ofFlags(annotations(written).getOrDefault(MetadataNames.FLAGS, "")),
                ofFlavor(written));
    }

    private static Stream<Finding> ofFlags(String flags) {
        return PluginAnnotations.removedOptions(flags).stream()
                .map(option ->
                        Finding.warning(
                                "changed-by-gateway",
                                ManifestTranslation.annotationPath(MetadataNames.FLAGS),
                                "The option --"
                                        + option
                                        + " is removed: the plugin sets it itself.",
                                "Leave it out."));
    }

    private static Stream<Finding> ofFlavor(Pod written) {
        return onlyIf(
                annotations(written).containsKey(MetadataNames.FLAVOR),
                () ->
                        Finding.warning(
                                "flavor",
                                ManifestTranslation.annotationPath(MetadataNames.FLAVOR),
                                "The flavor's options, CPUs and memory are in the plugin's"
                                        + " configuration, which the gateway can't read; flags and"
                                        + " limits override them.",
                                "Ask the node's operator for the flavor's settings."));
    }

    private static Stream<Finding> ofSpec(PodSpec spec, NamedJob job) {
        String selected = ModelFields.orEmpty(spec.getNodeSelector()).get(MetadataNames.HOSTNAME);
        return all(
                changedIf(
                        selected != null && !selected.equals(job.node().value()),
                        "spec.nodeSelector[" + MetadataNames.HOSTNAME + "]",
                        job.node().value()),
                changedIf(
                        spec.getRestartPolicy() != null && !spec.getRestartPolicy().equals("Never"),
                        "spec.restartPolicy",
                        "Never, because interLink does not restart containers"),
                changedIf(
                        Boolean.TRUE.equals(spec.getAutomountServiceAccountToken()),
                        "spec.automountServiceAccountToken",
                        "false, because the token would be stored on the HPC"),
                ignoredIf(!spec.getImagePullSecrets().isEmpty(), "spec.imagePullSecrets"),
                ignoredIf(spec.getActiveDeadlineSeconds() != null, "spec.activeDeadlineSeconds"),
                ignoredIf(spec.getSecurityContext() != null, "spec.securityContext"),
                ignoredIf(spec.getRuntimeClassName() != null, "spec.runtimeClassName"),
                ignoredIf(spec.getOs() != null, "spec.os"),
                ignoredIf(!spec.getHostAliases().isEmpty(), "spec.hostAliases"),
                ofScheduling(spec));
    }

    private static Stream<Finding> ofScheduling(PodSpec spec) {
        String scheduler = spec.getSchedulerName();
        return all(
                mayWaitIf(
                        scheduler != null && !scheduler.equals("default-scheduler"),
                        "spec.schedulerName"),
                mayWaitIf(!spec.getSchedulingGates().isEmpty(), "spec.schedulingGates"),
                mayWaitIf(
                        !spec.getTopologySpreadConstraints().isEmpty(),
                        "spec.topologySpreadConstraints"),
                mayWaitIf(
                        spec.getAffinity() != null && spec.getAffinity().getPodAffinity() != null,
                        "spec.affinity.podAffinity"),
                mayWaitIf(
                        spec.getAffinity() != null
                                && spec.getAffinity().getPodAntiAffinity() != null,
                        "spec.affinity.podAntiAffinity"));
    }

    /// The plugin ignores all volumes of a container that has a volume of an unknown kind.
    private static Stream<Finding> ofVolumes(PodSpec spec) {
        return ofEach(
                "spec.volumes",
                spec.getVolumes(),
                (here, volume) ->
                        onlyIf(
                                volume.getPersistentVolumeClaim() != null,
                                () ->
                                        Finding.warning(
                                                "volume-unsupported",
                                                here + ".persistentVolumeClaim",
                                                "Most versions of the plugin do not support claims,"
                                                    + " and mount no volumes at all into a"
                                                    + " container that has one; the newest supports"
                                                    + " claims on NFS.",
                                                "Store the data on the HPC, and bind its folder"
                                                        + " with the annotation "
                                                        + MetadataNames.SINGULARITY_MOUNTS
                                                        + ".")));
    }

    private static Stream<Finding> of(String here, Container container) {
        Set<String> variables =
                container.getEnv().stream()
                        .map(EnvVar::getName)
                        .collect(Collectors.toUnmodifiableSet());
        return all(
                Optional.ofNullable(container.getImage())
                        .flatMap(image -> ImageReference.warning(here + ".image", image))
                        .stream(),
                ignoredIf(container.getImagePullPolicy() != null, here + ".imagePullPolicy"),
                ofProbe(container.getLivenessProbe(), here + ".livenessProbe"),
                ofProbe(container.getReadinessProbe(), here + ".readinessProbe"),
                ofProbe(container.getStartupProbe(), here + ".startupProbe"),
                ofHooks(here + ".lifecycle", container.getLifecycle()),
                ignoredIf(container.getWorkingDir() != null, here + ".workingDir"),
                ofExpansion(here + ".command", container.getCommand(), variables),
                ofExpansion(here + ".args", container.getArgs(), variables),
                ignoredIf(
                        container.getTerminationMessagePath() != null,
                        here + ".terminationMessagePath"),
                ignoredIf(
                        container.getTerminationMessagePolicy() != null,
                        here + ".terminationMessagePolicy"),
                ignoredIf(container.getSecurityContext() != null, here + ".securityContext"),
                ignoredIf(!container.getResizePolicy().isEmpty(), here + ".resizePolicy"),
                ignoredIf(Boolean.TRUE.equals(container.getStdin()), here + ".stdin"),
                ignoredIf(Boolean.TRUE.equals(container.getTty()), here + ".tty"),
                ignoredIf(!container.getVolumeDevices().isEmpty(), here + ".volumeDevices"));
    }

    /// A kubelet replaces such references by the variable's value (`ExpandContainerCommandAndArgs`); the virtual
    /// kubelet's library does so only in variables (its `internal/podutils`), and the plugin quotes the words
    /// unchanged.
    private static Stream<Finding> ofExpansion(
            String path, List<String> words, Set<String> variables) {
        return ofEach(
                path,
                words,
                (here, word) ->
                        onlyIf(
                                EXPANDED.matcher(word)
                                        .results()
                                        .anyMatch(reference ->
                                                variables.contains(reference.group(1))),
                                () ->
                                        Finding.warning(
                                                "not-expanded",
                                                here,
                                                "interLink does not replace $(NAME) in commands and"
                                                    + " arguments: the job receives it unchanged.",
                                                "Let a shell in the container expand $NAME.")));
    }

    /// The plugin of July 2026 runs probes only if they are enabled in its configuration (`EnableProbes`).
    private static Stream<Finding> ofProbe(@Nullable Object probe, String path) {
        return onlyIf(
                probe != null,
                () ->
                        Finding.warning(
                                "run-on-hpc",
                                path,
                                "The plugin runs "
                                        + path
                                        + " in the job's script on the HPC if EnableProbes is set"
                                        + " in its configuration, and ignores it otherwise.",
                                "Leave it out, and let the container check itself."));
    }

    private static Stream<Finding> ofHooks(String path, @Nullable Lifecycle lifecycle) {
        return lifecycle == null
                ? Stream.empty()
                : all(
                        ignoredIf(lifecycle.getPostStart() != null, path + ".postStart"),
                        onlyIf(
                                lifecycle.getPreStop() != null,
                                () ->
                                        Finding.warning(
                                                "run-on-hpc",
                                                path + ".preStop",
                                                "The plugin runs it in the job's script on the HPC"
                                                        + " when SLURM ends the job.",
                                                "Leave it out, and let the container handle"
                                                        + " SIGTERM.")));
    }

    /// The values in a caller's own pod are passed on unchanged, so a shell on the HPC evaluates them
    /// (docs/adr/0003-environment-values.md).
    private static Stream<Finding> ofEvaluation(Pod written) {
        String options = annotations(written).getOrDefault(MetadataNames.SINGULARITY_OPTIONS, "");
        return List.of(options.split(" ")).contains(EnvironmentEncoding.NO_EVALUATION)
                ? Stream.empty()
                : all(
                        ofEach(
                                "spec.initContainers",
                                written.getSpec().getInitContainers(),
                                ManifestWarnings::ofEvaluation),
                        ofEach(
                                "spec.containers",
                                written.getSpec().getContainers(),
                                ManifestWarnings::ofEvaluation));
    }

    private static Stream<Finding> ofEvaluation(String here, Container container) {
        return all(
                ofEach(
                        here + ".env",
                        container.getEnv(),
                        (path, variable) -> evaluatedIf(isEvaluated(variable), path)),
                evaluatedIf(!container.getEnvFrom().isEmpty(), here + ".envFrom"),
                evaluatedIf(
                        container.getCommand().isEmpty() && !container.getArgs().isEmpty(),
                        here + ".args"));
    }

    /// A value from a Secret or ConfigMap is not known here and may contain anything.
    private static boolean isEvaluated(EnvVar variable) {
        return variable.getValueFrom() != null
                || (variable.getValue() != null
                        && EnvironmentEncoding.isEvaluated(variable.getValue()));
    }

    private static Stream<Finding> evaluatedIf(boolean evaluated, String path) {
        return onlyIf(
                evaluated,
                () ->
                        Finding.warning(
                                "evaluated-by-shell",
                                path,
                                "A shell on the HPC evaluates "
                                        + path
                                        + ", $ and backticks included.",
                                "Add "
                                        + EnvironmentEncoding.NO_EVALUATION
                                        + " to the annotation "
                                        + MetadataNames.SINGULARITY_OPTIONS
                                        + " to pass it unchanged."));
    }

    private static Stream<Finding> mayWaitIf(boolean present, String path) {
        return onlyIf(
                present,
                () ->
                        Finding.warning(
                                "may-wait",
                                path,
                                "Because of "
                                        + path
                                        + " the job may wait for ever: the gateway can't determine"
                                        + " whether it can be satisfied.",
                                "Leave it out; the selector kubernetes.io/hostname is sufficient to"
                                        + " select the node."));
    }

    private static Stream<Finding> changedIf(boolean changed, String path, String becomes) {
        return onlyIf(changed, () -> changed(path, becomes));
    }

    static Finding changed(String path, String becomes) {
        return Finding.warning(
                "changed-by-gateway",
                path,
                path + " becomes " + becomes + ".",
                "Write that, or leave it out.");
    }

    private static Stream<Finding> removedIf(boolean present, String path) {
        return onlyIf(
                present,
                () ->
                        Finding.warning(
                                "set-by-cluster",
                                path,
                                path + " is removed: the cluster sets it.",
                                "Leave it out."));
    }

    private static Stream<Finding> ignoredIf(boolean present, String path) {
        return onlyIf(
                present,
                () ->
                        Finding.warning(
                                "ignored-by-interlink",
                                path,
                                "interLink ignores " + path + ".",
                                "Leave it out."));
    }
}
