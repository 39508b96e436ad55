package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Lifecycle;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.interlinkgateway.job.Finding;
import io.interlinkgateway.job.GatewayException;
import io.interlinkgateway.job.ImageReference;
import io.interlinkgateway.job.PlacedJob;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.job.Text;
import io.interlinkgateway.node.VirtualNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// From a caller's own pod to the pod that is created: all that it says, completed, or a refusal
/// ([ManifestPolicy]). What the API server alone may set is left out, with a warning.
final class ManifestTranslation {

    private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();
    private static final int LONGEST_SHOWN = 200;
    private static final Pattern EXPANDED =
            Pattern.compile("(?<!\\$)\\$\\(([A-Za-z_][A-Za-z0-9_.-]*)\\)");

    private static final VirtualNode.Taint INTERLINK =
            new VirtualNode.Taint(VirtualNode.INTERLINK_TAINT, "true", "NoSchedule");

    private ManifestTranslation() {}

    /// @return the pod, with what there is to know about it
    /// @throws GatewayException.Rejected if the manifest is no pod, or says what policy forbids
    static Translated translated(PlacedJob job, PodManifest manifest) {
        Pod written = allowed(job, manifest);
        List<Finding> findings = warnings(written, job);
        // spotless:off
        Pod pod = new PodBuilder(written)
                .editMetadata()
                    .withName(job.name().value())
                    .withNamespace(job.workspace().value())
                    .withAnnotations(canonical(written, findings))
                    .removeFromLabels(Annotations.MANAGED_BY)
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
                    .addToNodeSelector(Annotations.HOSTNAME, job.node().value())
                .endSpec()
                .withStatus(null)
                .build();
        // spotless:on
        if (pod.getSpec().getTolerations().stream()
                .noneMatch(toleration -> Demand.tolerates(toleration, INTERLINK))) {
            pod.getSpec().getTolerations().add(SpecTranslation.interlinkToleration());
        }
        ImageRoot.conflict(pod).ifPresent(findings::add);
        ImageRoot.missing(pod)
                .ifPresent(kind -> {
                    pod.getMetadata().getAnnotations().put(Annotations.IMAGE_ROOT, kind);
                    changedIf(true, annotationPath(Annotations.IMAGE_ROOT), kind, findings);
                });
        Translated settled = PluginResources.settled(pod, new ManifestFields());
        findings.addAll(settled.findings());
        return new Translated(settled.pod(), findings);
    }

    /// Where a pod has what the plugin asks SLURM for.
    private static final class ManifestFields implements PluginResources.Fields {

        @Override
        public String limit(String containers, int index, String resource) {
            return "spec." + containers + "[" + index + "].resources.limits." + resource;
        }

        @Override
        public String option(String name) {
            return annotationPath(Annotations.FLAGS);
        }
    }

    static String annotationPath(String name) {
        return "metadata.annotations[" + Text.shown(name) + "]";
    }

    /// The annotations, those of plugins as they were parsed.
    private static Map<String, String> canonical(Pod written, List<Finding> findings) {
        Map<String, String> annotations = new LinkedHashMap<>();
        PodReading.orEmpty(written.getMetadata().getAnnotations())
                .forEach((name, value) -> {
                    if (PluginAnnotations.isKnown(name)) {
                        String canonical = PluginAnnotations.canonical(name, value);
                        annotations.put(name, canonical);
                        if (!canonical.equals(value)) {
                            findings.add(rewritten(annotationPath(name), value, canonical));
                        }
                    } else {
                        annotations.put(name, value);
                    }
                });
        return annotations;
    }

    private static Finding rewritten(String path, String value, String becomes) {
        return Finding.warning(
                "rewritten",
                path,
                "\""
                        + Text.shown(value, LONGEST_SHOWN)
                        + "\" becomes \""
                        + Text.shown(becomes, LONGEST_SHOWN)
                        + "\", which all versions of the plugin read alike.",
                "Write it so.");
    }

    private static Pod allowed(PlacedJob job, PodManifest manifest) {
        Pod written = parsed(manifest);
        List<Finding> refusals = ManifestPolicy.refusals(written, job);
        if (!refusals.isEmpty()) {
            throw new GatewayException.Rejected(refusals);
        }
        return written;
    }

    private static Pod parsed(PodManifest manifest) {
        requireKind("apiVersion", "v1", manifest);
        requireKind("kind", "Pod", manifest);
        List<Finding> misfits = PodShape.findings(manifest.document());
        if (!misfits.isEmpty()) {
            throw new GatewayException.Rejected(misfits);
        }
        Pod pod = converted(manifest);
        if (pod.getSpec() == null || pod.getSpec().getContainers().isEmpty()) {
            throw refused(
                    "spec.containers", "The pod has no container.", "Give at least one container.");
        }
        if (pod.getMetadata() == null) {
            pod.setMetadata(new ObjectMeta());
        }
        return pod;
    }

