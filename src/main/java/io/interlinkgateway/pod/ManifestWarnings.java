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

/// What of a caller's own pod acts otherwise than it looks, though policy allows it: what the gateway changes or
/// leaves out, what interLink ignores, and what runs or is evaluated on the HPC.
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
    /// @param pod the pod that becomes of it
    /// @return each annotation that has another form there
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
                                        + "\", which all versions of the plugin read alike.",
                                "Write it so."));
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
                leftOutIf(metadata.getUid() != null, "metadata.uid"),
                leftOutIf(metadata.getResourceVersion() != null, "metadata.resourceVersion"),
                leftOutIf(metadata.getGeneration() != null, "metadata.generation"),
                leftOutIf(metadata.getSelfLink() != null, "metadata.selfLink"),
                leftOutIf(metadata.getCreationTimestamp() != null, "metadata.creationTimestamp"),
                leftOutIf(metadata.getDeletionTimestamp() != null, "metadata.deletionTimestamp"),
                leftOutIf(!metadata.getManagedFields().isEmpty(), "metadata.managedFields"),
                leftOutIf(written.getStatus() != null, "status"),
                ofFlags(annotations(written).getOrDefault(MetadataNames.FLAGS, "")),
                ofFlavor(written));
    }

    private static Stream<Finding> ofFlags(String flags) {
        return PluginAnnotations.leftOut(flags).stream()
                .map(option ->
                        Finding.warning(
                                "changed-by-gateway",
                                ManifestTranslation.annotationPath(MetadataNames.FLAGS),
                                "The option --"
                                        + option
                                        + " is left out: the plugin sets it itself.",
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
                                        + " configuration, which the gateway does not see; flags"
                                        + " and limits win over them.",
                                "Ask the node's operator what the flavor is."));
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
                        "Never, for interLink restarts nothing"),
                changedIf(
                        Boolean.TRUE.equals(spec.getAutomountServiceAccountToken()),
                        "spec.automountServiceAccountToken",
                        "false, for the token would lie on the HPC"),
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

    /// The plugin mounts nothing into a container that has a volume which it does not know.
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
                                                "Most versions of the plugin do not know claims,"
                                                        + " and then mount no volume at all into a"
                                                        + " container that has one; the newest"
                                                        + " knows those on NFS.",
                                                "Keep the data on the HPC, and bind its folder with"
                                                        + " the annotation "
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

    /// A kubelet would put a variable's value in its place (`ExpandContainerCommandAndArgs`); the virtual kubelet's library
    /// does so in variables alone (its `internal/podutils`), and the plugin quotes words as they are.
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
                                                        + " arguments: the job gets it as it is.",
                                                "Let a shell in the container expand $NAME.")));
    }

    /// The plugin of July 2026 runs probes only if its configuration says so (`EnableProbes`).
    private static Stream<Finding> ofProbe(@Nullable Object probe, String path) {
        return onlyIf(
                probe != null,
                () ->
                        Finding.warning(
                                "run-on-hpc",
                                path,
                                "The plugin runs "
                                        + path
                                        + " from the job's script on the HPC if its configuration"
                                        + " has EnableProbes, and ignores it otherwise.",
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
                                                "The plugin runs it from the job's script on the"
                                                        + " HPC when SLURM ends the job.",
                                                "Leave it out, and let the container handle"
                                                        + " SIGTERM.")));
    }

    /// A caller's own pod is passed on as it is, so its values meet the HPC's shell
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

    /// A value from elsewhere is not known here and may hold anything.
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
                                        + " to pass it as it is."));
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
                                        + " the job may wait for ever: the gateway can't tell"
                                        + " whether it is ever satisfied.",
                                "Leave it out; kubernetes.io/hostname selects the node alone."));
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

    private static Stream<Finding> leftOutIf(boolean present, String path) {
        return onlyIf(
                present,
                () ->
                        Finding.warning(
                                "set-by-cluster",
                                path,
                                path + " is left out: the cluster sets it.",
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
