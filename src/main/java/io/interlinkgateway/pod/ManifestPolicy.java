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
import io.interlinkgateway.job.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What a caller's own pod may not say: what reaches beyond the job (the host, other identities, the
/// gateway's and interLink's own marks), and what would act on the HPC otherwise than it looks.
final class ManifestPolicy {

    /// As many as a job spec may have.
    private static final int MOST_VARIABLES = 1000;

    private static final int MOST_WORDS = 10_000;
    private static final int MOST_CONTAINERS = 100;
    private static final int MOST_VOLUMES = 1000;

    private static final Set<String> LEGACY_PREFIXES = Set.of("job.vk.io/", "slurm-job.knoc.io/");

    private final List<Finding> findings = new ArrayList<>();

    private ManifestPolicy() {}

    static List<Finding> refusals(Pod pod, PlacedJob job) {
        ManifestPolicy policy = new ManifestPolicy();
        policy.checkCounts(pod.getSpec());
        if (!policy.findings.isEmpty()) {
            return policy.findings;
        }
        policy.checkUnknown(pod);
        policy.checkMetadata(pod.getMetadata(), job);
        policy.checkSpec(pod.getSpec());
        return policy.findings;
    }

    /// Before the work on each.
    private void checkCounts(PodSpec spec) {
        checkCount("spec.volumes", spec.getVolumes(), MOST_VOLUMES);
        checkCounts("spec.initContainers", spec.getInitContainers());
        checkCounts("spec.containers", spec.getContainers());
    }

    private void checkCounts(String path, List<Container> containers) {
        checkCount(path, containers, MOST_CONTAINERS);
        for (int index = 0; index < Math.min(containers.size(), MOST_CONTAINERS); index++) {
            Container container = containers.get(index);
            String here = path + "[" + index + "]";
            checkCount(here + ".env", container.getEnv(), MOST_VARIABLES);
            checkCount(here + ".envFrom", container.getEnvFrom(), MOST_VARIABLES);
            checkCount(here + ".volumeMounts", container.getVolumeMounts(), MOST_VOLUMES);
            checkCount(here + ".command", container.getCommand(), MOST_WORDS);
            checkCount(here + ".args", container.getArgs(), MOST_WORDS);
        }
    }

    private void checkCount(String path, List<?> elements, int most) {
        if (elements.size() > most) {
            findings.add(
                    Finding.error(
                            "too-many",
                            path,
                            path + " has " + elements.size() + " elements, more than " + most + ".",
                            "Keep what is long in a file on the HPC."));
        }
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
        boolean ofInterlink = name.startsWith("interlink.");
        refuseIf(
                name.equals(Annotations.JOB_ID)
                        || name.startsWith(Annotations.PREFIX)
                        || (ofInterlink
                                && PluginAnnotations.isPlugins(name)
                                && !PluginAnnotations.isKnown(name)),
                path);
        if (LEGACY_PREFIXES.stream().anyMatch(name::startsWith)) {
            findings.add(
                    Finding.error(
                            "legacy-annotation",
                            path,
                            "The annotation " + Text.shown(name) + " is not read any more.",
                            "Use the same name with slurm-job.vk.io/."));
        } else if (PluginAnnotations.isKnown(name)) {
            check(
                    PluginAnnotations.rule(name),
                    path,
                    () -> PluginAnnotations.canonical(name, value));
        } else if (PluginAnnotations.isPlugins(name) && !ofInterlink) {
            findings.add(
                    Finding.error(
                            "unknown-annotation",
                            path,
                            "The annotation "
                                    + Text.shown(name)
                                    + " is none that the gateway knows, and a plugin may run what"
                                    + " it says.",
                            "Leave it out, or correct its name."));
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
        checkResources("spec", spec.getResources());
        for (int index = 0; index < spec.getVolumes().size(); index++) {
            checkVolume("spec.volumes[" + index + "]", spec.getVolumes().get(index));
        }
        checkContainers("spec.initContainers", spec.getInitContainers());
        checkSidecars(spec.getInitContainers());
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
            PastedTexts.of(path, volume).forEach(this::checkPasted);
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
            PastedTexts.of(here, container).forEach(this::checkPasted);
            checkPrivileges(here + ".securityContext", container.getSecurityContext());
            checkResources(here, container.getResources());
            checkWords(here + ".command", container.getCommand());
            checkWords(here + ".args", container.getArgs());
        }
    }

    private void checkResources(String path, @Nullable ResourceRequirements resources) {
        if (resources != null) {
            checkAmounts(path + ".resources.limits.", resources.getLimits());
            checkAmounts(path + ".resources.requests.", resources.getRequests());
        }
    }

    private void checkWords(String path, List<String> words) {
        for (int index = 0; index < words.size(); index++) {
            String word = words.get(index);
            check("text", path + "[" + index + "]", () -> Text.requireArgument("The text", word));
        }
    }

    /// The plugin runs init containers one after the other, each to its end.
    private void checkSidecars(List<Container> initContainers) {
        for (int index = 0; index < initContainers.size(); index++) {
            if (initContainers.get(index).getRestartPolicy() != null) {
                findings.add(
                        Finding.error(
                                "native-sidecar",
                                "spec.initContainers[" + index + "].restartPolicy",
                                "interLink runs each init container to its end before the next one:"
                                        + " the job would wait for ever for one that goes on.",
                                "Move it to spec.containers, or leave restartPolicy out."));
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
            String value = Objects.requireNonNullElse(variables.get(index).getValue(), "");
            check(
                    "environment",
                    path + ".env[" + index + "].value",
                    () -> Text.requireArgument("The environment variable", value));
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

    private void checkPasted(PastedTexts.Pasted pasted) {
        check("pasted-text", pasted.field(), pasted::require);
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
                            rule, path, String.valueOf(refused.getMessage()), refused.hint()));
        }
    }
}
