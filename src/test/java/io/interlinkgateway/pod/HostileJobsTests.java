package io.interlinkgateway.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.SingularityOptions;
import io.interlinkgateway.status.Recordings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;

/// What a caller writes in one field acts in no other: hostile specs that are accepted are rendered as the SLURM plugin
/// would, and a real bash shows each command that it comes to, and each word of the command line. How many are tried is
/// the property `hostile.tries`; a failure names its seed.
@Execution(ExecutionMode.CONCURRENT)
class HostileJobsTests {

    private static final int TRIES = Integer.getInteger("hostile.tries", 1000);
    private static final long SEED = Long.getLong("hostile.seed", 1);
    private static final int BATCH = 500;
    private static final String UID = "6f0e4ad5-1111-4222-8333-444455556666";
    private static final Path DRIVER =
            Path.of("src/test/resources/hostile/run.sh").toAbsolutePath();

    @TempDir private Path folder;

    private record Case(long seed, HostileJobs.Accepted job, Path folder, PluginScripts scripts) {}

    @ParameterizedTest
    @ValueSource(strings = {"docker-image", "env", "mounts-options", "pre-exec-newline", "seed"})
    void theScriptsAreThoseThatWereRecorded(String recording) {
        JsonNode recorded = Recordings.read("batch-scripts").required(recording);
        String batch = recorded.required("job.slurm").asString();
        String uid = batch.replaceFirst("(?s).*--job-name=(\\S+).*", "$1");
        var pod = SbatchDirectivesTests.pod(recorded);
        pod.getSpec().getContainers().getFirst().getEnv().stream()
                .filter(variable -> variable.getValueFrom() != null)
                .forEach(variable -> variable.setValue("ABC"));

        PluginScripts scripts =
                PluginScripts.of(
                        pod, uid, "/ceph/interlink/default-" + uid, "/usr/bin/singularity");

        assertThat(scripts.batch()).isEqualTo(batch);
        assertThat(scripts.commandLine())
                .isEqualTo(recorded.required("container command line").get(0).asString());
        assertThat(scripts.environment()).isEqualTo(recorded.required("env file").asString(""));
    }

    @Test
    void nothingActsThatWasNotWrittenInTheFieldMeantForIt() throws Exception {
        int accepted = 0;
        for (int from = 0; from < TRIES; from += BATCH) {
            List<Case> cases = new ArrayList<>();
            for (int at = from; at < Math.min(TRIES, from + BATCH); at++) {
                long seed = SEED + at;
                new HostileJobs(seed).next().map(job -> written(seed, job)).ifPresent(cases::add);
            }
            run(cases);
            for (Case one : cases) {
                check(one);
            }
            accepted += cases.size();
            FileSystemUtils.deleteRecursively(folder.resolve("cases"));
        }
        System.out.printf("%d hostile specs, %d accepted and run%n", TRIES, accepted);
        assertThat(accepted).isGreaterThan(TRIES / 10);
    }

    private Case written(long seed, HostileJobs.Accepted job) {
        Path here = folder.resolve("cases/" + seed);
        PluginScripts scripts =
                PluginScripts.of(job.pod(), UID, here.toString(), "/usr/bin/singularity");
        try {
            Files.createDirectories(here.resolve("empty"));
            Files.writeString(here.resolve("job.slurm"), scripts.batch());
            Files.writeString(here.resolve("job.command"), "start " + scripts.commandLine() + "\n");
            Path script = Files.writeString(here.resolve("job.sh"), "echo the job runs\n");
            assertThat(script.toFile().setExecutable(true)).isTrue();
            if (!scripts.environment().isEmpty()) {
                Files.writeString(here.resolve("environment"), scripts.environment());
                Files.write(here.resolve("names"), variables(job).map(EnvVar::getName).toList());
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return new Case(seed, job, here, scripts);
    }

    private static void run(List<Case> cases) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("bash", DRIVER.toString()));
        cases.forEach(one -> command.add(one.folder.toString()));
        ProcessBuilder bash = new ProcessBuilder(command).inheritIO();
        bash.environment().put("HOME", "/home-on-the-hpc");
        bash.environment().put("LC_ALL", "C.UTF-8");
        assertThat(bash.start().waitFor()).isZero();
    }

    private static void check(Case one) throws IOException {
        String as = "hostile.seed=" + one.seed + ": " + one.job.spec();
        assertThat(directives(one.scripts.batch())).as(as).isEqualTo(expectedDirectives(one));
        // The file, the line, the function that the line calls, and what that does.
        assertThat(texts(one.folder.resolve("ran")))
                .as("commands of the container's line, " + as)
                .hasSize(4)
                .satisfies(ran -> assertThat(ran.get(1)).startsWith("start "));
        assertThat(texts(one.folder.resolve("arguments"))).as(as).isEqualTo(expectedWords(one));
        boolean preExec = one.job.spec().preExec().isPresent();
        assertThat(one.folder.resolve("output"))
                .as(as)
                .hasContent((preExec ? "the pre-exec\n" : "") + "the job runs");
        checkPull(one, as);
        if (Files.exists(one.folder.resolve("environment"))) {
            assertThat(texts(one.folder.resolve("variables")))
                    .as(as)
                    .isEqualTo(variables(one.job).map(EnvVar::getValue).toList());
            assertThat(
                            variables(one.job)
                                    .filter(variable ->
                                            one.job
                                                    .spec()
                                                    .environment()
                                                    .containsKey(variable.getName()))
                                    .map(EnvVar::getValue))
                    .as(as)
                    .containsExactlyElementsOf(one.job.spec().environment().values());
        }
        try (Stream<Path> made = Files.list(one.folder.resolve("empty"))) {
            assertThat(made).as(as).isEmpty();
        }
    }

