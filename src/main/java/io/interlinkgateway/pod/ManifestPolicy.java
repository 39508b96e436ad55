package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvFromSource;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.Volume;
import io.interlinkgateway.job.EnvironmentVariable;
import io.interlinkgateway.job.Finding;
import io.interlinkgateway.job.ImageReference;
import io.interlinkgateway.job.InvalidValueException;
import io.interlinkgateway.job.PlacedJob;
import io.interlinkgateway.job.Quantity;
import io.interlinkgateway.job.ShellText;
import io.interlinkgateway.job.SingularityOptions;
import io.interlinkgateway.job.SlurmOptions;
import io.interlinkgateway.job.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a caller's own pod may not say: what reaches beyond the job (the host, other identities, the
/// gateway's and interLink's own marks), and what would act on the HPC otherwise than it looks.
final class ManifestPolicy {

    private static final Set<String> LEGACY_PREFIXES = Set.of("job.vk.io/", "slurm-job.knoc.io/");
    private static final Set<String> ALLOWED_OF_INTERLINK = Set.of("interlink.eu/pod-vpn");

    private final List<Finding> findings = new ArrayList<>();

    private ManifestPolicy() {}

    static List<Finding> refusals(Pod pod, PlacedJob job) {
        ManifestPolicy policy = new ManifestPolicy();
        policy.checkUnknown(pod);
        policy.checkMetadata(pod.getMetadata(), job);
        policy.checkSpec(pod.getSpec());
        return policy.findings;
    }

    private void checkUnknown(Pod pod) {
        refuseUnknown("", pod.getAdditionalProperties());
        refuseUnknown("metadata.", pod.getMetadata().getAdditionalProperties());
        refuseUnknown("spec.", pod.getSpec().getAdditionalProperties());
        List<Container> containers = pod.getSpec().getContainers();
        for (int index = 0; index < containers.size(); index++) {
            refuseUnknown(
                    "spec.containers[" + index + "].",
                    containers.get(index).getAdditionalProperties());
        }
    }

    private void refuseUnknown(String path, Map<String, Object> properties) {
        for (String name : properties.keySet()) {
            findings.add(
                    Finding.error(
                            "unknown-field",
                            path + Text.shown(name),
                            "A pod has no such field.",
                            "Check its name and its indentation."));
        }
    }

    private void checkMetadata(ObjectMeta metadata, PlacedJob job) {
        String namespace = metadata.getNamespace();
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
        refuseIf(!metadata.getOwnerReferences().isEmpty(), "metadata.ownerReferences");
        refuseIf(!metadata.getFinalizers().isEmpty(), "metadata.finalizers");
        PodReading.orEmpty(metadata.getLabels())
                .keySet()
                .forEach(name ->
                        refuseIf(
                                name.startsWith(Annotations.PREFIX),
                                "metadata.labels[" + Text.shown(name) + "]"));
        PodReading.orEmpty(metadata.getAnnotations()).forEach(this::checkAnnotation);
    }

    private void checkAnnotation(String name, String value) {
        String path = "metadata.annotations[" + Text.shown(name) + "]";
        boolean ofInterlink =
                name.startsWith("interlink.eu/")
                        || name.startsWith("interlink.virtual-kubelet.io/");
        refuseIf(
                name.equals(Annotations.JOB_ID)
                        || name.startsWith(Annotations.PREFIX)
                        || (ofInterlink && !ALLOWED_OF_INTERLINK.contains(name)),
                path);
        if (LEGACY_PREFIXES.stream().anyMatch(name::startsWith)) {
            findings.add(
                    Finding.error(
                            "legacy-annotation",
                            path,
                            "The annotation " + Text.shown(name) + " is not read any more.",
                            "Use the same name with slurm-job.vk.io/."));
        }
        switch (name) {
            case Annotations.FLAGS -> check("slurm-flags", path, () -> SlurmOptions.parse(value));
            case Annotations.PRE_EXEC ->
                    check("pre-exec", path, () -> ShellText.requireHarmless(value));
            case Annotations.SINGULARITY_MOUNTS, Annotations.SINGULARITY_OPTIONS ->
                    check(
                            "singularity-options",
                            path,
                            () -> new SingularityOptions(List.of(), Optional.of(value)));
            default -> {
                if (name.startsWith("slurm-job.vk.io/") || ALLOWED_OF_INTERLINK.contains(name)) {
                    check("slurm-annotation", path, () -> PastedTexts.requireWords(value));
                }
            }
        }
    }

