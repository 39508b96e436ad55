package io.interlinkgateway.submission;

import static io.interlinkgateway.failure.Findings.all;
import static io.interlinkgateway.failure.Findings.onlyIf;

import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.Text;
import io.interlinkgateway.job.JobFilter;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.Jobs;
import io.interlinkgateway.job.NamedJob;
import io.interlinkgateway.job.Quantity;
import io.interlinkgateway.job.SlurmField;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.pod.HpcRequest;
import io.interlinkgateway.pod.HpcRequest.FieldValue;
import io.interlinkgateway.submission.LimitProperties.WorkspaceLimits;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Checks jobs against the limits of their workspace. A job is refused unless it is certain that it does not exceed
/// them.
@Component
class LimitCheck {

    /// The states that count towards the limit of jobs: not those that have ended, or may have ended (`UNKNOWN`).
    private static final Set<JobPhase> LIVE =
            Set.of(JobPhase.QUEUED, JobPhase.STARTING, JobPhase.RUNNING, JobPhase.CANCELLING);

    /// The options that have limits of their own.
    private static final Set<String> SIZES =
            Stream.concat(
                            Stream.of(
                                            SlurmField.PARTITION,
                                            SlurmField.ACCOUNT,
                                            SlurmField.QOS,
                                            SlurmField.TIME_LIMIT,
                                            SlurmField.NODES,
                                            SlurmField.TASKS,
                                            SlurmField.TASKS_PER_NODE,
                                            SlurmField.GRES)
                                    .map(SlurmField::option),
                            Stream.of("cpus-per-task", "mem"))
                    .collect(Collectors.toUnmodifiableSet());

    /// Options of Singularity and Apptainer that do not give a container access to files of the host.
    private static final Set<String> HARMLESS_OPTIONS =
            Set.of(
                    "--no-eval",
                    "--nv",
                    "--rocm",
                    "--containall",
                    "-C",
                    "--contain",
                    "-c",
                    "--cleanenv",
                    "-e",
                    "--no-home",
                    "--writable-tmpfs",
                    "--pid",
                    "--ipc");

    private static final Pattern UPWARDS = Pattern.compile("(^|/)\\.\\.(/|$)");

    private final LimitProperties properties;
    private final Jobs jobs;

    LimitCheck(LimitProperties properties, Jobs jobs) {
        this.properties = properties;
        this.jobs = jobs;
    }

    /// @param job the job to check
    /// @param nodeField the field with its node
    /// @param request what its pod requests from the HPC
    /// @return an error for each limit that it could exceed
    Stream<Finding> check(NamedJob job, String nodeField, HpcRequest request) {
        return properties.of(job.workspace()).stream()
                .flatMap(limits -> check(job, nodeField, request, limits));
    }

    private Stream<Finding> check(
            NamedJob job, String nodeField, HpcRequest request, WorkspaceLimits limits) {
        return all(
                ofNode(job.node().value(), nodeField, limits.nodes()),
                request.otherAnnotations().stream().map(LimitCheck::couldCircumvent),
                ofChoice("limit-partition", SlurmField.PARTITION, request, limits.partitions()),
                ofChoice("limit-account", SlurmField.ACCOUNT, request, limits.accounts()),
                ofChoice("limit-qos", SlurmField.QOS, request, limits.qos()),
                ofFlags(request, limits.flags()),
                ofSizes(request, limits),
                ofFiles(request, limits),
                limits.preExec()
                        ? Stream.empty()
                        : request.hostCommands().stream().map(LimitCheck::onHost),
                ofJobs(job, limits.maxJobs()));
    }

    private static Stream<Finding> ofNode(
            String node, String field, @Nullable Set<String> allowed) {
        return allowed == null || allowed.contains(node)
                ? Stream.empty()
                : Stream.of(notAllowed("limit-node", field, "node", node, allowed));
    }

    private static Finding couldCircumvent(FieldValue annotation) {
        return Finding.error(
                "limit-annotation",
                annotation.field(),
                "This workspace has limits, which the annotation could circumvent.",
                "Leave it out.");
    }

    private static Finding onHost(FieldValue command) {
        return Finding.error(
                "limit-pre-exec",
                command.field(),
                "This workspace does not allow commands outside of the containers.",
                "Leave it out. In a job spec, image.pullFrom pulls an image.");
    }

