package io.interlinkgateway.submission;

import static io.interlinkgateway.failure.Findings.all;
import static io.interlinkgateway.failure.Findings.onlyIf;

import io.interlinkgateway.caller.CallerAuthentication;
import io.interlinkgateway.compute.ComputeThreads;
import io.interlinkgateway.credential.CredentialSummary;
import io.interlinkgateway.credential.Credentials;
import io.interlinkgateway.failure.Checked;
import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.failure.Text;
import io.interlinkgateway.job.IdempotencyKey;
import io.interlinkgateway.job.JobDefinition;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.MissingObject;
import io.interlinkgateway.job.MlflowAccess;
import io.interlinkgateway.job.NamedJob;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.ObjectReference;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.job.Quantity;
import io.interlinkgateway.job.RemovalAfterEnd;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.job.WorkspaceObjects;
import io.interlinkgateway.node.VirtualNode;
import io.interlinkgateway.node.VirtualNodes;
import io.interlinkgateway.pod.HpcRequest;
import io.interlinkgateway.pod.PodRequirements;
import io.interlinkgateway.pod.PodTranslation;
import io.interlinkgateway.pod.TranslatedJob;
import io.interlinkgateway.representation.RequestedJob;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/// All checks against live data before a job is created: the node exists, is ready, accepts the job and is large
/// enough; the credential exists and may be used for the server; the objects to which the job refers exist; the job
/// does not exceed the limits of its workspace. All findings are reported together.
@Component
class Placement {

    private static final Logger LOG = LoggerFactory.getLogger(Placement.class);

    private final VirtualNodes nodes;
    private final Credentials credentials;
    private final WorkspaceObjects objects;
    private final OpenedByOperators opened;
    private final LimitCheck limits;
    private final RemovalAfterEnd removal;
    private final ComputeThreads compute;

    Placement(
            VirtualNodes nodes,
            Credentials credentials,
            WorkspaceObjects objects,
            OpenedByOperators opened,
            LimitCheck limits,
            RemovalAfterEnd removal,
            ComputeThreads compute) {
        this.nodes = nodes;
        this.credentials = credentials;
        this.objects = objects;
        this.opened = opened;
        this.limits = limits;
        this.removal = removal;
        this.compute = compute;
    }

    /// Names, translates and checks a job.
    ///
    /// @param workspace the job's workspace
    /// @param requested the requested job
    /// @param idempotencyKey identifies repeats of the request
    /// @return the job with the findings of all checks; no job if it can't be translated to a pod
    Checked<TranslatedJob> check(
            Workspace workspace, RequestedJob requested, Optional<IdempotencyKey> idempotencyKey) {
        Optional<CredentialSummary> credential = credentialOf(workspace, requested.definition());
        NamedJob job = named(workspace, requested, credential, idempotencyKey);
        Checked<TranslatedJob> translated = compute.run(() -> PodTranslation.translate(job));
        List<Finding> findings =
                Stream.concat(
                                translated.value().stream()
                                        .flatMap(pod -> checkedLive(pod, credential)),
                                translated.findings().stream())
                        .toList();
        return new Checked<>(translated.value().filter(_ -> !translated.hasErrors()), findings);
    }

    private Stream<Finding> checkedLive(
            TranslatedJob translated, Optional<CredentialSummary> credential) {
        NamedJob job = translated.job();
        String nodeField = nodeField(job);
        return all(
                ofNode(job.node(), nodeField, translated.requirements()),
                ofReferences(job, translated.requirements(), credential),
                opened.check(translated.request()),
                ofRemoval(job.definition()),
                limits.check(job, nodeField, translated.request()));
    }

    private Stream<Finding> ofRemoval(JobDefinition definition) {
        return definition instanceof JobSpec spec
                        && spec.ttlAfterFinished().isPresent()
                        && !removal.isAvailable()
                ? Stream.of(
                        Finding.error(
                                "ttl",
                                "ttlSecondsAfterFinished",
                                "This gateway has no history in which the job's log could be kept"
                                        + " after its pod is deleted.",
                                "Leave it out, or ask the gateway's operator to configure a"
                                        + " database for the history."))
                : Stream.empty();
    }