    private static Pod converted(PodManifest manifest) {
        try {
            return SERIALIZATION.convertValue(manifest.document(), Pod.class);
        } catch (IllegalArgumentException unfit) {
            throw refused(
                    "",
                    "A value of the pod does not fit its field.",
                    "Correct what kubectl apply --dry-run=server -f shows.");
        }
    }

    private static void requireKind(String field, String expected, PodManifest manifest) {
        Object said = manifest.document().getOrDefault(field, expected);
        if (!expected.equals(said)) {
            throw refused(
                    field,
                    "The document's "
                            + field
                            + " is \""
                            + Text.shown(String.valueOf(said))
                            + "\", not "
                            + expected
                            + ".",
                    "Send a pod: apiVersion v1, kind Pod.");
        }
    }

    private static GatewayException.Rejected refused(String field, String message, String hint) {
        return new GatewayException.Rejected(
                List.of(Finding.error("pod-shape", field, message, hint)));
    }

    private static List<Finding> warnings(Pod written, PlacedJob job) {
        PodSpec spec = written.getSpec();
        List<Finding> findings = new ArrayList<>();
        warnOfMetadata(written, job, findings);
        warnOfSpec(spec, job, findings);
        warnOfVolumes(spec, findings);
        warnOfContainers("spec.initContainers", spec.getInitContainers(), findings);
        warnOfContainers("spec.containers", spec.getContainers(), findings);
        warnOfEvaluation(written, findings);
        SuspectedSecrets.in("spec.initContainers", spec.getInitContainers()).forEach(findings::add);
        SuspectedSecrets.in("spec.containers", spec.getContainers()).forEach(findings::add);
        return findings;
    }

    /// The plugin mounts nothing into a container that has a volume which it does not know.
    private static void warnOfVolumes(PodSpec spec, List<Finding> findings) {
        for (int index = 0; index < spec.getVolumes().size(); index++) {
            if (spec.getVolumes().get(index).getPersistentVolumeClaim() != null) {
                findings.add(
                        Finding.warning(
                                "volume-unsupported",
                                "spec.volumes[" + index + "].persistentVolumeClaim",
                                "Most versions of the plugin do not know claims, and then mount no"
                                        + " volume at all into a container that has one; the newest"
                                        + " knows those on NFS.",
                                "Keep the data on the HPC, and bind its folder with the annotation "
                                        + Annotations.SINGULARITY_MOUNTS
                                        + "."));
            }
        }
    }

    private static void warnOfMetadata(Pod written, PlacedJob job, List<Finding> findings) {
        ObjectMeta metadata = written.getMetadata();
        String name = metadata.getName();
        changedIf(
                name != null && !name.equals(job.name().value()),
                "metadata.name",
                job.name().value(),
                findings);
        changedIf(
                PodReading.orEmpty(metadata.getLabels()).containsKey(Annotations.MANAGED_BY),
                "metadata.labels[" + Annotations.MANAGED_BY + "]",
                PodTranslation.MANAGER,
                findings);
        leftOutIf(metadata.getUid() != null, "metadata.uid", findings);
        leftOutIf(metadata.getResourceVersion() != null, "metadata.resourceVersion", findings);
        leftOutIf(metadata.getGeneration() != null, "metadata.generation", findings);
        leftOutIf(metadata.getSelfLink() != null, "metadata.selfLink", findings);
        leftOutIf(metadata.getCreationTimestamp() != null, "metadata.creationTimestamp", findings);
        leftOutIf(metadata.getDeletionTimestamp() != null, "metadata.deletionTimestamp", findings);
        leftOutIf(!metadata.getManagedFields().isEmpty(), "metadata.managedFields", findings);
        leftOutIf(written.getStatus() != null, "status", findings);
        String flags =
                PodReading.orEmpty(metadata.getAnnotations()).getOrDefault(Annotations.FLAGS, "");
        PluginAnnotations.leftOut(flags)
                .forEach(option ->
                        findings.add(
                                Finding.warning(
                                        "changed-by-gateway",
                                        annotationPath(Annotations.FLAGS),
                                        "The option --"
                                                + option
                                                + " is left out: the plugin sets it itself.",
                                        "Leave it out.")));
        if (PodReading.orEmpty(metadata.getAnnotations()).containsKey(Annotations.FLAVOR)) {
            findings.add(
                    Finding.warning(
                            "flavor",
                            annotationPath(Annotations.FLAVOR),
                            "The flavor's options, CPUs and memory are in the plugin's"
                                    + " configuration, which the gateway does not see; flags and"
                                    + " limits win over them.",
                            "Ask the node's operator what the flavor is."));
        }
    }

