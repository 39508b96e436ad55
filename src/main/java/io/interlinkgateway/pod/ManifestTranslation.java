package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.interlinkgateway.job.Finding;
import io.interlinkgateway.job.GatewayException;
import io.interlinkgateway.job.PlacedJob;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.job.Text;
import io.interlinkgateway.node.VirtualNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// From a caller's own pod to the pod that is created: all that it says, completed, or a refusal
/// ([ManifestPolicy]). What the API server alone may set is left out, with a warning.
final class ManifestTranslation {

    static final String CONTAINER_PATH = "spec.containers[%d]";
    private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();
    private static final String RESOURCES_PATH = CONTAINER_PATH + ".resources";

    private static final VirtualNode.Taint INTERLINK =
            new VirtualNode.Taint(VirtualNode.INTERLINK_TAINT, "true", "NoSchedule");

    private ManifestTranslation() {}

    static Pod podFor(PlacedJob job, PodManifest manifest) {
        Pod written = allowed(job, manifest);
        // spotless:off
        Pod pod = new PodBuilder(written)
                .editMetadata()
                    .withName(job.name().value())
                    .withNamespace(job.workspace().value())
                    .removeFromLabels(Annotations.MANAGED_BY)
                    .withGenerateName(null)
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
        return Limits.completed(pod);
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

    private static GatewayException.Rejected refused(String field, String message, String cure) {
        return new GatewayException.Rejected(
                List.of(Finding.error("pod-shape", field, message, cure)));
    }

    static List<Finding> warnings(PodManifest manifest, PlacedJob job) {
        Pod written = allowed(job, manifest);
        List<Finding> findings = new ArrayList<>();
        warnOfMetadata(written, job, findings);
        warnOfSpec(written.getSpec(), job, findings);
        warnOfContainers("spec.initContainers", written.getSpec().getInitContainers(), findings);
        warnOfContainers("spec.containers", written.getSpec().getContainers(), findings);
        warnOfEvaluation(written, findings);
        SuspectedSecrets.in("spec.initContainers", written.getSpec().getInitContainers())
                .forEach(findings::add);
        SuspectedSecrets.in("spec.containers", written.getSpec().getContainers())
                .forEach(findings::add);
        findings.addAll(Limits.warnings(written, RESOURCES_PATH));
        return findings;
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
        leftOutIf(metadata.getGenerateName() != null, "metadata.generateName", findings);
        leftOutIf(metadata.getUid() != null, "metadata.uid", findings);
        leftOutIf(metadata.getResourceVersion() != null, "metadata.resourceVersion", findings);
        leftOutIf(metadata.getGeneration() != null, "metadata.generation", findings);
        leftOutIf(metadata.getSelfLink() != null, "metadata.selfLink", findings);
        leftOutIf(metadata.getCreationTimestamp() != null, "metadata.creationTimestamp", findings);
        leftOutIf(metadata.getDeletionTimestamp() != null, "metadata.deletionTimestamp", findings);
        leftOutIf(!metadata.getManagedFields().isEmpty(), "metadata.managedFields", findings);
        leftOutIf(written.getStatus() != null, "status", findings);
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
    }

    private static void warnOfContainers(
            String path, List<Container> containers, List<Finding> findings) {
        for (int index = 0; index < containers.size(); index++) {
            Container container = containers.get(index);
            String here = path + "[" + index + "]";
            ignoredIf(container.getImagePullPolicy() != null, here + ".imagePullPolicy", findings);
            ignoredIf(container.getLivenessProbe() != null, here + ".livenessProbe", findings);
            ignoredIf(container.getReadinessProbe() != null, here + ".readinessProbe", findings);
            ignoredIf(container.getStartupProbe() != null, here + ".startupProbe", findings);
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