    private NamedJob named(
            Workspace workspace,
            RequestedJob requested,
            Optional<CredentialSummary> credential,
            Optional<IdempotencyKey> idempotencyKey) {
        return new NamedJob(
                requested
                        .name()
                        .orElseGet(
                                () -> generated(requested.namePrefix(), workspace, idempotencyKey)),
                workspace,
                requested.node(),
                withKindOfCredential(requested.definition(), credential),
                Optional.of(CallerAuthentication.current().id()),
                idempotencyKey);
    }

    /// The credential is read once, so that the one that is checked is the one that the pod uses.
    private Optional<CredentialSummary> credentialOf(
            Workspace workspace, JobDefinition definition) {
        return switch (definition) {
            case PodManifest _ -> Optional.empty();
            case JobSpec spec ->
                    spec.mlflow()
                            .flatMap(access -> credentials.find(workspace, access.credential()));
        };
    }

    /// Sets the kind of the credential, which determines the job's variables.
    private static JobDefinition withKindOfCredential(
            JobDefinition definition, Optional<CredentialSummary> credential) {
        return switch (definition) {
            case PodManifest manifest -> manifest;
            case JobSpec spec ->
                    spec.mlflow()
                            .flatMap(access ->
                                    credential.map(found ->
                                            spec.withMlflow(
                                                    new MlflowAccess(
                                                            access.credential(),
                                                            access.trackingUri(),
                                                            found.kind()))))
                            .orElse(spec);
        };
    }

    /// A new name, or with an Idempotency-Key the same name for each repeat.
    private static JobName generated(
            JobName.Prefix prefix, Workspace workspace, Optional<IdempotencyKey> idempotencyKey) {
        return idempotencyKey
                .map(key -> prefix.named(key.fingerprintIn(workspace)))
                .orElseGet(() -> prefix.named(UUID.randomUUID().toString().replace("-", "")));
    }

    private static String nodeField(NamedJob job) {
        return switch (job.definition()) {
            case JobSpec _ -> "node";
            case PodManifest _ -> "spec.nodeSelector[kubernetes.io/hostname]";
        };
    }

    private Stream<Finding> ofNode(NodeName name, String field, PodRequirements requirements) {
        return nodes.find(name)
                .map(node -> ofNode(node, field, requirements))
                .orElseGet(() -> Stream.of(unknownNode(name, field)));
    }

    private Finding unknownNode(NodeName name, String field) {
        String known =
                nodes.list().stream()
                        .map(node -> node.name().value())
                        .collect(Collectors.joining(", "));
        return Finding.error(
                "node-exists",
                field,
                "There is no virtual node named \"" + name + "\".",
                known.isEmpty()
                        ? "No virtual nodes are available."
                        : "Choose one of " + known + ".");
    }

    private static Stream<Finding> ofNode(
            VirtualNode node, String field, PodRequirements requirements) {
        return all(
                onlyIf(!node.ready(), () -> notReady(node, field)),
                requirements.unmatchedSelections(node).stream()
                        .map(rule -> notSelected(node, rule)),
                node.taints().stream()
                        .filter(taint -> !taint.key().startsWith("node.kubernetes.io/"))
                        .filter(taint -> !requirements.tolerates(taint))
                        .map(taint -> notTolerated(taint, field)),
                requirements.resources().entrySet().stream()
                        .flatMap(need ->
                                ofAmount(node.allocatable(), need.getKey(), need.getValue())));
    }

    private static Finding notReady(VirtualNode node, String field) {
        return Finding.error(
                "node-ready",
                field,
                "The node \"" + node.name() + "\" is not ready: " + node.reason(),
                "Wait until it is ready again, or choose another node.");
    }

    private static Finding notSelected(VirtualNode node, HpcRequest.FieldValue rule) {
        return Finding.error(
                "node-selector",
                rule.field(),
                "The node \""
                        + node.name()
                        + "\" does not have "
                        + Text.shown(rule.value())
                        + ": the job would wait for ever.",
                "Leave it out; the selector kubernetes.io/hostname is sufficient to select the"
                        + " node.");
    }

