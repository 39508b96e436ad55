package io.interlinkgateway.submission;

import io.interlinkgateway.job.Finding;
import io.interlinkgateway.job.Findings;
import io.interlinkgateway.job.JobFilter;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.Jobs;
import io.interlinkgateway.job.PlacedJob;
import io.interlinkgateway.job.Quantity;
import io.interlinkgateway.job.Text;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.pod.HpcUse;
import io.interlinkgateway.pod.HpcUse.Said;
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
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/// Holds jobs to the limits of their workspace. What can't be read as certainly within a limit is outside.
@Component
class LimitCheck {

    /// The jobs that count: what has ended, and what may have ended for good (`UNKNOWN`), does not.
    private static final Set<JobPhase> LIVE =
            Set.of(JobPhase.QUEUED, JobPhase.STARTING, JobPhase.RUNNING, JobPhase.CANCELLING);

    /// Options with limits of their own.
    private static final Set<String> SIZES =
            Set.of(
                    "partition",
                    "account",
                    "qos",
                    "time",
                    "nodes",
                    "ntasks",
                    "ntasks-per-node",
                    "cpus-per-task",
                    "gres",
                    "mem");

    /// Options of Singularity and Apptainer that give a container nothing of the host's files.
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

    void check(PlacedJob job, String nodeField, HpcUse use, Findings findings) {
        properties
                .of(job.workspace())
                .ifPresent(limits -> check(job, nodeField, use, limits, findings));
    }

    private void check(
            PlacedJob job,
            String nodeField,
            HpcUse use,
            WorkspaceLimits limits,
            Findings findings) {
        if (limits.nodes() != null && !limits.nodes().contains(job.node().value())) {
            findings.add(
                    notAllowed(
                            "limit-node", nodeField, "node", job.node().value(), limits.nodes()));
        }
        use.otherAnnotations()
                .forEach(said ->
                        findings.add(
                                Finding.error(
                                        "limit-annotation",
                                        said.field(),
                                        "This workspace has limits, which the annotation could"
                                                + " evade.",
                                        "Leave it out.")));
        checkChoices(use, limits, findings);
        checkFlags(use, limits.flags(), findings);
        checkSizes(use, limits, findings);
        checkFiles(use, limits, findings);
        if (!limits.preExec()) {
            use.hostCommands()
                    .forEach(said ->
                            findings.add(
                                    Finding.error(
                                            "limit-pre-exec",
                                            said.field(),
                                            "Nothing may run outside of the containers.",
                                            "Leave it out. In a job spec, image.pullFrom pulls an"
                                                    + " image.")));
        }
        if (limits.maxJobs() != null && !isRoomFor(job, limits.maxJobs())) {
            findings.add(
                    Finding.error(
                            "limit-jobs",
                            "",
                            "The workspace has " + limits.maxJobs() + " jobs already.",
                            "Wait until one has ended, or delete one."));
        }
    }

    private static void checkChoices(HpcUse use, WorkspaceLimits limits, Findings findings) {
        checkChoice("limit-partition", "partition", use, limits.partitions(), findings);
        checkChoice("limit-account", "account", use, limits.accounts(), findings);
        checkChoice("limit-qos", "qos", use, limits.qos(), findings);
    }

    /// Each of a list; and not none, for then the HPC chooses.
    private static void checkChoice(
            String rule,
            String option,
            HpcUse use,
            @Nullable Set<String> allowed,
            Findings findings) {
        if (allowed == null) {
            return;
        }
        String field = use.slurmField().of(option);
        Optional<String> said = use.slurm().value(option);
        if (said.isEmpty()) {
            findings.add(
                    Finding.error(
                            rule,
                            field,
                            "The job has to name its " + option + ".",
                            oneOf(allowed)));
            return;
        }
        for (String value : said.get().split(",", -1)) {
            if (!allowed.contains(value)) {
                findings.add(notAllowed(rule, field, option, value, allowed));
            }
        }
    }

    private static void checkFlags(HpcUse use, @Nullable Set<String> allowed, Findings findings) {
        if (allowed == null) {
            return;
        }
        use.slurm().values().keySet().stream()
                .filter(option -> !SIZES.contains(option) && !allowed.contains(option))
                .map(option ->
                        Finding.error(
                                "limit-flag",
                                use.slurmField().of(option),
                                "The option --" + option + " is not allowed in this workspace.",
                                "Leave it out."))
                .forEach(findings::add);
    }

