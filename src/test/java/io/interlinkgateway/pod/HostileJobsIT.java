package io.interlinkgateway.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.Requires;
import io.interlinkgateway.bench.Slurm;
import io.interlinkgateway.bench.VirtualNode;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Hostile specs that are accepted, as the real sbatch and the real container runtime read them.
class HostileJobsIT {

    private static final int JOBS = 200;
    private static final Pattern DEFINED = Pattern.compile("(?m)^sbatch: ([a-z0-9-]+) +: (.*)$");
    private static final Pattern OPENED = Pattern.compile("could not open image (\\S+): .*");

    /// What is always there, or stands for an option that the plugin sets.
    private static final Set<String> OWN =
            Set.of("job-name", "output", "test-only", "verbose", "cpus-per-task", "mem");

    @TempDir private Path folder;

    private static List<HostileJobs.Accepted> accepted() {
        return LongStream.iterate(1, seed -> seed + 1)
                .mapToObj(seed -> new HostileJobs(seed).next())
                .flatMap(Optional::stream)
                .limit(JOBS)
                .toList();
    }

    private PluginScripts scripts(HostileJobs.Accepted job) {
        return PluginScripts.of(
                job.pod(), "uid", folder.toString(), VirtualNode.singularity().toString());
    }

    @Test
    @Requires(Component.SLURM)
    void sbatchReadsExactlyTheOptionsThatTheCallerWrote() throws Exception {
        try (Slurm slurm = Slurm.start()) {
            Path script = folder.resolve("job.slurm");
            int read = 0;
            for (HostileJobs.Accepted job : accepted()) {
                Files.writeString(script, scripts(job).batch());
                String said =
                        slurm.run(
                                "sh",
                                "-c",
                                "sbatch --test-only -vv \"$1\" || true",
                                "sh",
                                script.toString());
                Set<String> seen = new TreeSet<>();
                Matcher line = DEFINED.matcher(said);
                while (line.find()) {
                    seen.add(line.group(1));
                }
                Set<String> written = new TreeSet<>(OWN);
                written.addAll(job.spec().slurm().values().keySet());
                if (seen.isEmpty()) {
                    // A value that sbatch itself refuses.
                    assertThat(said).containsAnyOf("error: ", "unrecognized option");
                } else {
                    assertThat(written).as(said).containsAll(seen);
                    read++;
                }
            }
            assertThat(read).isGreaterThan(JOBS / 4);
        }
    }

    @Test
    @Requires(Component.APPTAINER)
    void theRuntimeOpensExactlyTheImageThatTheCallerNamed() throws Exception {
        int opened = 0;
        for (HostileJobs.Accepted job : accepted()) {
            String image = job.spec().image().value();
            if (image.startsWith("/nowhere/")) {
                Matcher fault = OPENED.matcher(run(scripts(job)));
                if (fault.find()) {
                    assertThat(Path.of(fault.group(1)).normalize())
                            .as(job.toString())
                            .isEqualTo(Path.of(image).normalize());
                    opened++;
                }
            }
        }
        System.out.printf("%d of %d hostile images were looked for%n", opened, JOBS);
        assertThat(opened).isGreaterThan(JOBS / 4);
    }

    private String run(PluginScripts scripts) throws IOException, InterruptedException {
        Files.writeString(folder.resolve("job_envfile.properties"), scripts.environment());
        List<String> command = new ArrayList<>(List.of("bash", "-c"));
        command.add("job() { \"$@\"; }\n" + scripts.commandLine());
        Process bash =
                new ProcessBuilder(command)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectInput(new File("/dev/null"))
                        .start();
        String said = new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(bash.waitFor()).as(said).isNotZero();
        return said;
    }
}