    private static Finding notTolerated(VirtualNode.Taint taint, String field) {
        return Finding.error(
                "node-taint",
                field,
                "The job does not tolerate the node's taint "
                        + taint.key()
                        + "="
                        + taint.value()
                        + ":"
                        + taint.effect()
                        + ".",
                "Choose another node, or send a pod that tolerates the taint.");
    }

    private static Stream<Finding> ofAmount(
            Map<String, Quantity> allocatable, String resource, BigDecimal amount) {
        Quantity available = allocatable.get(resource);
        return onlyIf(
                available == null || available.amount().compareTo(amount) < 0,
                () ->
                        Finding.error(
                                "node-capacity",
                                "resources",
                                "The job requests "
                                        + amount.stripTrailingZeros().toPlainString()
                                        + " of "
                                        + resource
                                        + ", but the node has "
                                        + (available == null ? "none" : available.text())
                                        + ".",
                                "Request less, or choose a larger node."));
    }

    private Stream<Finding> ofReferences(
            NamedJob job, PodRequirements requirements, Optional<CredentialSummary> credential) {
        return switch (job.definition()) {
            case JobSpec spec ->
                    spec.mlflow().stream().flatMap(access -> ofMlflow(access, credential));
            case PodManifest _ -> ofObjects(job.workspace(), requirements.references()).stream();
        };
    }

    private static Stream<Finding> ofMlflow(
            MlflowAccess access, Optional<CredentialSummary> credential) {
        return Stream.concat(
                onlyIf(
                        credential.isEmpty(),
                        () ->
                                Finding.error(
                                        "credential-exists",
                                        "mlflow.credential",
                                        "There is no MLflow credential named \""
                                                + access.credential()
                                                + "\".",
                                        "Create it with PUT /api/v1/mlflow-credentials/"
                                                + access.credential()
                                                + ".")),
                credential
                        .flatMap(CredentialSummary::trackingUri)
                        .filter(bound -> !bound.sameServerAs(access.trackingUri()))
                        .map(bound ->
                                Finding.error(
                                        "credential-server",
                                        "mlflow.trackingUri",
                                        "The credential \""
                                                + access.credential()
                                                + "\" may only be used for "
                                                + bound
                                                + ".",
                                        "Use that server, or another credential."))
                        .stream());
    }

    /// A missing object or its missing keys. Each is reported only once, for its first reference.
    private record MissingKeys(ObjectReference.Kind kind, String name, Set<String> keys) {

        static MissingKeys of(MissingObject missing) {
            return new MissingKeys(
                    missing.reference().kind(), missing.reference().name(), missing.keys());
        }
    }

    /// Missing objects prevent the job from starting (recording `secret-missing`), but they can still be created. If
    /// the cluster does not respond, the job is not refused, but there are fewer warnings.
    private List<Finding> ofObjects(Workspace workspace, List<ObjectReference> references) {
        Set<MissingKeys> seen = new HashSet<>();
        List<Finding> findings = new ArrayList<>();
        try {
            MissingObject.among(references, (kind, name) -> objects.find(workspace, kind, name))
                    .filter(missing -> seen.add(MissingKeys.of(missing)))
                    .map(missing -> missingObject(workspace, missing))
                    .forEach(findings::add);
        } catch (GatewayException.ClusterUnavailable failure) {
            LOG.info("Not all references were checked: {}", failure.getMessage());
        }
        return findings;
    }

    private Finding missingObject(Workspace workspace, MissingObject missing) {
        return Finding.warning(
                switch (missing.reference().kind()) {
                    case SECRET -> "secret-exists";
                    case CONFIG_MAP -> "config-map-exists";
                },
                missing.reference().field(),
                missing.message(),
                missing.isPossible()
                        ? objects.hint(workspace, missing)
                        : "Correct the reference: names have lower case letters, digits, '-' and"
                                + " '.', with a letter or digit first and last; keys have letters,"
                                + " digits, '-', '_' and '.'.");
    }
}
