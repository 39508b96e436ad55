package io.interlinkgateway.job;

import java.util.stream.Stream;

/// The options of `sbatch` that have a field of their own in a job spec; all others are in its `slurm.flags`. They
/// are written in this order.
public enum SlurmField {
    PARTITION("partition", "partition"),
    ACCOUNT("account", "account"),
    QOS("qos", "qos"),
    RESERVATION("reservation", "reservation"),
    CONSTRAINT("constraint", "constraint"),
    GRES("gres", "gres"),
    NODES("nodes", "nodes"),
    TASKS("tasks", "ntasks"),
    TASKS_PER_NODE("tasksPerNode", "ntasks-per-node"),
    TIME_LIMIT("timeLimit", "time"),
    EXCLUDE("exclude", "exclude");

    private final String path;
    private final String option;

    SlurmField(String name, String option) {
        this.path = "slurm." + name;
        this.option = option;
    }

    /// @return the field's path in a job spec, such as `slurm.timeLimit`
    public String path() {
        return path;
    }

    /// @return the option's long name without dashes, such as `time`
    public String option() {
        return option;
    }

    /// @param option an option's long name
    /// @return the option's path in a job spec
    public static String pathOf(String option) {
        return Stream.of(values())
                .filter(field -> field.option.equals(option))
                .map(SlurmField::path)
                .findFirst()
                .orElse("slurm.flags");
    }
}
