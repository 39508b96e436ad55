package io.interlinkgateway.definition;

import io.interlinkgateway.job.Findings;
import io.interlinkgateway.job.SlurmOptions;
import io.interlinkgateway.job.Walltime;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Positive;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Options of `sbatch`: the usual ones by name, the rest as raw flags.
@Schema(name = "SlurmOptions")
public record SlurmDocument(
        @Nullable @Schema(example = "gpu") String partition,
        @Nullable @Schema(example = "st2301") String account,
        @Nullable String qos,
        @Nullable String reservation,
        @Nullable @Schema(description = "Required node features.") String constraint,
        @Nullable @Schema(example = "gpu:1") String gres,
        @Nullable @Positive @Schema(example = "1") Integer nodes,
        @Nullable @Positive @Schema(description = "The number of tasks in all.") Integer tasks,
        @Nullable @Positive @Schema(example = "1") Integer tasksPerNode,
        @Nullable
                @Schema(
                        description = "The walltime, an ISO 8601 duration.",
                        example = "PT55M",
                        format = "duration")
                String timeLimit,
        @Nullable @Schema(description = "Compute nodes to keep away from.", example = "gn42")
                String exclude,
        @Nullable
                @Schema(
                        description = "Further options as on sbatch's command line.",
                        example = "--hint=nomultithread")
                String flags) {

    Optional<SlurmOptions> toSlurmOptions(Findings findings) {
        Findings own = new Findings();
        Map<String, String> typed = new LinkedHashMap<>();
        take(typed, "partition", "partition", partition, own);
        take(typed, "account", "account", account, own);
        take(typed, "qos", "qos", qos, own);
        take(typed, "reservation", "reservation", reservation, own);
        take(typed, "constraint", "constraint", constraint, own);
        take(typed, "gres", "gres", gres, own);
        take(typed, "nodes", "nodes", nodes, own);
        take(typed, "tasks", "ntasks", tasks, own);
        take(typed, "tasksPerNode", "ntasks-per-node", tasksPerNode, own);
        Optional.ofNullable(timeLimit)
                .flatMap(text ->
                        own.check("time-limit", "slurm.timeLimit", () -> Walltime.parse(text)))
                .ifPresent(walltime -> typed.put("time", walltime.rendered()));
        take(typed, "exclude", "exclude", exclude, own);
        Optional<SlurmOptions> raw =
                own.check(
                        "slurm-flags",
                        "slurm.flags",
                        () -> flags == null ? SlurmOptions.NONE : SlurmOptions.parse(flags));
        findings.addAll(own.all());
        return own.hasErrors()
                ? Optional.empty()
                : findings.check(
                        "slurm-options",
                        "slurm",
                        () -> new SlurmOptions(typed).and(raw.orElseThrow()));
    }

    private static void take(
            Map<String, String> typed,
            String field,
            String option,
            @Nullable Object value,
            Findings findings) {
        if (value != null) {
            findings.check(
                            "slurm-option",
                            "slurm." + field,
                            () -> SlurmOptions.requireHarmlessValue(option, value.toString()))
                    .ifPresent(text -> typed.put(option, text));
        }
    }

    static @Nullable SlurmDocument from(SlurmOptions options) {
        if (options.values().isEmpty()) {
            return null;
        }
        Map<String, String> rest = new LinkedHashMap<>(options.values());
        Optional<String> time = Optional.ofNullable(rest.get("time")).flatMap(SlurmDocument::iso);
        time.ifPresent(_ -> rest.remove("time"));
        return new SlurmDocument(
                rest.remove("partition"),
                rest.remove("account"),
                rest.remove("qos"),
                rest.remove("reservation"),
                rest.remove("constraint"),
                rest.remove("gres"),
                number(rest, "nodes"),
                number(rest, "ntasks"),
                number(rest, "ntasks-per-node"),
                time.orElse(null),
                rest.remove("exclude"),
                rest.isEmpty() ? null : new SlurmOptions(rest).rendered());
    }

    private static Optional<String> iso(String time) {
        return Walltime.fromRendered(time).map(walltime -> walltime.duration().toString());
    }

    private static @Nullable Integer number(Map<String, String> rest, String option) {
        String text = rest.get(option);
        if (text == null || !text.matches("[1-9]\\d{0,8}")) {
            return null;
        }
        rest.remove(option);
        return Integer.valueOf(text);
    }
}
