package io.interlinkgateway.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.Requires;
import io.interlinkgateway.bench.Slurm;
import io.interlinkgateway.bench.VirtualNode;
import io.interlinkgateway.pod.WrittenContainer.RuntimeOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// What is accepted becomes on the HPC what the gateway says and the caller wrote, and nothing else. Hostile job specs
/// and pods go through the plugin's script writer (`bench/virtual-node`); its batch script is held against
/// [PodTranslation#batchLines] and against a real sbatch, and a real bash shows what its job script would run. How many
/// are tried is the property `hostile.tries`; each fault names its seed.
@Requires(Component.VIRTUAL_NODE)
class PluginDifferenceIT {

    private static final int TRIES = Integer.getInteger("hostile.tries", 3000);
    private static final long SEED = Long.getLong("hostile.seed", 1);
    private static final int BATCH = 500;
    private static final int SHOWN = Integer.getInteger("hostile.shown", 40);
    private static final int SAMPLE = 200;
    private static final String UID = "6f0e4ad5-1111-4222-8333-444455556666";
    private static final String FOLDER = WrittenContainer.FOLDER;
    private static final Path DRIVER =
            Path.of("src/test/resources/hostile/job.sh").toAbsolutePath();
    private static final JsonMapper JSON = new JsonMapper();

    private static final Pattern DEFINED = Pattern.compile("(?m)^sbatch: ([a-z0-9-]+) +: (.*)$");

    /// What sbatch shows without any option of the pod.
    private static final Set<String> OWN = Set.of("job-name", "output", "test-only", "verbose");

    private static final Set<String> COMPARED =
            Set.of(
                    "partition",
                    "time",
                    "mem",
                    "array",
                    "gres",
                    "gpus",
                    "gpus-per-node",
                    "gpus-per-task",
                    "gpus-per-socket");

    @TempDir private Path folder;

    private final List<String> faults = new ArrayList<>();
    private final Map<String, Integer> kinds = new TreeMap<>();

    /// @param document what the caller wrote, to be shown
    /// @param preExec what it prints, if a pod has one
    /// @param batch `job.slurm`, and `job` the job script; empty if the plugin refuses the pod
    private record Case(
            long seed,
            Object document,
            Pod pod,
            List<WrittenContainer> containers,
            Optional<String> preExec,
            String batch,
            String job) {

        Case with(JsonNode scripts) {
            return new Case(
                    seed,
                    document,
                    pod,
                    containers,
                    preExec,
                    scripts.required("batch").asString(),
                    scripts.required("job").asString());
        }
    }

    /// Odd seeds are job specs, even ones pods.
    private static Optional<Case> accepted(long seed) {
        return seed % 2 == 1
                ? new HostileJobs(seed)
                        .next()
                        .map(job -> {
                            boolean environment =
                                    !job.pod()
                                            .getSpec()
                                            .getContainers()
                                            .getFirst()
                                            .getEnv()
                                            .isEmpty();
                            return new Case(
                                    seed,
                                    job.spec(),
                                    job.pod(),
                                    List.of(WrittenContainer.of(job.spec(), environment)),
                                    Optional.empty(),
                                    "",
                                    "");
                        })
                : new HostilePods(seed)
                        .next()
                        .map(pod ->
                                new Case(
                                        seed,
                                        pod.document(),
                                        pod.pod(),
                                        WrittenContainer.of(pod.document()),
                                        printed(pod.document()),
                                        "",
                                        ""));
    }

    private static Optional<String> printed(Map<String, Object> document) {
        return document.get("metadata") instanceof Map<?, ?> metadata
                        && metadata.get("annotations") instanceof Map<?, ?> annotations
                ? Optional.ofNullable(annotations.get(MetadataNames.PRE_EXEC))
                        .map(HostilePods.PRE_EXECS::get)
                : Optional.empty();
    }

