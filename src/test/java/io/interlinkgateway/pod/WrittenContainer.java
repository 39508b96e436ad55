package io.interlinkgateway.pod;

import io.interlinkgateway.job.JobSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// What a caller wrote about a container, read from the document field by field and not from the pod: what the plugin's
/// script may do with it, and no more.
///
/// @param output the file that gets the words of the runtime's command line
/// @param options of the container runtime, besides the plugin's own
/// @param end the words after the options: image, command and arguments
/// @param verb `run` or `exec`
/// @param environment whether it has variables
/// @param beside what probes and hooks may run, word by word, by the file that gets the words
record WrittenContainer(
        String output,
        RuntimeOptions options,
        List<String> end,
        String verb,
        boolean environment,
        Map<String, List<String>> beside) {

    static final String FOLDER = "/hpc/job";
    private static final Pattern BLANKS = Pattern.compile("[\\s\\p{Z}\\x{85}\\x{1c}-\\x{1f}]+");
    private static final List<String> RUNTIME =
            List.of("singularity", "exec", "--no-privs", "--no-home");

    /// Options in one form, however they are spelled.
    ///
    /// @param binds `source:target:mode`
    /// @param others the other words in their order, `--name value` as one
    record RuntimeOptions(Set<String> binds, List<String> others) {

        private static final Set<String> WITH_VALUE =
                Set.of("--bind", "-B", "-eB", "-o", "--env", "--env-file");

        static RuntimeOptions of(List<String> words) {
            RuntimeOptions options = new RuntimeOptions(new TreeSet<>(), new ArrayList<>());
            String valueFor = "";
            for (String word : words) {
                if (valueFor.isEmpty() && WITH_VALUE.contains(word)) {
                    valueFor = word;
                    continue;
                }
                options.add(valueFor.isEmpty() ? word : valueFor + "=" + word);
                valueFor = "";
            }
            if (!valueFor.isEmpty()) {
                options.others.add(valueFor);
            }
            return options;
        }

        private void add(String option) {
            if (option.startsWith("--bind=")) {
                bind(option.substring("--bind=".length()));
            } else if (option.startsWith("-B")) {
                bind(option.replaceFirst("^-B=?", ""));
            } else if (option.startsWith("-eB")) {
                others.add("-e");
                bind(option.replaceFirst("^-eB=?", ""));
            } else if (!option.equals(EnvironmentEncoding.NO_EVALUATION)) {
                // That is the gateway's own, see EnvironmentEncoding.
                others.add(option);
            }
        }

        private void bind(String text) {
            for (String mount : text.split(",", -1)) {
                String[] parts = mount.split(":", -1);
                binds.add(
                        switch (parts.length) {
                            case 1 -> mount + ":" + mount + ":rw";
                            case 2 -> mount + ":rw";
                            case 3 -> mount;
                            default -> "no mount: " + mount;
                        });
            }
        }

        /// Words that are no option and no option's value: the first would be taken for the image.
        List<String> stray() {
            return others.stream().filter(word -> !word.startsWith("-")).toList();
        }
    }

    static WrittenContainer of(JobSpec spec, boolean environment) {
        List<String> words = new ArrayList<>();
        spec.singularity().mounts().forEach(mount -> words.addAll(List.of("--bind", "" + mount)));
        spec.singularity().options().ifPresent(text -> words.addAll(split(text)));
        String image = spec.image().value();
        List<String> end = new ArrayList<>();
        end.add(image.startsWith("/") || image.contains("://") ? image : "docker://" + image);
        end.addAll(spec.command());
        end.addAll(spec.arguments());
        return new WrittenContainer(
                "run-job.out",
                RuntimeOptions.of(words),
                end,
                spec.command().isEmpty() ? "run" : "exec",
                environment,
                Map.of());
    }

    /// @param document a pod
    static List<WrittenContainer> of(Map<String, Object> document) {
        Map<String, Object> spec = map(document, "spec");
        List<WrittenContainer> containers = new ArrayList<>();
        for (Map<String, Object> container : maps(spec, "initContainers")) {
            containers.add(of(document, container, "init-"));
        }
        for (Map<String, Object> container : maps(spec, "containers")) {
            containers.add(of(document, container, "run-"));
        }
        return containers;
    }

    private static WrittenContainer of(
            Map<String, Object> document, Map<String, Object> container, String kind) {
        Map<String, Object> annotations = map(map(document, "metadata"), "annotations");
        List<String> words =
                Stream.of(MetadataNames.SINGULARITY_MOUNTS, MetadataNames.SINGULARITY_OPTIONS)
                        .map(name -> text(annotations, name))
                        .flatMap(text -> split(text).stream())
                        .toList();
        RuntimeOptions options = RuntimeOptions.of(words);
        options.binds.addAll(binds(map(document, "spec"), container));
        String root =
                annotations.containsKey("slurm-job.vk.io/image-root")
                        ? text(annotations, "slurm-job.vk.io/image-root").strip()
                        : "docker://";
        String image = text(container, "image");
        if (!image.startsWith("/") && !image.contains("://")) {
            image = root + image;
        }
        List<String> end = new ArrayList<>(List.of(image));
        end.addAll(texts(container, "command"));
        end.addAll(texts(container, "args"));
        return new WrittenContainer(
                kind + container.get("name") + ".out",
                options,
                end,
                texts(container, "command").isEmpty() ? "run" : "exec",
                !maps(container, "env").isEmpty(),
                kind.equals("run-") ? beside(container, image) : Map.of());
    }

    private static List<String> split(String text) {
        return BLANKS.splitAsStream(text)
                .filter(word -> !word.isEmpty())
                .map(HostileJobsTests::evaluated)
                .toList();
    }

    /// A claim makes the plugin drop all mounts of the container.
    private static Set<String> binds(Map<String, Object> spec, Map<String, Object> container) {
        Set<String> binds = new TreeSet<>();
        for (Map<String, Object> mount : maps(container, "volumeMounts")) {
            Map<String, Object> volume =
                    maps(spec, "volumes").stream()
                            .filter(one -> text(one, "name").equals(text(mount, "name")))
                            .findFirst()
                            .orElseThrow();
            String end = mount.containsKey("readOnly") ? ":ro" : ":rw";
            String target = text(mount, "mountPath");
            if (volume.containsKey("persistentVolumeClaim")) {
                return Set.of();
            }
            if (volume.containsKey("emptyDir")) {
                binds.add(FOLDER + "/emptyDirs/" + mount.get("name") + ":" + target + end);
                continue;
            }
            for (String file : files(volume)) {
                binds.add(
                        Path.of(FOLDER, kind(volume), text(mount, "name"), file)
                                + ":"
                                + (mount.containsKey("subPath")
                                        ? target
                                        : Path.of(target, file).normalize().toString())
                                + end);
            }
        }
        return binds;
    }

    private static String kind(Map<String, Object> volume) {
        return volume.containsKey("secret")
                ? "secrets"
                : volume.containsKey("configMap")
                        ? "configMaps"
                        : volume.containsKey("projected") ? "projectedVolumeMaps" : "downwardAPIs";
    }

    private static List<String> files(Map<String, Object> volume) {
        List<String> files = new ArrayList<>();
        Stream<Map<String, Object>> sources =
                Stream.concat(
                        Stream.of(volume), maps(map(volume, "projected"), "sources").stream());
        sources.flatMap(source ->
                        Stream.of("secret", "configMap", "downwardAPI")
                                .filter(source::containsKey)
                                .map(kind -> map(source, kind)))
                .forEach(source -> {
                    if (!source.containsKey("items")) {
                        files.add("key");
                    }
                    maps(source, "items").forEach(item -> files.add(text(item, "path")));
                });
        return files;
    }

    private static Map<String, List<String>> beside(Map<String, Object> container, String image) {
        Map<String, List<String>> beside = new LinkedHashMap<>();
        String name = text(container, "name");
        for (String probe : List.of("liveness", "readiness", "startup")) {
            Map<String, Object> action = map(container, probe + "Probe");
            beside.put(
                    "probe-" + probe + "-" + name,
                    action.containsKey("exec")
                            ? inContainer(image, "1", action)
                            : Stream.concat(
                                            Stream.of("timeout", "1", "curl", "-f", "-s"),
                                            Stream.of(url(action)))
                                    .toList());
        }
        Map<String, Object> hook = map(map(container, "lifecycle"), "preStop");
        beside.put(
                "prestop-" + name + ".out",
                hook.containsKey("exec")
                        ? inContainer(image, "30", hook)
                        : List.of("curl", "-f", "-s", "--max-time", "10", url(hook)));
        return beside;
    }

    private static List<String> inContainer(
            String image, String seconds, Map<String, Object> action) {
        List<String> words = new ArrayList<>(RUNTIME);
        words.addAll(List.of(image, "timeout", seconds));
        words.addAll(texts(map(action, "exec"), "command"));
        return words;
    }

    private static String url(Map<String, Object> action) {
        Map<String, Object> request = map(action, "httpGet");
        return "http://"
                + text(request, "host")
                + ":"
                + request.get("port")
                + text(request, "path");
    }

    private static String text(Map<String, Object> map, String name) {
        return String.valueOf(map.getOrDefault(name, ""));
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Map<String, Object> map, String name) {
        return (Map<String, Object>) map.getOrDefault(name, Map.of());
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> maps(Map<String, Object> map, String name) {
        return (List<Map<String, Object>>) map.getOrDefault(name, List.of());
    }

    @SuppressWarnings("unchecked")
    private static List<String> texts(Map<String, Object> map, String name) {
        return (List<String>) map.getOrDefault(name, List.of());
    }
}