    private static List<String> directives(String batch) {
        return batch.lines().filter(line -> line.startsWith("#SBATCH")).sorted().toList();
    }

    private static List<String> expectedDirectives(Case one) {
        Set<String> expected = new LinkedHashSet<>();
        expected.add("#SBATCH --job-name=" + UID);
        expected.add("#SBATCH --output=" + one.folder + "/job.out");
        expected.add("#SBATCH --cpus-per-task=" + whole(limit(one, "cpu")));
        expected.add("#SBATCH --mem=" + limit(one, "memory").toBigInteger().shiftRight(20));
        one.job
                .spec()
                .slurm()
                .values()
                .forEach((name, value) -> {
                    if (!name.equals("mem") && !name.equals("cpus-per-task")) {
                        expected.add("#SBATCH --" + name + (value.isEmpty() ? "" : "=" + value));
                    }
                });
        return expected.stream().sorted().toList();
    }

    private static BigDecimal limit(Case one, String resource) {
        return Objects.requireNonNull(one.job.spec().resources().limits().get(resource)).amount();
    }

    private static String whole(BigDecimal cpus) {
        return cpus.setScale(0, RoundingMode.CEILING).toPlainString();
    }

    /// Word for word, but for the variables that options may name, and a `~` that begins a word.
    private static List<String> expectedWords(Case one) {
        JobSpec spec = one.job.spec();
        List<String> words = new ArrayList<>();
        words.addAll(List.of("job", "/usr/bin/singularity"));
        words.addAll(List.of(spec.command().isEmpty() ? "run" : "exec", "--no-privs", "--no-home"));
        spec.singularity()
                .mounts()
                .forEach(mount -> words.addAll(List.of("--bind", mount.toString())));
        if (ModelFields.orEmpty(one.job.pod().getMetadata().getAnnotations())
                .getOrDefault(MetadataNames.SINGULARITY_OPTIONS, "")
                .startsWith(EnvironmentEncoding.NO_EVALUATION)) {
            words.add(EnvironmentEncoding.NO_EVALUATION);
        }
        options(spec.singularity()).map(HostileJobsTests::evaluated).forEach(words::add);
        if (!one.scripts.environment().isEmpty()) {
            words.addAll(List.of("--env-file", one.folder + "/job_envfile.properties"));
        }
        String image = spec.image().value();
        words.add(image.startsWith("/") || image.contains("://") ? image : "docker://" + image);
        words.addAll(spec.command());
        words.addAll(spec.arguments());
        return words;
    }

    private static Stream<String> options(SingularityOptions singularity) {
        return singularity.options().stream()
                .flatMap(text -> Arrays.stream(text.split(" +", -1)))
                .filter(word -> !word.isEmpty());
    }

    static String evaluated(String word) {
        return word.replaceAll("\\$(HOME\\b|\\{HOME\\})", "/home-on-the-hpc")
                .replaceAll("\\$(\\w+|\\{\\w+\\})", "")
                .replaceFirst("^~root", "/root")
                .replaceFirst("^~", "/home-on-the-hpc");
    }

    private static void checkPull(Case one, String as) throws IOException {
        Path called = one.folder.resolve("called");
        if (one.job.spec().image().pullFrom().isEmpty()
                || Files.exists(Path.of(one.job.spec().image().value()))) {
            assertThat(called).as(as).doesNotExist();
            return;
        }
        String image = one.job.spec().image().value();
        String lock = image + ".gateway-lock";
        String calls =
                Files.readString(called).replaceAll("(gateway-part\\.node1\\.)\\d+", "$1PID");
        String part = image + ".gateway-part.node1.PID";
        assertThat(calls.substring(0, calls.length() - 2).split("\0\0", -1))
                .as(as)
                .containsExactly(
                        "mkdir\0" + lock,
                        "singularity\0pull\0"
                                + part
                                + "\0"
                                + one.job.spec().image().pullFrom().get(),
                        "mv\0" + part + "\0" + image,
                        "rm\0-rf\0" + lock + "\0" + part);
    }

    private static Stream<EnvVar> variables(HostileJobs.Accepted job) {
        return job.pod().getSpec().getContainers().getFirst().getEnv().stream();
    }

    private static List<String> texts(Path file) throws IOException {
        String text = Files.readString(file, StandardCharsets.UTF_8);
        List<String> texts = new ArrayList<>(List.of(text.split("\0", -1)));
        texts.removeLast();
        return texts;
    }
}