    private Stream<Finding> ofJobs(NamedJob job, @Nullable Integer maximum) {
        return maximum == null || isBelowMaximum(job, maximum)
                ? Stream.empty()
                : Stream.of(
                        Finding.error(
                                "limit-jobs",
                                "",
                                "The workspace has " + maximum + " jobs already.",
                                "Wait until one has ended, or delete one."));
    }

    /// Checks each value of a list. The option is required, because without it the HPC chooses a value.
    private static Stream<Finding> ofChoice(
            String rule, SlurmField choice, HpcRequest request, @Nullable Set<String> allowed) {
        if (allowed == null) {
            return Stream.empty();
        }
        String option = choice.option();
        String field = request.slurmField().of(option);
        return request.slurm()
                .value(option)
                .map(values ->
                        Stream.of(values.split(",", -1))
                                .filter(value -> !allowed.contains(value))
                                .map(value -> notAllowed(rule, field, option, value, allowed)))
                .orElseGet(() ->
                        Stream.of(
                                Finding.error(
                                        rule,
                                        field,
                                        "The job must have the option " + option + ".",
                                        oneOf(allowed))));
    }

    private static Stream<Finding> ofFlags(HpcRequest request, @Nullable Set<String> allowed) {
        return allowed == null
                ? Stream.empty()
                : request.slurm().values().keySet().stream()
                        .filter(option -> !SIZES.contains(option) && !allowed.contains(option))
                        .map(option ->
                                Finding.error(
                                        "limit-flag",
                                        request.slurmField().of(option),
                                        "The option --"
                                                + option
                                                + " is not allowed in this workspace.",
                                        "Leave it out."));
    }

    private static Stream<Finding> ofSizes(HpcRequest request, WorkspaceLimits limits) {
        SlurmBounds bounds = new SlurmBounds(request.slurm());
        return all(
                ofWalltime(request, bounds, limits.maxWalltime()),
                ofGpus(request, bounds, limits.maxGpus()),
                ofMemory(request, bounds, limits.maxMemory()));
    }

    private static Stream<Finding> ofWalltime(
            HpcRequest request, SlurmBounds bounds, @Nullable Duration longest) {
        return longest == null
                        || bounds.walltime()
                                .filter(time -> time.compareTo(longest) <= 0)
                                .isPresent()
                ? Stream.empty()
                : Stream.of(
                        Finding.error(
                                "limit-walltime",
                                request.slurmField().of(SlurmField.TIME_LIMIT.option()),
                                "The job has no time limit, or a longer one than " + longest + ".",
                                "Request at most that."));
    }

    private static Stream<Finding> uncertain(String rule, HpcRequest request) {
        return request.slurm().ofUncertainSize().stream()
                .map(option ->
                        Finding.error(
                                rule,
                                request.slurmField().of(option),
                                "With the option --"
                                        + option
                                        + " the size of the job is not certain, and this workspace"
                                        + " limits it.",
                                "Use resources.limits, nodes, tasks and gres."));
    }

    private static Stream<Finding> ofGpus(
            HpcRequest request, SlurmBounds bounds, @Nullable Long maximum) {
        if (maximum == null) {
            return Stream.empty();
        }
        OptionalLong requested = bounds.gpus();
        return all(
                uncertain("limit-gpus", request),
                onlyIf(
                        requested.isEmpty() || requested.getAsLong() > maximum,
                        () ->
                                tooMuch(
                                        "limit-gpus",
                                        request.slurmField().of(SlurmField.GRES.option()),
                                        "GPUs on all its nodes",
                                        String.valueOf(maximum))),
                onlyIf(
                        request.gpus().compareTo(BigDecimal.valueOf(maximum)) > 0,
                        () -> tooMuch("limit-gpus", "resources", "GPUs", String.valueOf(maximum))));
    }

