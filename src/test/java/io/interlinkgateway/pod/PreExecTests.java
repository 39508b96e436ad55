package io.interlinkgateway.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.job.ImageReference;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Runs the text under real bash, as the plugin's batch script does, with a `singularity` that counts its
/// calls.
@Execution(ExecutionMode.CONCURRENT)
class PreExecTests {

    private static final Path STANDINS = Path.of("src/test/resources/pre-exec");
    private static final String SOURCE = "docker://ghcr.io/intertwin-eu/itwinai:0.0.1";

    @TempDir private Path folder;
    private Path image;

    /// How a version of the plugin joins the text with its own line.
    enum Glue {
        NEWLINE("\n"),
        BLANK(" ");

        private final String text;

        Glue(String text) {
            this.text = text;
        }
    }

    private record Run(Process process, Path output, Path error) {}

    private record Result(int status, String output, String error) {}

    @BeforeEach
    void prepare() throws IOException {
        image = folder.resolve("images/itwinai.sif");
        Files.createDirectories(image.getParent());
        Path programs = Files.createDirectories(folder.resolve("bin"));
        for (String name : List.of("singularity", "sleep", "hostname")) {
            Path program = Files.copy(STANDINS.resolve(name), programs.resolve(name));
            assertThat(program.toFile().setExecutable(true)).isTrue();
        }
        Files.createFile(folder.resolve("calls"));
        Path job = folder.resolve("job.sh");
        Files.writeString(job, "#!/bin/bash\necho \"the job runs with $# arguments\"\n");
        assertThat(job.toFile().setExecutable(true)).isTrue();
    }

    @Test
    void tenJobsAtOncePullOneWholeImage() throws Exception {
        List<Run> jobs = IntStream.range(0, 10).mapToObj(_ -> start(Glue.NEWLINE, "", "")).toList();
        for (Run job : jobs) {
            assertThat(resultOf(job))
                    .isEqualTo(new Result(0, "the job runs with 0 arguments\n", ""));
        }
        assertThat(calls()).hasSize(1).allMatch(call -> call.endsWith(SOURCE));
        assertThat(image).hasContent("whole image");
        assertNothingIsLeftBeside("itwinai.sif");
    }

    @ParameterizedTest
    @EnumSource
    void theCallersOwnTextRunsAfterThePullAndBeforeTheJob(Glue glue) throws Exception {
        assertThat(resultOf(start(glue, "echo own; OWN=1", "")))
                .isEqualTo(new Result(0, "own\nthe job runs with 0 arguments\n", ""));
        assertThat(calls()).hasSize(1);
    }

    @Test
    void anImageThatIsThereIsNotPulled() throws Exception {
        Files.writeString(image, "older");
        assertThat(resultOf(start(Glue.NEWLINE, "", "")).status()).isZero();
        assertThat(calls()).isEmpty();
        assertThat(image).hasContent("older");
    }

    @ParameterizedTest
    @EnumSource
    void aFailedPullFailsEveryJobWithAClearLine(Glue glue) throws Exception {
        List<Run> jobs = IntStream.range(0, 3).mapToObj(_ -> start(glue, "", "1")).toList();
        for (Run job : jobs) {
            Result result = resultOf(job);
            assertThat(result.status()).isEqualTo(1);
            assertThat(result.output()).isEmpty();
            assertThat(result.error())
                    .contains(
                            "interlink-gateway: the image "
                                    + image
                                    + " could not be pulled from "
                                    + SOURCE
                                    + ": ",
                            "pull ended with status 255");
        }
        assertNothingIsLeftBeside();
    }

    @Test
    void aMissingFolderFailsTheJobWithAClearLine() throws Exception {
        Files.delete(image.getParent());
        Result result = resultOf(start(Glue.NEWLINE, "", ""));
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.output()).isEmpty();
        assertThat(result.error())
                .contains("the folder " + image.getParent() + " is missing or can't be written");
        assertThat(calls()).isEmpty();
    }

    @Test
    void aDeadJobsLockIsTakenOverAndItsHalfImageClearedAway() throws Exception {
        Path lock = Files.createDirectory(Path.of(image + ".gateway-lock"));
        Path half = Files.writeString(Path.of(image + ".gateway-part.gone.7"), "whole");
        Files.writeString(lock.resolve("progress"), half + " 12\n");
        assertThat(resultOf(start(Glue.NEWLINE, "", "")).status()).isZero();
        assertThat(image).hasContent("whole image");
        assertNothingIsLeftBeside("itwinai.sif");
    }

    @Test
    void aForgedLockDoesNotCauseTheDeletionOfAnotherFile() throws Exception {
        Path precious = Files.writeString(folder.resolve("precious"), "kept");
        Path lock = Files.createDirectory(Path.of(image + ".gateway-lock"));
        Files.writeString(lock.resolve("progress"), image + ".gateway-part./../../precious 1\n");
        Files.createDirectory(Path.of(image + ".gateway-part."));
        assertThat(resultOf(start(Glue.NEWLINE, "", "")).status()).isZero();
        assertThat(precious).hasContent("kept");
    }

    private void assertNothingIsLeftBeside(String... names) throws IOException {
        try (Stream<Path> files = Files.list(image.getParent())) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactly(names);
        }
    }

    private List<String> calls() throws IOException {
        return Files.readAllLines(folder.resolve("calls"));
    }

    private Run start(Glue glue, String own, String pullFails) {
        String text =
                PreExec.textFor(
                                new ImageReference(image.toString(), Optional.of(SOURCE)),
                                Optional.of(own).filter(some -> !some.isEmpty()))
                        .orElseThrow();
        try {
            Path script = Files.createTempFile(folder, "job", ".slurm");
            Files.writeString(
                    script,
                    "#!/bin/bash\n#SBATCH -p gpu\n\n"
                            + text
                            + glue.text
                            + folder.resolve("job.sh")
                            + "\n");
            ProcessBuilder bash = new ProcessBuilder("bash", script.toString());
            bash.environment().put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
            bash.environment().put("CALLS", folder.resolve("calls").toString());
            bash.environment().put("PULL_FAILS", pullFails);
            Path output = Path.of(script + ".out");
            Path error = Path.of(script + ".err");
            bash.redirectOutput(output.toFile()).redirectError(error.toFile());
            return new Run(bash.start(), output, error);
        } catch (IOException unreadable) {
            throw new java.io.UncheckedIOException(unreadable);
        }
    }

    private static Result resultOf(Run run) throws Exception {
        assertThat(run.process().waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Result(
                run.process().exitValue(),
                Files.readString(run.output()),
                Files.readString(run.error()));
    }
}