    private static void warnOfSpec(PodSpec spec, PlacedJob job, List<Finding> findings) {
        String selected = PodReading.orEmpty(spec.getNodeSelector()).get(Annotations.HOSTNAME);
        changedIf(
                selected != null && !selected.equals(job.node().value()),
                "spec.nodeSelector[" + Annotations.HOSTNAME + "]",
                job.node().value(),
                findings);
        changedIf(
                spec.getRestartPolicy() != null && !spec.getRestartPolicy().equals("Never"),
                "spec.restartPolicy",
                "Never, for interLink restarts nothing",
                findings);
        changedIf(
                Boolean.TRUE.equals(spec.getAutomountServiceAccountToken()),
                "spec.automountServiceAccountToken",
                "false, for the token would lie on the HPC",
                findings);
        ignoredIf(!spec.getImagePullSecrets().isEmpty(), "spec.imagePullSecrets", findings);
        ignoredIf(spec.getActiveDeadlineSeconds() != null, "spec.activeDeadlineSeconds", findings);
        ignoredIf(spec.getSecurityContext() != null, "spec.securityContext", findings);
        ignoredIf(spec.getRuntimeClassName() != null, "spec.runtimeClassName", findings);
        ignoredIf(spec.getOs() != null, "spec.os", findings);
        ignoredIf(!spec.getHostAliases().isEmpty(), "spec.hostAliases", findings);
        String scheduler = spec.getSchedulerName();
        mayWaitIf(
                scheduler != null && !scheduler.equals("default-scheduler"),
                "spec.schedulerName",
                findings);
        mayWaitIf(!spec.getSchedulingGates().isEmpty(), "spec.schedulingGates", findings);
        mayWaitIf(
                !spec.getTopologySpreadConstraints().isEmpty(),
                "spec.topologySpreadConstraints",
                findings);
        if (spec.getAffinity() != null) {
            mayWaitIf(
                    spec.getAffinity().getPodAffinity() != null,
                    "spec.affinity.podAffinity",
                    findings);
            mayWaitIf(
                    spec.getAffinity().getPodAntiAffinity() != null,
                    "spec.affinity.podAntiAffinity",
                    findings);
        }
    }

    private static void mayWaitIf(boolean present, String path, List<Finding> findings) {
        if (present) {
            findings.add(
                    Finding.warning(
                            "may-wait",
                            path,
                            "Because of "
                                    + path
                                    + " the job may wait for ever: the gateway can't tell"
                                    + " whether it is ever satisfied.",
                            "Leave it out; kubernetes.io/hostname selects the node alone."));
        }
    }

    private static void warnOfContainers(
            String path, List<Container> containers, List<Finding> findings) {
        for (int index = 0; index < containers.size(); index++) {
            Container container = containers.get(index);
            String here = path + "[" + index + "]";
            Optional.ofNullable(container.getImage())
                    .flatMap(image -> ImageReference.warning(here + ".image", image))
                    .ifPresent(findings::add);
            ignoredIf(container.getImagePullPolicy() != null, here + ".imagePullPolicy", findings);
            hostCommandIf(container.getLivenessProbe() != null, here + ".livenessProbe", findings);
            hostCommandIf(
                    container.getReadinessProbe() != null, here + ".readinessProbe", findings);
            hostCommandIf(container.getStartupProbe() != null, here + ".startupProbe", findings);
            warnOfHooks(here + ".lifecycle", container.getLifecycle(), findings);
            ignoredIf(container.getWorkingDir() != null, here + ".workingDir", findings);
            Set<String> variables =
                    container.getEnv().stream()
                            .map(EnvVar::getName)
                            .collect(Collectors.toUnmodifiableSet());
            warnOfExpansion(here + ".command", container.getCommand(), variables, findings);
            warnOfExpansion(here + ".args", container.getArgs(), variables, findings);
            ignoredIf(
                    container.getTerminationMessagePath() != null,
                    here + ".terminationMessagePath",
                    findings);
            ignoredIf(
                    container.getTerminationMessagePolicy() != null,
                    here + ".terminationMessagePolicy",
                    findings);
            ignoredIf(container.getSecurityContext() != null, here + ".securityContext", findings);
            ignoredIf(!container.getResizePolicy().isEmpty(), here + ".resizePolicy", findings);
            ignoredIf(Boolean.TRUE.equals(container.getStdin()), here + ".stdin", findings);
            ignoredIf(Boolean.TRUE.equals(container.getTty()), here + ".tty", findings);
            ignoredIf(!container.getVolumeDevices().isEmpty(), here + ".volumeDevices", findings);
        }
    }

