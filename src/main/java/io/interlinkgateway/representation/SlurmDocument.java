package io.interlinkgateway.representation;

import io.interlinkgateway.failure.Findings;
import io.interlinkgateway.job.SlurmField;
import io.interlinkgateway.job.SlurmOptions;
import io.interlinkgateway.job.Walltime;
import io.swagger.v3.oas.annotations.media.Schema;
import jakarta.validation.constraints.Positive;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Options of `sbatch`: the frequent ones as fields, others as raw flags.
@Schema(name = "SlurmOptions")
public record SlurmDocument(
        @Nullable @Schema(example = "gpu") String partition,
        @Nullable @Schema(example = "st2301") String account,
        @Nullable String qos,
        @Nullable String reservation,
        @Nullable @Schema(description = "Required node features.") String constraint,
        @Nullable @Schema(example = "gpu:1") String gres,
        @Nullable @Positive @Schema(example = "1") Integer nodes,
        @Nullable @Positive @Schema(description = "The total number of tasks.") Integer tasks,
        @Nullable @Positive @Schema(example = "1") Integer tasksPerNode,
        @Nullable
                @Schema(
                        description = "The maximum run time, as an ISO 8601 duration.",
                        example = "PT55M",
                        format = "duration")
                String timeLimit,
        @Nullable @Schema(description = "Compute nodes to exclude.", example = "gn42")
                String exclude,
        @Nullable
                @Schema(
                        description = "Further options as on sbatch's command line.",
                        example = "--hint=nomultithread")
                String flags) {

    Optional<SlurmOptions> toSlurmOptions(Findings findings) {
        Findings own = new Findings();
        Map<String, String> typed = new LinkedHashMap<>();
        for (SlurmField field : SlurmField.values()) {
            optionOf(field, own).ifPresent(value -> typed.put(field.option(), value));
        }
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

    private @Nullable Object valueOf(SlurmField field) {
        return switch (field) {
            case PARTITION -> partition;
            case ACCOUNT -> account;
            case QOS -> qos;
            case RESERVATION -> reservation;
            case CONSTRAINT -> constraint;
            case GRES -> gres;
            case NODES -> nodes;
            case TASKS -> tasks;
            case TASKS_PER_NODE -> tasksPerNode;
            case TIME_LIMIT -> timeLimit;
            case EXCLUDE -> exclude;
        };
    }

    private Optional<String> optionOf(SlurmField field, Findings findings) {
        return Optional.ofNullable(valueOf(field))
                .map(Object::toString)
                .flatMap(text ->
                        field == SlurmField.TIME_LIMIT
                                ? findings.check(
                                        "time-limit",
                                        field.path(),
                                        () -> Walltime.parse(text).rendered())
                                : findings.check(
                                        "slurm-option",
                                        field.path(),
                                        () ->
                                                SlurmOptions.requireHarmlessValue(
                                                        field.option(), text)));
    }

    static @Nullable SlurmDocument from(SlurmOptions options) {
        if (options.values().isEmpty()) {
            return null;
        }
        Map<String, String> rest = new LinkedHashMap<>(options.values());
        Optional<String> time =
                Optional.ofNullable(rest.get(SlurmField.TIME_LIMIT.option()))
                        .flatMap(SlurmDocument::iso);
        time.ifPresent(_ -> rest.remove(SlurmField.TIME_LIMIT.option()));
        return new SlurmDocument(
                text(rest, SlurmField.PARTITION),
                text(rest, SlurmField.ACCOUNT),
                text(rest, SlurmField.QOS),
                text(rest, SlurmField.RESERVATION),
                text(rest, SlurmField.CONSTRAINT),
                text(rest, SlurmField.GRES),
                number(rest, SlurmField.NODES),
                number(rest, SlurmField.TASKS),
                number(rest, SlurmField.TASKS_PER_NODE),
                time.orElse(null),
                text(rest, SlurmField.EXCLUDE),
                rest.isEmpty() ? null : new SlurmOptions(rest).rendered());
    }

    private static @Nullable String text(Map<String, String> rest, SlurmField field) {
        return rest.remove(field.option());
    }

    private static Optional<String> iso(String time) {
        return Walltime.fromRendered(time).map(walltime -> walltime.duration().toString());
    }

    private static @Nullable Integer number(Map<String, String> rest, SlurmField field) {
        String text = rest.get(field.option());
        if (text == null || !text.matches("[1-9]\\d{0,8}")) {
            return null;
        }
        rest.remove(field.option());
        return Integer.valueOf(text);
    }
}
