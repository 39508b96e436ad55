package io.interlinkgateway.job;

import io.interlinkgateway.failure.Spelling;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// One option of `sbatch`, as its parser (`getopt_long`) reads it.
///
/// The table has the options of SLURM 22.05, with letters and arguments as found by calling that `sbatch` (`sbatch
/// --LETTER`, `--NAME`, `--NAME=x`), and those that the manual pages up to 25.05 added. A site can add more with
/// SLURM plugins.
///
/// @param name the long name without dashes
/// @param letter the short form, or `-` if there is none
/// @param argument whether a value follows
/// @param effect what it changes
/// @param remark for a refused option, why it is refused; for an alias, the option that it stands for
record SbatchOption(String name, char letter, Argument argument, Effect effect, String remark) {

    /// Whether an option has a value.
    enum Argument {
        /// Never.
        NONE,
        /// Only attached to the option: `--nice=5`, `-koff`.
        OPTIONAL,
        /// Always: attached to the option, or as the next word.
        REQUIRED
    }

    /// What an option changes.
    enum Effect {
        /// Neither the size of a job nor anything that the plugin relies on.
        PLAIN,
        /// How many tasks, nodes, GPUs or bytes a job gets, in a way that depends on the HPC's nodes.
        UNCERTAIN_SIZE,
        /// Something that the plugin or the gateway relies on.
        REFUSED,
        /// Nothing: it is another name of an option.
        ALIAS
    }

    private static final String TABLE =
            """
            account                    A required plain
            acctg-freq                 - required plain
            array                      a required refused A job is one SLURM job; submit one job per element.
            batch                      - required plain
            bb                         - required plain
            bbf                        - required plain
            begin                      b required plain
            chdir                      D required refused The plugin's files are found from its own working directory.
            cluster                    - required alias clusters
            cluster-constraint         - required plain
            clusters                   M required refused The plugin follows jobs on its own cluster only.
            comment                    - required plain
            consolidate-segments       - none plain
            constraint                 C required plain
            container                  - required refused The image belongs in image.
            container-id               - required refused The image belongs in image.
            context                    - required refused The HPC decides what the job may do.
            contiguous                 - none plain
            core-spec                  S required uncertain_size
            cores-per-socket           - required uncertain_size
            cpu-freq                   - required plain
            cpus-per-gpu               - required uncertain_size
            cpus-per-task              c required plain
            deadline                   - required plain
            delay-boot                 - required plain
            dependency                 d required plain
            disable-stdout-job-summary - none plain
            distribution               m required plain
            error                      e required refused The job's log is read from the plugin's own file.
            exclude                    x required plain
            exclusive                  - optional uncertain_size
            export                     - required plain
            export-file                - required refused Variables of the job belong in env.
            extra                      - required plain
            extra-node-info            B required uncertain_size
            get-user-env               - optional plain
            gid                        - required refused The HPC decides who the job runs as.
            gpu-bind                   - required plain
            gpu-freq                   - required plain
            gpus                       G required plain
            gpus-per-node              - required plain
            gpus-per-socket            - required uncertain_size
            gpus-per-task              - required plain
            gres                       - required plain
            gres-flags                 - required plain
            help                       h none refused Nothing would be submitted.
            hint                       - required plain
            hold                       H none plain
            ignore-pbs                 - none plain
            input                      i required refused Jobs have no standard input.
            job-name                   J required refused The plugin names the SLURM job after the pod's UID.
            kill-on-invalid-dep        - required plain
            licenses                   L required plain
            mail-type                  - required plain
            mail-user                  - required plain
            mcs-label                  - required plain
            mem                        - required plain
            mem-bind                   - required plain
            mem-per-cpu                - required uncertain_size
            mem-per-gpu                - required uncertain_size
            mincpus                    - required uncertain_size
            network                    - required plain
            nice                       - optional plain
            no-kill                    k optional plain
            no-requeue                 - none plain
            nodefile                   F required uncertain_size
            nodelist                   w required uncertain_size
            nodes                      N required plain
            ntasks                     n required plain
            ntasks-per-core            - required uncertain_size
            ntasks-per-gpu             - required uncertain_size
            ntasks-per-node            - required plain
            ntasks-per-socket          - required uncertain_size
            ntasks-per-tres            - required uncertain_size
            oom-kill-step              - optional plain
            open-mode                  - required plain
            output                     o required refused The job's log is read from the plugin's own file.
            overcommit                 O none plain
            oversubscribe              s none plain
            parsable                   - none refused The plugin would not find the job's id.
            partition                  p required plain
            power                      - required plain
            prefer                     - required plain
            priority                   - required plain
            profile                    - required plain
            propagate                  - optional plain
            qos                        q required plain
            quiet                      Q none refused The plugin would not find the job's id.
            reboot                     - none plain
            requeue                    - none plain
            reservation                - required plain
            resv-ports                 - optional plain
            segment                    - required plain
            share                      - none alias oversubscribe
            signal                     - required plain
            sockets-per-node           - required uncertain_size
            spread-job                 - none plain
            spread-segments            - none plain
            stepmgr                    - none plain
            switches                   - required plain
            tasks                      - required alias ntasks
            tasks-per-node             - required alias ntasks-per-node
            test-only                  - none refused Nothing would be submitted.
            thread-spec                - required uncertain_size
            threads-per-core           - required plain
            time                       t required plain
            time-min                   - required plain
            tmp                        - required plain
            tres-bind                  - required plain
            tres-per-job               - required uncertain_size
            tres-per-node              - required uncertain_size
            tres-per-socket            - required uncertain_size
            tres-per-task              - required uncertain_size
            uid                        - required refused The HPC decides who the job runs as.
            umask                      - required plain
            usage                      - none refused Nothing would be submitted.
            use-min-nodes              - none plain
            verbose                    v none refused The plugin treats sbatch's messages as errors.
            version                    V none refused Nothing would be submitted.
            wait                       W none refused The plugin would wait for the job's end.
            wait-all-nodes             - required plain
            wckey                      - required plain
            workdir                    - required alias chdir
            wrap                       - required refused The command belongs in command and args.
            x11                        - optional plain
            """;