    private static void checkSizes(HpcUse use, WorkspaceLimits limits, Findings findings) {
        SlurmBounds bounds = new SlurmBounds(use.slurm());
        Duration longest = limits.maxWalltime();
        if (longest != null
                && bounds.walltime().filter(time -> time.compareTo(longest) <= 0).isEmpty()) {
            findings.add(
                    Finding.error(
                            "limit-walltime",
                            use.slurmField().of("time"),
                            "The job has no time limit, or a longer one than " + longest + ".",
                            "Ask for at most that."));
        }
        if (limits.maxGpus() != null) {
            checkUncertain("limit-gpus", use, findings);
            checkGpus(use, bounds, limits.maxGpus(), findings);
        }
        if (limits.maxMemory() != null) {
            checkUncertain("limit-memory", use, findings);
            checkMemory(use, bounds, limits.maxMemory(), findings);
        }
    }

    private static void checkUncertain(String rule, HpcUse use, Findings findings) {
        use.slurm().ofUncertainSize().stream()
                .map(option ->
                        Finding.error(
                                rule,
                                use.slurmField().of(option),
                                "With the option --"
                                        + option
                                        + " the size of the job is not certain, and this workspace"
                                        + " limits it.",
                                "Use resources.limits, nodes, tasks and gres."))
                .forEach(findings::add);
    }

    private static void checkGpus(HpcUse use, SlurmBounds bounds, long most, Findings findings) {
        OptionalLong asked = bounds.gpus();
        if (asked.isEmpty() || asked.getAsLong() > most) {
            findings.add(
                    tooMuch(
                            "limit-gpus",
                            use.slurmField().of("gres"),
                            "GPUs on all its nodes",
                            String.valueOf(most)));
        }
        if (use.gpus().compareTo(BigDecimal.valueOf(most)) > 0) {
            findings.add(tooMuch("limit-gpus", "resources", "GPUs", String.valueOf(most)));
        }
    }

    private static void checkMemory(
            HpcUse use, SlurmBounds bounds, Quantity most, Findings findings) {
        Optional<BigDecimal> perNode = use.memory().or(bounds::memory);
        OptionalLong nodes = bounds.nodes();
        boolean within =
                perNode.isPresent()
                        && nodes.isPresent()
                        && perNode.get()
                                        .multiply(BigDecimal.valueOf(nodes.getAsLong()))
                                        .compareTo(most.amount())
                                <= 0;
        if (!within) {
            findings.add(
                    tooMuch("limit-memory", "resources", "memory on all its nodes", most.text()));
        }
    }

    private static Finding tooMuch(String rule, String field, String what, String most) {
        return Finding.error(
                rule,
                field,
                "The job may ask for more " + what + " than " + most + ".",
                "Ask for less, or write the amounts as plain numbers.");
    }

    private static void checkFiles(HpcUse use, WorkspaceLimits limits, Findings findings) {
        checkPlaces("limit-image", "image", use.images(), limits.images(), findings);
        checkPlaces("limit-mount", "mount", use.mounts(), limits.mounts(), findings);
        Set<String> options = limits.runtimeOptions();
        if (options == null && (limits.images() != null || limits.mounts() != null)) {
            options = HARMLESS_OPTIONS;
        }
        if (options != null) {
            for (Said word : use.runtimeOptions()) {
                if (!options.contains(word.value())) {
                    findings.add(
                            notAllowed(
                                    "limit-runtime-option",
                                    word.field(),
                                    "option",
                                    word.value(),
                                    options));
                }
            }
        }
    }

    private static void checkPlaces(
            String rule,
            String what,
            List<Said> values,
            @Nullable List<String> allowed,
            Findings findings) {
        if (allowed == null) {
            return;
        }
        for (Said said : values) {
            if (allowed.stream().noneMatch(beginning -> isBelow(said.value(), beginning))) {
                findings.add(
                        Finding.error(
                                rule,
                                said.field(),
                                "The "
                                        + what
                                        + " \""
                                        + Text.shown(said.value())
                                        + "\" is not allowed in this workspace.",
                                oneOf(allowed)
                                        + " A path below may have no ',', ':', '$' and \"..\"."));
            }
        }
    }

    /// Whole names only: `/data` is above `/data/a`, not above `/data-of-others`; no way up again, no second mount or
    /// option behind a ',' or ':', and no variable. A registry's name may also end at ':' (a tag) and '@' (a digest).
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

    /// A job of the same name is replaced or is the same, so it takes no more room.
    private boolean isRoomFor(PlacedJob job, int most) {
        return count(job.workspace(), Optional.empty(), most + 1)
                        - count(job.workspace(), Optional.of(job.name()), 1)
                < most;
    }

    private int count(Workspace workspace, Optional<JobName> name, int most) {
        return jobs.count(new JobFilter(workspace, name, LIVE, Optional.empty(), Map.of()), most);
    }
}