    /// A kubelet would put a variable's value in its place (`ExpandContainerCommandAndArgs`); the virtual kubelet's library
    /// does so in variables alone (its `internal/podutils`), and the plugin quotes words as they are.
    private static void warnOfExpansion(
            String path, List<String> words, Set<String> variables, List<Finding> findings) {
        for (int index = 0; index < words.size(); index++) {
            if (EXPANDED.matcher(words.get(index))
                    .results()
                    .anyMatch(reference -> variables.contains(reference.group(1)))) {
                findings.add(
                        Finding.warning(
                                "not-expanded",
                                path + "[" + index + "]",
                                "interLink does not replace $(NAME) in commands and arguments: the"
                                        + " job gets it as it is.",
                                "Let a shell in the container expand $NAME."));
            }
        }
    }

    /// The plugin of July 2026 runs probes only if its configuration says so (`EnableProbes`).
    private static void hostCommandIf(boolean present, String path, List<Finding> findings) {
        if (present) {
            findings.add(
                    Finding.warning(
                            "run-on-hpc",
                            path,
                            "The plugin runs "
                                    + path
                                    + " from the job's script on the HPC if its configuration has"
                                    + " EnableProbes, and ignores it otherwise.",
                            "Leave it out, and let the container check itself."));
        }
    }

    private static void warnOfHooks(
            String path, @Nullable Lifecycle lifecycle, List<Finding> findings) {
        if (lifecycle == null) {
            return;
        }
        ignoredIf(lifecycle.getPostStart() != null, path + ".postStart", findings);
        if (lifecycle.getPreStop() != null) {
            findings.add(
                    Finding.warning(
                            "run-on-hpc",
                            path + ".preStop",
                            "The plugin runs it from the job's script on the HPC when SLURM ends"
                                    + " the job.",
                            "Leave it out, and let the container handle SIGTERM."));
        }
    }

    /// A caller's own pod is passed on as it is, so its values meet the HPC's shell
    /// (docs/adr/0003-environment-values.md).
    private static void warnOfEvaluation(Pod written, List<Finding> findings) {
        Map<String, String> annotations =
                PodReading.orEmpty(written.getMetadata().getAnnotations());
        String options = annotations.getOrDefault(Annotations.SINGULARITY_OPTIONS, "");
        if (List.of(options.split(" ")).contains(EnvironmentEncoding.NO_EVALUATION)) {
            return;
        }
        warnOfEvaluation("spec.initContainers", written.getSpec().getInitContainers(), findings);
        warnOfEvaluation("spec.containers", written.getSpec().getContainers(), findings);
    }

    private static void warnOfEvaluation(
            String path, List<Container> containers, List<Finding> findings) {
        for (int index = 0; index < containers.size(); index++) {
            Container container = containers.get(index);
            String here = path + "[" + index + "]";
            List<EnvVar> variables = container.getEnv();
            for (int place = 0; place < variables.size(); place++) {
                evaluatedIf(
                        isEvaluated(variables.get(place)), here + ".env[" + place + "]", findings);
            }
            evaluatedIf(!container.getEnvFrom().isEmpty(), here + ".envFrom", findings);
            evaluatedIf(
                    container.getCommand().isEmpty() && !container.getArgs().isEmpty(),
                    here + ".args",
                    findings);
        }
    }

    /// A value from elsewhere is not known here and may hold anything.
    private static boolean isEvaluated(EnvVar variable) {
        return variable.getValueFrom() != null
                || (variable.getValue() != null
                        && EnvironmentEncoding.isEvaluated(variable.getValue()));
    }

    private static void evaluatedIf(boolean evaluated, String path, List<Finding> findings) {
        if (evaluated) {
            findings.add(
                    Finding.warning(
                            "evaluated-by-shell",
                            path,
                            "A shell on the HPC evaluates " + path + ", $ and backticks included.",
                            "Add "
                                    + EnvironmentEncoding.NO_EVALUATION
                                    + " to the annotation "
                                    + Annotations.SINGULARITY_OPTIONS
                                    + " to pass it as it is."));
        }
    }

    private static void changedIf(
            boolean changed, String path, String becomes, List<Finding> findings) {
        if (changed) {
            findings.add(
                    Finding.warning(
                            "changed-by-gateway",
                            path,
                            path + " becomes " + becomes + ".",
                            "Write that, or leave it out."));
        }
    }

    private static void leftOutIf(boolean present, String path, List<Finding> findings) {
        if (present) {
            findings.add(
                    Finding.warning(
                            "set-by-cluster",
                            path,
                            path + " is left out: the cluster sets it.",
                            "Leave it out."));
        }
    }

    private static void ignoredIf(boolean present, String path, List<Finding> findings) {
        if (present) {
            findings.add(
                    Finding.warning(
                            "ignored-by-interlink",
                            path,
                            "interLink ignores " + path + ".",
                            "Leave it out."));
        }
    }
}
