package io.interlinkgateway.submission;

import io.interlinkgateway.compute.ComputeThreads;
import io.interlinkgateway.credential.CredentialSummary;
import io.interlinkgateway.credential.Credentials;
import io.interlinkgateway.definition.RequestedJob;
import io.interlinkgateway.job.Finding;
import io.interlinkgateway.job.Findings;
import io.interlinkgateway.job.GatewayException;
import io.interlinkgateway.job.IdempotencyKey;
import io.interlinkgateway.job.JobDefinition;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.MissingObject;
import io.interlinkgateway.job.MlflowAccess;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.ObjectReference;
import io.interlinkgateway.job.PlacedJob;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.job.Quantity;
import io.interlinkgateway.job.Text;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.job.WorkspaceObjects;
import io.interlinkgateway.node.VirtualNode;
import io.interlinkgateway.node.VirtualNodes;
import io.interlinkgateway.pod.Demand;
import io.interlinkgateway.pod.PodAssessment;
import io.interlinkgateway.pod.PodTranslation;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/// Everything that is checked against live data before a job is created: the node is there, ready, lets the
/// job in and is large enough; the credential is there and may be used for that server; what the job refers to is
/// there; the job is within the limits of its workspace. All findings at once.
@Component
class Placement {

    private static final Logger LOG = LoggerFactory.getLogger(Placement.class);

    private final VirtualNodes nodes;
    private final Credentials credentials;
    private final WorkspaceObjects objects;
    private final OpenedByOperators opened;
    private final LimitCheck limits;
    private final ComputeThreads compute;

    Placement(
            VirtualNodes nodes,
            Credentials credentials,
            WorkspaceObjects objects,
            OpenedByOperators opened,
            LimitCheck limits,
            ComputeThreads compute) {
        this.nodes = nodes;
        this.credentials = credentials;
        this.objects = objects;
        this.opened = opened;
        this.limits = limits;
        this.compute = compute;
    }

    /// A job in its place, with everything that there is to say about it.
    ///
    /// @param job the job, which only may be created if no finding is an error
    /// @param findings errors and warnings
    record Assessment(PlacedJob job, List<Finding> findings) {

        boolean accepted() {
            return findings.stream()
                    .noneMatch(finding -> finding.severity() == Finding.Severity.ERROR);
        }
    }

    Assessment assess(
            Workspace workspace, RequestedJob requested, Optional<IdempotencyKey> idempotencyKey) {
        PlacedJob job =
                new PlacedJob(
                        requested
                                .name()
                                .orElseGet(() ->
                                        generated(
                                                requested.namePrefix(), workspace, idempotencyKey)),
                        workspace,
                        requested.node(),
                        asItLogsIn(workspace, requested.definition()),
                        idempotencyKey);
        Findings findings = new Findings();
        try {
            PodAssessment pod = compute.run(() -> PodTranslation.assess(job));
            check(job, pod.demand(), findings);
            opened.check(pod.use(), findings);
            limits.check(job, nodeField(job), pod.use(), findings);
            findings.addAll(pod.findings());
        } catch (GatewayException.Rejected refused) {
            findings.addAll(refused.findings());
        }
        return new Assessment(job, findings.all());
    }

    /// A job gets the variables of what its credential is now.
    private JobDefinition asItLogsIn(Workspace workspace, JobDefinition definition) {
        return switch (definition) {
            case PodManifest manifest -> manifest;
            case JobSpec spec ->
                    spec.mlflow()
                            .flatMap(access ->
                                    credentials
                                            .find(workspace, access.credential())
                                            .map(found ->
                                                    spec.withMlflow(
                                                            new MlflowAccess(
                                                                    access.credential(),
                                                                    access.trackingUri(),
                                                                    found.kind()))))
                            .orElse(spec);
        };
    }

    /// The same name for each repeat of a request, else a new one.
    private static JobName generated(
            JobName.Prefix prefix, Workspace workspace, Optional<IdempotencyKey> idempotencyKey) {
        return idempotencyKey
                .map(key -> prefix.named(key.fingerprintIn(workspace)))
                .orElseGet(() -> prefix.named(UUID.randomUUID().toString().replace("-", "")));
    }

    private void check(PlacedJob job, Demand demand, Findings findings) {
        String field = nodeField(job);
        nodes.find(job.node())
                .ifPresentOrElse(
                        node -> checkNode(node, field, demand, findings),
                        () -> findings.add(unknownNode(job.node(), field)));
        switch (job.definition()) {
            case JobSpec spec ->
                    spec.mlflow()
                            .ifPresent(access -> checkMlflow(job.workspace(), access, findings));
            case PodManifest _ ->
                    warnOfMissingObjects(job.workspace(), demand.references(), findings);
        }
    }

