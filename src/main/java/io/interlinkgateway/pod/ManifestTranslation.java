package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.interlinkgateway.job.Finding;
import io.interlinkgateway.job.GatewayException;
import io.interlinkgateway.job.ImageReference;
import io.interlinkgateway.job.InvalidValueException;
import io.interlinkgateway.job.PlacedJob;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.job.ShellText;
import io.interlinkgateway.job.SlurmOptions;
import io.interlinkgateway.job.Text;
import io.interlinkgateway.node.VirtualNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// From a caller's own pod to the pod that is created: all that it says, completed, or a refusal.
final class ManifestTranslation {

    private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();
    private static final Set<String> LEGACY_PREFIXES = Set.of("job.vk.io/", "slurm-job.knoc.io/");

    private static final VirtualNode.Taint INTERLINK =
            new VirtualNode.Taint(VirtualNode.INTERLINK_TAINT, "true", "NoSchedule");

    private ManifestTranslation() {}

    static Pod podFor(PlacedJob job, PodManifest manifest) {
        Pod written = parsed(manifest);
        List<Finding> refusals = refusals(written, job);
        if (!refusals.isEmpty()) {
            throw new GatewayException.Rejected(refusals);
        }
        // spotless:off
        Pod pod = new PodBuilder(written)
                .editMetadata()
                    .withName(job.name().value())
                    .withNamespace(job.workspace().value())
                .endMetadata()
                .editSpec()
                    .withRestartPolicy("Never")
                    .withAutomountServiceAccountToken(false)
                    .addToNodeSelector(Annotations.HOSTNAME, job.node().value())
                .endSpec()
                .build();
        // spotless:on
        if (pod.getSpec().getTolerations().stream()
                .noneMatch(toleration -> Demand.tolerates(toleration, INTERLINK))) {
            pod.getSpec().getTolerations().add(SpecTranslation.interlinkToleration());
        }
        return pod;
    }

    private static Pod parsed(PodManifest manifest) {
        try {
            Pod pod = SERIALIZATION.convertValue(manifest.document(), Pod.class);
            if (pod.getSpec() == null || pod.getSpec().getContainers().isEmpty()) {
                throw new GatewayException.Rejected(
                        List.of(
                                Finding.error(
                                        "pod-shape",
                                        "spec.containers",
                                        "The pod has no container.",
                                        "Give at least one container.")));
            }
            return pod;
        } catch (IllegalArgumentException notAPod) {
            throw new GatewayException.Rejected(
                    List.of(
                            Finding.error(
                                    "pod-shape",
                                    "spec",
                                    "The document is no pod: "
                                            + Text.shown(String.valueOf(notAPod.getMessage())),
                                    "Send a manifest that kubectl apply takes.")));
        }
    }

    static List<Finding> refusals(Pod pod, PlacedJob job) {
        List<Finding> findings = new ArrayList<>();
        refuseMetadata(pod, job, findings);
        PodSpec spec = pod.getSpec();
        refuseIf(Boolean.TRUE.equals(spec.getHostNetwork()), "spec.hostNetwork", findings);
        refuseIf(Boolean.TRUE.equals(spec.getHostPID()), "spec.hostPID", findings);
        refuseIf(Boolean.TRUE.equals(spec.getHostIPC()), "spec.hostIPC", findings);
        refuseIf(spec.getNodeName() != null, "spec.nodeName", findings);
        refuseIf(spec.getServiceAccountName() != null, "spec.serviceAccountName", findings);
        refuseIf(
                spec.getSecurityContext() != null
                        && spec.getSecurityContext().getRunAsUser() != null,
                "spec.securityContext.runAsUser",
                findings);
        for (int index = 0; index < spec.getVolumes().size(); index++) {
            refuseIf(
                    spec.getVolumes().get(index).getHostPath() != null,
                    "spec.volumes[" + index + "].hostPath",
                    findings);
        }
        refuseContainers("spec.initContainers", spec.getInitContainers(), findings);
        refuseContainers("spec.containers", spec.getContainers(), findings);
        return findings;
    }

    private static void refuseMetadata(Pod pod, PlacedJob job, List<Finding> findings) {
        String namespace = pod.getMetadata().getNamespace();
        if (namespace != null && !namespace.equals(job.workspace().value())) {
            findings.add(
                    Finding.error(
                            "other-namespace",
                            "metadata.namespace",
                            "The pod names the namespace \""
                                    + Text.shown(namespace)
                                    + "\", the request the workspace \""
                                    + job.workspace()
                                    + "\".",
                            "Leave metadata.namespace out, or ask with ?workspace=."));
        }
        annotations(pod).forEach((name, value) -> refuseAnnotation(name, value, findings));
    }