    @Test
    void thePluginsScriptMatchesTheGatewaysReadingAndBashRunsTheCallersText() throws Exception {
        int accepted = 0;
        int written = 0;
        for (int from = 0; from < TRIES; from += BATCH) {
            List<Case> cases =
                    scripted(
                            LongStream.range(from, Math.min(TRIES, from + BATCH))
                                    .mapToObj(at -> accepted(SEED + at))
                                    .flatMap(Optional::stream)
                                    .toList());
            accepted += cases.size();
            cases = cases.stream().filter(one -> !one.job.isEmpty()).toList();
            written += cases.size();
            for (Case one : cases) {
                write(one);
            }
            run(cases);
            for (Case one : cases) {
                checkBatch(one);
                checkJob(one);
            }
            FileSystemUtils.deleteRecursively(folder.resolve("cases"));
        }
        System.out.printf(
                "%d hostile specs and pods, %d accepted, %d written by the plugin, faults %s%n",
                TRIES, accepted, written, kinds);
        assertThat(faults.stream().limit(SHOWN)).as("faults: %s", kinds).isEmpty();
        assertThat(written).isGreaterThan(TRIES / 10);
    }

    @Test
    @Requires(Component.SLURM)
    void sbatchReadsExactlyTheOptionsThatTheGatewayReads() throws Exception {
        List<Case> cases =
                scripted(
                        LongStream.iterate(SEED, seed -> seed + 1)
                                .mapToObj(PluginDifferenceIT::accepted)
                                .flatMap(Optional::stream)
                                .limit(SAMPLE)
                                .toList());
        int read = 0;
        try (Slurm slurm = Slurm.start()) {
            Path script = folder.resolve("job.slurm");
            for (Case one : cases) {
                Files.writeString(script, one.batch);
                String said =
                        slurm.run(
                                "sh",
                                "-c",
                                "sbatch --test-only -vv \"$1\" || true",
                                "sh",
                                script.toString());
                Map<String, String> seen = new TreeMap<>();
                Matcher line = DEFINED.matcher(said);
                while (line.find()) {
                    seen.put(line.group(1), line.group(2));
                }
                if (seen.isEmpty()) {
                    // A value that sbatch itself refuses.
                    assertThat(said).containsAnyOf("error: ", "fatal: ", "unrecognized option");
                } else {
                    checkOptions(one, seen);
                    read++;
                }
            }
        }
        System.out.printf("sbatch read %d of %d, faults %s%n", read, cases.size(), kinds);
        assertThat(faults.stream().limit(SHOWN)).as("faults: %s", kinds).isEmpty();
        assertThat(read).isGreaterThan(SAMPLE / 4);
    }