    private static String nodeField(PlacedJob job) {
        return switch (job.definition()) {
            case JobSpec _ -> "node";
            case PodManifest _ -> "spec.nodeSelector[kubernetes.io/hostname]";
        };
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

    private static void checkNode(
            VirtualNode node, String field, Demand demand, Findings findings) {
        if (!node.ready()) {
            findings.add(
                    Finding.error(
                            "node-ready",
                            field,
                            "The node \"" + node.name() + "\" is not ready: " + node.reason(),
                            "Wait until it is ready again, or choose another node."));
        }
        demand.brokenSelections(node).stream()
                .map(rule ->
                        Finding.error(
                                "node-selector",
                                rule.field(),
                                "The node \""
                                        + node.name()
                                        + "\" does not have "
                                        + Text.shown(rule.value())
                                        + ": the job would wait for ever.",
                                "Leave it out; kubernetes.io/hostname selects the node alone."))
                .forEach(findings::add);
        node.taints().stream()
                .filter(taint -> !taint.key().startsWith("node.kubernetes.io/"))
                .filter(taint -> !demand.tolerates(taint))
                .map(taint ->
                        Finding.error(
                                "node-taint",
                                field,
                                "The node keeps jobs away by the taint "
                                        + taint.key()
                                        + "="
                                        + taint.value()
                                        + ":"
                                        + taint.effect()
                                        + ".",
                                "Choose another node, or send a pod that tolerates the taint."))
                .forEach(findings::add);
        demand.resources()
                .forEach((resource, amount) ->
                        checkAmount(node.allocatable(), resource, amount, findings));
    }

    private static void checkAmount(
            Map<String, Quantity> allocatable,
            String resource,
            BigDecimal amount,
            Findings findings) {
        Quantity available = allocatable.get(resource);
        if (available == null || available.amount().compareTo(amount) < 0) {
            findings.add(
                    Finding.error(
                            "node-capacity",
                            "resources",
                            "The job needs "
                                    + amount.stripTrailingZeros().toPlainString()
                                    + " of "
                                    + resource
                                    + ", the node has "
                                    + (available == null ? "none" : available.text())
                                    + ".",
                            "Ask for less, or choose a larger node."));
        }
    }

    private void checkMlflow(Workspace workspace, MlflowAccess access, Findings findings) {
        Optional<CredentialSummary> credential = credentials.find(workspace, access.credential());
        if (credential.isEmpty()) {
            findings.add(
                    Finding.error(
                            "credential-exists",
                            "mlflow.credential",
                            "There is no MLflow credential named \"" + access.credential() + "\".",
                            "Make it with PUT /api/v1/mlflow-credentials/"
                                    + access.credential()
                                    + "."));
        }
        credential
                .flatMap(CredentialSummary::trackingUri)
                .filter(bound -> !bound.sameServerAs(access.trackingUri()))
                .ifPresent(bound ->
                        findings.add(
                                Finding.error(
                                        "credential-server",
                                        "mlflow.trackingUri",
                                        "The credential \""
                                                + access.credential()
                                                + "\" may only be used for "
                                                + bound
                                                + ".",
                                        "Log to that server, or use another credential.")));
    }

    /// What is missing, wherever it is referred to: each is reported once.
    private record Lack(ObjectReference.Kind kind, String name, Set<String> keys) {

        static Lack of(MissingObject missing) {
            return new Lack(missing.reference().kind(), missing.reference().name(), missing.keys());
        }
    }

    /// What isn't there keeps the job from starting (recording `secret-missing`), but it may still be made.
    /// A cluster that gives no answer is no reason to refuse the job: there are fewer warnings then.
    private void warnOfMissingObjects(
            Workspace workspace, List<ObjectReference> references, Findings findings) {
        Set<Lack> seen = new HashSet<>();
        try {
            MissingObject.among(references, (kind, name) -> objects.find(workspace, kind, name))
                    .filter(missing -> seen.add(Lack.of(missing)))
                    .map(missing -> missingObject(workspace, missing))
                    .forEach(findings::add);
        } catch (GatewayException.ClusterUnavailable unanswered) {
            LOG.info("Not all references were checked: {}", unanswered.getMessage());
        }
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