    private static void refuseAnnotation(String name, String value, List<Finding> findings) {
        String path = "metadata.annotations[" + name + "]";
        boolean reserved = name.startsWith("interlink.eu/") && !name.equals("interlink.eu/pod-vpn");
        if (reserved || name.equals(Annotations.JOB_ID) || name.startsWith(Annotations.PREFIX)) {
            refuseIf(true, path, findings);
        }
        if (LEGACY_PREFIXES.stream().anyMatch(name::startsWith)) {
            findings.add(
                    Finding.error(
                            "legacy-annotation",
                            path,
                            "The annotation " + Text.shown(name) + " is not read any more.",
                            "Use the same name with slurm-job.vk.io/."));
        }
        switch (name) {
            case Annotations.FLAGS ->
                    checked("slurm-flags", path, () -> SlurmOptions.parse(value), findings);
            case Annotations.PRE_EXEC ->
                    checked("pre-exec", path, () -> ShellText.requireHarmless(value), findings);
            case Annotations.SINGULARITY_MOUNTS, Annotations.SINGULARITY_OPTIONS ->
                    checked(
                            "singularity-options",
                            path,
                            () ->
                                    new io.interlinkgateway.job.SingularityOptions(
                                            List.of(), Optional.of(value)),
                            findings);
            default -> {}
        }
    }

    private static void refuseContainers(
            String path, List<Container> containers, List<Finding> findings) {
        for (int index = 0; index < containers.size(); index++) {
            Container container = containers.get(index);
            String here = path + "[" + index + "]";
            checked(
                    "image",
                    here + ".image",
                    () -> ImageReference.of(Objects.requireNonNullElse(container.getImage(), "")),
                    findings);
            var context = container.getSecurityContext();
            refuseIf(
                    context != null && Boolean.TRUE.equals(context.getPrivileged()),
                    here + ".securityContext.privileged",
                    findings);
        }
    }

    private static void refuseIf(boolean forbidden, String path, List<Finding> findings) {
        if (forbidden) {
            findings.add(
                    Finding.error(
                            "forbidden-by-policy",
                            path,
                            path + " is not allowed.",
                            "Leave it out."));
        }
    }

    private static void checked(String rule, String path, Runnable check, List<Finding> findings) {
        try {
            check.run();
        } catch (InvalidValueException refused) {
            findings.add(
                    Finding.error(
                            rule, path, String.valueOf(refused.getMessage()), refused.cure()));
        }
    }

    static List<Finding> warnings(Pod written) {
        List<Finding> findings = new ArrayList<>();
        PodSpec spec = written.getSpec();
        if (spec.getRestartPolicy() != null && !spec.getRestartPolicy().equals("Never")) {
            findings.add(
                    Finding.warning(
                            "restart-policy",
                            "spec.restartPolicy",
                            "It becomes Never: interLink restarts nothing.",
                            "Write Never."));
        }
        for (int index = 0; index < spec.getContainers().size(); index++) {
            Container container = spec.getContainers().get(index);
            String here = "spec.containers[" + index + "]";
            ignoredIf(container.getImagePullPolicy() != null, here + ".imagePullPolicy", findings);
            ignoredIf(container.getLivenessProbe() != null, here + ".livenessProbe", findings);
            ignoredIf(container.getReadinessProbe() != null, here + ".readinessProbe", findings);
            ignoredIf(container.getStartupProbe() != null, here + ".startupProbe", findings);
            ignoredIf(
                    container.getTerminationMessagePath() != null,
                    here + ".terminationMessagePath",
                    findings);
        }
        ignoredIf(!spec.getImagePullSecrets().isEmpty(), "spec.imagePullSecrets", findings);
        ignoredIf(spec.getActiveDeadlineSeconds() != null, "spec.activeDeadlineSeconds", findings);
        return findings;
    }

    static List<Finding> warnings(PodManifest manifest) {
        return warnings(parsed(manifest));
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

    private static Map<String, String> annotations(Pod pod) {
        return Objects.requireNonNullElse(pod.getMetadata().getAnnotations(), Map.of());
    }
}