    private static Stream<Finding> ofMemory(
            HpcRequest request, SlurmBounds bounds, @Nullable Quantity maximum) {
        if (maximum == null) {
            return Stream.empty();
        }
        Optional<BigDecimal> perNode = request.memory().or(bounds::memory);
        OptionalLong nodes = bounds.nodes();
        boolean within =
                perNode.isPresent()
                        && nodes.isPresent()
                        && perNode.get()
                                        .multiply(BigDecimal.valueOf(nodes.getAsLong()))
                                        .compareTo(maximum.amount())
                                <= 0;
        return Stream.concat(
                uncertain("limit-memory", request),
                onlyIf(
                        !within,
                        () ->
                                tooMuch(
                                        "limit-memory",
                                        "resources",
                                        "memory on all its nodes",
                                        maximum.text())));
    }

    private static Finding tooMuch(String rule, String field, String what, String maximum) {
        return Finding.error(
                rule,
                field,
                "The job may use more " + what + " than " + maximum + ".",
                "Request less, or write the amounts as plain numbers.");
    }

    private static Stream<Finding> ofFiles(HpcRequest request, WorkspaceLimits limits) {
        boolean limited = limits.images() != null || limits.mounts() != null;
        Set<String> options =
                limits.runtimeOptions() == null && limited
                        ? HARMLESS_OPTIONS
                        : limits.runtimeOptions();
        return all(
                ofPlaces("limit-image", "image", request.images(), limits.images()),
                ofPlaces("limit-mount", "mount", request.mounts(), limits.mounts()),
                ofRuntimeOptions(request, options));
    }

    private static Stream<Finding> ofRuntimeOptions(
            HpcRequest request, @Nullable Set<String> allowed) {
        return allowed == null
                ? Stream.empty()
                : request.runtimeOptions().stream()
                        .filter(word -> !allowed.contains(word.value()))
                        .map(word ->
                                notAllowed(
                                        "limit-runtime-option",
                                        word.field(),
                                        "option",
                                        word.value(),
                                        allowed));
    }

    private static Stream<Finding> ofPlaces(
            String rule, String what, List<FieldValue> values, @Nullable List<String> allowed) {
        return allowed == null
                ? Stream.empty()
                : values.stream()
                        .filter(entry ->
                                allowed.stream()
                                        .noneMatch(prefix -> isBelow(entry.value(), prefix)))
                        .map(entry ->
                                Finding.error(
                                        rule,
                                        entry.field(),
                                        "The "
                                                + what
                                                + " \""
                                                + Text.shown(entry.value())
                                                + "\" is not allowed in this workspace.",
                                        oneOf(allowed)
                                                + " Paths below these must not contain ',', ':',"
                                                + " '$' or \"..\"."));
    }

    /// Whether a path is the same as a place or below it. Names are compared as a whole: `/data/a` is below `/data`,
    /// but `/data-of-others` is not. Paths with "..", with a second mount or option after ',' or ':', or with a
    /// variable are not. A registry reference may also continue with ':' (a tag) or '@' (a digest).
    private static boolean isBelow(String value, String place) {
        boolean file = value.startsWith("/");
        if (!value.startsWith(place)
                || UPWARDS.matcher(value).find()
                || value.chars().anyMatch(c -> (file ? ",:$" : ",$").indexOf(c) >= 0)) {
            return false;
        }
        return value.length() == place.length()
                || place.endsWith("/")
                || place.endsWith(":")
                || (file ? "/" : "/:@").indexOf(value.charAt(place.length())) >= 0;
    }

    private static Finding notAllowed(
            String rule, String field, String what, String value, Collection<String> allowed) {
        return Finding.error(
                rule,
                field,
                "The " + what + " \"" + Text.shown(value) + "\" is not allowed in this workspace.",
                oneOf(allowed));
    }

    private static String oneOf(Collection<String> allowed) {
        return allowed.isEmpty()
                ? "None is allowed."
                : "Allowed: " + String.join(", ", allowed.stream().sorted().toList()) + ".";
    }

    /// A job with the same name is replaced, or is the same job, so it is not counted.
    private boolean isBelowMaximum(NamedJob job, int maximum) {
        return count(job.workspace(), Optional.empty(), maximum + 1)
                        - count(job.workspace(), Optional.of(job.name()), 1)
                < maximum;
    }

    private int count(Workspace workspace, Optional<JobName> name, int maximum) {
        return jobs.count(
                new JobFilter(workspace, name, LIVE, Optional.empty(), Map.of()), maximum);
    }
}
