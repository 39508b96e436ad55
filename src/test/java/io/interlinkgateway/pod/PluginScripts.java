package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/// What the SLURM plugin writes into a job's folder, by the rules of the version that was recorded
/// (`batch-scripts.json`), its carelessness included.
///
/// @param batch `job.slurm`
/// @param commandLine the container's line in `job.sh`, without the function before it
/// @param environment the container's env file; empty if there is none
record PluginScripts(String batch, String commandLine, String environment) {

    private static final Pattern UNSAFE = Pattern.compile("[^A-Za-z0-9_@%+=:,./-]");
    private static final Pattern BLANKS = Pattern.compile("\\s+");
    private static final Pattern NAME_END = Pattern.compile("[=\\s]");

    /// @param pod of one container, after the virtual kubelet filled its variables in
    /// @param folder the job's
    static PluginScripts of(Pod pod, String uid, String folder, String singularity) {
        Container container = pod.getSpec().getContainers().getFirst();
        return new PluginScripts(
                batch(pod, uid, folder),
                commandLine(pod, container, folder, singularity),
                environment(container));
    }

    private static String batch(Pod pod, String uid, String folder) {
        StringBuilder script =
                new StringBuilder("#!/bin/bash\n#SBATCH --job-name=")
                        .append(uid)
                        .append("\n#SBATCH --output=")
                        .append(folder)
                        .append("/job.out\n");
        options(pod).forEach(option -> script.append("#SBATCH ").append(option).append('\n'));
        annotation(pod, MetadataNames.PRE_EXEC).ifPresent(text -> script.append('\n').append(text));
        return script.append('\n').append(folder).append("/job.sh\n").toString();
    }

    private static List<String> options(Pod pod) {
        Map<String, String> byName = new LinkedHashMap<>();
        for (String option : grouped(annotation(pod, MetadataNames.FLAGS).orElse(""))) {
            byName.put(NAME_END.split(option, 2)[0], option);
        }
        for (String size : SbatchDirectives.of(pod)) {
            String option = size.substring("#SBATCH ".length());
            String name = option.split("=", 2)[0];
            if (name.equals("--cpus-per-task") || name.equals("--mem")) {
                byName.remove(name);
                byName.put(name, option);
            }
        }
        return List.copyOf(byName.values());
    }

    /// Words that are no options belong to the option before them.
    private static List<String> grouped(String flags) {
        List<String> options = new ArrayList<>();
        for (String word : BLANKS.split(flags.strip(), -1)) {
            if (!options.isEmpty() && !word.startsWith("-")) {
                options.add(options.removeLast() + " " + word);
            } else if (!word.isEmpty()) {
                options.add(word);
            }
        }
        return options;
    }

    private static String commandLine(
            Pod pod, Container container, String folder, String singularity) {
        List<String> parts = new ArrayList<>();
        parts.add(container.getName());
        parts.add(singularity);
        parts.add(container.getCommand().isEmpty() ? "run" : "exec");
        parts.add("--no-privs");
        parts.add("--no-home");
        parts.add(annotation(pod, MetadataNames.SINGULARITY_MOUNTS).orElse(""));
        parts.add(annotation(pod, MetadataNames.SINGULARITY_OPTIONS).orElse(""));
        if (!container.getEnv().isEmpty()) {
            parts.add("--env-file " + folder + "/" + container.getName() + "_envfile.properties");
        }
        parts.add("");
        parts.add(image(container.getImage()));
        container.getCommand().forEach(word -> parts.add(quoted(word)));
        container.getArgs().forEach(word -> parts.add(quoted(word)));
        return String.join(" ", parts);
    }

    private static String image(String image) {
        return image.startsWith("/") || image.contains("://") ? image : "docker://" + image;
    }

    private static String environment(Container container) {
        StringBuilder lines = new StringBuilder();
        container
                .getEnv()
                .forEach(variable ->
                        lines.append(variable.getName())
                                .append('=')
                                .append(quoted(variable.getValue()))
                                .append('\n'));
        return lines.toString();
    }

    private static String quoted(String word) {
        if (word.isEmpty()) {
            return "''";
        }
        return UNSAFE.matcher(word).find() ? "'" + word.replace("'", "'\"'\"'") + "'" : word;
    }

    private static Optional<String> annotation(Pod pod, String name) {
        return Optional.ofNullable(
                ModelFields.orEmpty(pod.getMetadata().getAnnotations()).get(name));
    }
}