    private void checkSpec(PodSpec spec) {
        refuseIf(Boolean.TRUE.equals(spec.getHostNetwork()), "spec.hostNetwork");
        refuseIf(Boolean.TRUE.equals(spec.getHostPID()), "spec.hostPID");
        refuseIf(Boolean.TRUE.equals(spec.getHostIPC()), "spec.hostIPC");
        refuseIf(spec.getNodeName() != null, "spec.nodeName");
        refuseIf(isOther(spec.getServiceAccountName()), "spec.serviceAccountName");
        refuseIf(isOther(spec.getServiceAccount()), "spec.serviceAccount");
        refuseIf(
                spec.getSecurityContext() != null
                        && spec.getSecurityContext().getRunAsUser() != null,
                "spec.securityContext.runAsUser");
        refuseIf(!spec.getEphemeralContainers().isEmpty(), "spec.ephemeralContainers");
        for (int index = 0; index < spec.getVolumes().size(); index++) {
            checkVolume("spec.volumes[" + index + "]", spec.getVolumes().get(index));
        }
        checkContainers("spec.initContainers", spec.getInitContainers());
        checkContainers("spec.containers", spec.getContainers());
    }

    /// A pod that names none gets the account `default` from the API server, and says so when it is read.
    private static boolean isOther(@Nullable String serviceAccount) {
        return serviceAccount != null && !serviceAccount.equals("default");
    }

    /// A volume of another kind makes the plugin drop all mounts of its containers.
    private void checkVolume(String path, Volume volume) {
        if (volume.getHostPath() != null) {
            refuseIf(true, path + ".hostPath");
        } else if (volume.getSecret() == null
                && volume.getConfigMap() == null
                && volume.getEmptyDir() == null
                && volume.getProjected() == null
                && volume.getDownwardAPI() == null
                && volume.getPersistentVolumeClaim() == null) {
            findings.add(
                    Finding.error(
                            "volume-unsupported",
                            path,
                            "interLink does not know this kind of volume, and would drop all mounts"
                                    + " of its containers.",
                            "Use secret, configMap, emptyDir, projected, downwardAPI or"
                                    + " persistentVolumeClaim."));
        } else {
            PastedTexts.of(path, volume).forEach(this::checkWord);
        }
        if (volume.getProjected() != null) {
            for (int index = 0; index < volume.getProjected().getSources().size(); index++) {
                refuseIf(
                        volume.getProjected().getSources().get(index).getServiceAccountToken()
                                != null,
                        path + ".projected.sources[" + index + "].serviceAccountToken");
            }
        }
    }

    private void checkContainers(String path, List<Container> containers) {
        for (int index = 0; index < containers.size(); index++) {
            Container container = containers.get(index);
            String here = path + "[" + index + "]";
            check(
                    "image",
                    here + ".image",
                    () -> ImageReference.of(Objects.requireNonNullElse(container.getImage(), "")));
            checkEnvironment(here, container);
            PastedTexts.of(here, container).forEach(this::checkWord);
            checkPrivileges(here + ".securityContext", container.getSecurityContext());
            ResourceRequirements resources = container.getResources();
            if (resources != null) {
                checkAmounts(here + ".resources.limits.", resources.getLimits());
                checkAmounts(here + ".resources.requests.", resources.getRequests());
            }
        }
    }

    /// The container runtime lets a shell read `NAME='value'`, and Kubernetes takes nearly anything for a name.
    private void checkEnvironment(String path, Container container) {
        List<EnvVar> variables = container.getEnv();
        for (int index = 0; index < variables.size(); index++) {
            String name = Objects.requireNonNullElse(variables.get(index).getName(), "");
            check(
                    "environment",
                    path + ".env[" + index + "].name",
                    () -> EnvironmentVariable.requireIdentifier(name));
        }
        List<EnvFromSource> sources = container.getEnvFrom();
        for (int index = 0; index < sources.size(); index++) {
            String prefix = Objects.requireNonNullElse(sources.get(index).getPrefix(), "");
            check(
                    "environment",
                    path + ".envFrom[" + index + "].prefix",
                    () -> EnvironmentVariable.requireIdentifier(prefix + "A"));
        }
    }

    private void checkWord(HpcUse.Said pasted) {
        check("pasted-text", pasted.field(), () -> PastedTexts.requireWord(pasted.value()));
    }

    private void checkAmounts(
            String path, @Nullable Map<String, io.fabric8.kubernetes.api.model.Quantity> amounts) {
        PodReading.orEmpty(amounts)
                .forEach((resource, amount) ->
                        check("quantity", path + resource, () -> new Quantity(amount.toString())));
    }

    private void checkPrivileges(String path, @Nullable SecurityContext context) {
        if (context == null) {
            return;
        }
        refuseIf(Boolean.TRUE.equals(context.getPrivileged()), path + ".privileged");
        refuseIf(
                Boolean.TRUE.equals(context.getAllowPrivilegeEscalation()),
                path + ".allowPrivilegeEscalation");
        refuseIf(
                context.getCapabilities() != null && !context.getCapabilities().getAdd().isEmpty(),
                path + ".capabilities.add");
    }

    private void refuseIf(boolean forbidden, String path) {
        if (forbidden) {
            findings.add(
                    Finding.error(
                            "forbidden-by-policy",
                            path,
                            path + " is not allowed.",
                            "Leave it out."));
        }
    }

    private void check(String rule, String path, Runnable check) {
        try {
            check.run();
        } catch (InvalidValueException refused) {
            findings.add(
                    Finding.error(
                            rule, path, String.valueOf(refused.getMessage()), refused.cure()));
        }
    }
}