    private List<Case> scripted(List<Case> cases) throws IOException, InterruptedException {
        Path pods = folder.resolve("pods");
        Files.write(pods, cases.stream().map(one -> line(one.pod)).toList());
        Path scripts = folder.resolve("scripts");
        Process program =
                new ProcessBuilder(
                                VirtualNode.program().toString(),
                                "-scripts",
                                "-singularity",
                                "singularity",
                                "-folder",
                                FOLDER)
                        .redirectInput(pods.toFile())
                        .redirectOutput(scripts.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        assertThat(program.waitFor()).isZero();
        List<String> lines = Files.readAllLines(scripts);
        assertThat(lines).hasSameSizeAs(cases);
        List<Case> scripted = new ArrayList<>();
        for (int at = 0; at < cases.size(); at++) {
            scripted.add(cases.get(at).with(JSON.readTree(lines.get(at))));
        }
        return scripted;
    }

    /// Escaped, for half a surrogate pair is no UTF-8.
    private static String line(Pod pod) {
        Pod named = new PodBuilder(pod).editMetadata().withUid(UID).endMetadata().build();
        return Pattern.compile("[^ -~]")
                .matcher(PodCase.SERIALIZATION.asJson(named).replace('\n', ' '))
                .replaceAll(found ->
                        found.group()
                                .chars()
                                .mapToObj("\\\\u%04x"::formatted)
                                .collect(Collectors.joining()));
    }

    private Path folder(Case one) {
        return folder.resolve("cases/" + one.seed);
    }

    private void write(Case one) {
        Path here = folder(one);
        try {
            Files.createDirectories(here.resolve("empty"));
            Files.writeString(here.resolve("job"), one.job.replace(FOLDER, here.toString()));
            if (one.preExec.isPresent()) {
                Files.writeString(
                        here.resolve("job.slurm"), one.batch.replace(FOLDER, here.toString()));
                Path script = Files.writeString(here.resolve("job.sh"), "echo the job runs\n");
                assertThat(script.toFile().setExecutable(true)).isTrue();
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private void run(List<Case> cases) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("bash", DRIVER.toString()));
        cases.forEach(one -> command.add(folder(one).toString()));
        ProcessBuilder bash = new ProcessBuilder(command).inheritIO();
        bash.environment().put("HOME", "/home-on-the-hpc");
        bash.environment().put("LC_ALL", "C.UTF-8");
        assertThat(bash.start().waitFor()).isZero();
    }

    /// The whole script, line by line in order: sbatch takes the last of two.
    private void checkBatch(Case one) {
        StringBuilder expected =
                new StringBuilder("#!/bin/bash\n#SBATCH --job-name=" + UID)
                        .append("\n#SBATCH --output=" + FOLDER + "/job.out\n");
        PodTranslation.batchLines(one.pod).forEach(line -> expected.append(line).append('\n'));
        String preExec = annotations(one).get(MetadataNames.PRE_EXEC);
        if (preExec != null) {
            expected.append('\n').append(preExec);
        }
        expected.append('\n').append(FOLDER).append("/job.sh\n");
        String batch = one.batch;
        if (annotations(one).containsKey("slurm-job.vk.io/flavor")
                && !expected.toString().contains("#SBATCH --mem=")) {
            batch = batch.replace("#SBATCH --mem=1\n", "");
        }
        if (annotations(one).containsKey("slurm-job.vk.io/flavor")
                && !expected.toString().contains("#SBATCH --cpus-per-task=")) {
            batch = batch.replace("#SBATCH --cpus-per-task=1\n", "");
        }
        expect("batch script", one, batch, expected.toString());
    }

    private static Map<String, String> annotations(Case one) {
        return ModelFields.orEmpty(one.pod.getMetadata().getAnnotations());
    }

    private void checkJob(Case one) throws IOException {
        Path here = folder(one);
        for (WrittenContainer container : one.containers) {
            checkCommandLine(one, container, words(here.resolve(container.output())));
            for (Map.Entry<String, List<String>> beside : container.beside().entrySet()) {
                Path file = here.resolve(beside.getKey());
                if (Files.exists(file)) {
                    expect("probe or hook", one, words(file), beside.getValue());
                }
            }
        }
        Path called = here.resolve("called");
        if (Files.exists(called)) {
            fault("command on the host", one, words(called), List.of());
        }
        try (Stream<Path> made = Files.list(here.resolve("empty"))) {
            expect("file", one, made.map(Path::getFileName).toList(), List.of());
        }
        if (one.preExec.isPresent()) {
            expect(
                    "pre-exec",
                    one,
                    Files.readString(here.resolve("output")),
                    one.preExec.get() + "the job runs\n");
        }
    }

    private void checkCommandLine(Case one, WrittenContainer container, List<String> words) {
        List<String> begin = List.of("singularity", container.verb(), "--no-privs", "--no-home");
        int end = words.size() - container.end().size();
        if (end < begin.size()
                || !words.subList(0, begin.size()).equals(begin)
                || !words.subList(end, words.size()).equals(container.end())) {
            fault("command line", one, words, List.of(begin, container.options(), container.end()));
            return;
        }
        List<String> between =
                new ArrayList<>(
                        words.subList(begin.size(), end).stream()
                                .map(word -> word.replace(folder(one).toString(), FOLDER))
                                .toList());
        if (container.environment()) {
            String name = container.output().replaceAll("^(run|init)-|\\.out$", "");
            String file = FOLDER + "/" + name + "_envfile.properties";
            int at = between.lastIndexOf(file);
            if (at < 1 || !between.get(at - 1).equals("--env-file")) {
                fault("command line", one, between, "--env-file " + file);
                return;
            }
            between.subList(at - 1, at + 1).clear();
        }
        RuntimeOptions options = RuntimeOptions.of(between);
        expect("binds", one, options.binds(), container.options().binds());
        expect("runtime options", one, options.others(), container.options().others());
        expect("stray words", one, options.stray(), List.of());
    }

    private void checkOptions(Case one, Map<String, String> seen) {
        Map<String, String> said = new LinkedHashMap<>();
        for (String line : PodTranslation.batchLines(one.pod)) {
            String[] parts = line.substring("#SBATCH --".length()).split("=", 2);
            said.put(parts[0], parts.length == 1 ? "set" : parts[1]);
        }
        if (annotations(one).containsKey("slurm-job.vk.io/flavor")) {
            said.putIfAbsent("cpus-per-task", "1");
            said.putIfAbsent("mem", "1");
        }
        expect("output", one, seen.getOrDefault("output", ""), FOLDER + "/job.out");
        Set<String> names = new TreeSet<>(seen.keySet());
        names.removeAll(OWN);
        names.removeAll(said.keySet());
        expect("options that sbatch alone sees", one, names, Set.of());
        for (String name : COMPARED) {
            expect(name, one, canonical(name, seen.get(name)), canonical(name, said.get(name)));
        }
    }

    private static String canonical(String name, @Nullable String value) {
        if (value == null) {
            return "none";
        }
        return switch (name) {
            case "mem" -> mebibytes(value.replace("?", ""));
            case "time" -> minutes(value);
            case "gres" -> value.replace("gres:", "").replace("NONE", "none");
            default -> value;
        };
    }

    private static String mebibytes(String value) {
        Matcher amount = Pattern.compile("(\\d+(?:\\.\\d+)?)([KMGT]?)B?").matcher(value);
        if (!amount.matches()) {
            return value;
        }
        double unit =
                switch (amount.group(2)) {
                    case "K" -> 1.0 / 1024;
                    case "G" -> 1024;
                    case "T" -> 1024 * 1024;
                    default -> 1;
                };
        return String.valueOf(Math.round(Double.parseDouble(amount.group(1)) * unit));
    }

    /// `D-H[:M[:S]]`, `H:M:S`, `M[:S]`; SLURM counts in minutes, rounded up.
    private static String minutes(String value) {
        Matcher time = Pattern.compile("(?:(\\d+)-)?(\\d+)(?::(\\d+))?(?::(\\d+))?").matcher(value);
        if (!time.matches()) {
            return value;
        }
        long[] parts = new long[4];
        for (int at = 0; at < 4; at++) {
            parts[at] = Long.parseLong(Objects.requireNonNullElse(time.group(at + 1), "0"));
        }
        boolean hours = time.group(1) != null || time.group(4) != null;
        long seconds =
                hours
                        ? ((parts[0] * 24 + parts[1]) * 60 + parts[2]) * 60 + parts[3]
                        : parts[1] * 60 + parts[2];
        return String.valueOf((seconds + 59) / 60);
    }

    private static List<String> words(Path file) throws IOException {
        if (!Files.exists(file)) {
            return List.of("nothing ran");
        }
        List<String> words = new ArrayList<>(List.of(Files.readString(file).split("\0", -1)));
        String rest = words.removeLast();
        return rest.isEmpty() ? words : Stream.concat(words.stream(), Stream.of(rest)).toList();
    }

    private void expect(String kind, Case one, Object got, Object expected) {
        if (!got.equals(expected)) {
            fault(kind, one, got, expected);
        }
    }

    private void fault(String kind, Case one, Object got, Object expected) {
        kinds.merge(kind, 1, Integer::sum);
        faults.add(
                "%s, hostile.seed=%d%n  got      %s%n  expected %s%n  of       %s%n"
                        .formatted(kind, one.seed, got, expected, one.document));
    }
}