    private static final Map<String, SbatchOption> BY_NAME =
            TABLE.lines()
                    .map(SbatchOption::row)
                    .collect(
                            Collectors.toMap(
                                    SbatchOption::name,
                                    Function.identity(),
                                    (one, _) -> {
                                        throw new IllegalStateException(
                                                one.name + " is listed twice");
                                    },
                                    LinkedHashMap::new));

    private static final Map<Character, SbatchOption> BY_LETTER =
            BY_NAME.values().stream()
                    .filter(option -> option.letter != '-')
                    .collect(Collectors.toMap(SbatchOption::letter, Function.identity()));

    /// The maximum edit distance at which a name counts as a misspelling of another one.
    private static final int MAX_DISTANCE = 3;

    private static SbatchOption row(String row) {
        String[] cells = row.split(" +", 5);
        return new SbatchOption(
                cells[0],
                cells[1].charAt(0),
                Argument.valueOf(cells[2].toUpperCase(Locale.ROOT)),
                Effect.valueOf(cells[3].toUpperCase(Locale.ROOT)),
                cells.length < 5 ? "" : cells[4]);
    }

    /// @param name a long name without dashes
    /// @return the option with exactly this name; for an alias, the option that it stands for
    static Optional<SbatchOption> named(String name) {
        @Nullable SbatchOption option = BY_NAME.get(name);
        return option == null || option.effect != Effect.ALIAS
                ? Optional.ofNullable(option)
                : Optional.ofNullable(BY_NAME.get(option.remark));
    }

    /// @param letter the letter of a short option
    /// @return the option
    static Optional<SbatchOption> ofLetter(char letter) {
        return Optional.ofNullable(BY_LETTER.get(letter));
    }

    /// `getopt_long` accepts a prefix of a name in place of the name.
    ///
    /// @param name a long name without dashes
    /// @return the options that have longer names with this prefix
    static List<SbatchOption> abbreviatedBy(String name) {
        return BY_NAME.values().stream().filter(whole -> whole.name.startsWith(name)).toList();
    }

    /// @param name a long name that is not in the table
    /// @return the name of which it is probably a misspelling
    static Optional<String> nearest(String name) {
        return Spelling.nearest(name, BY_NAME.keySet(), MAX_DISTANCE);
    }
}
