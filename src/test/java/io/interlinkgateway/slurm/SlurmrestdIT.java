package io.interlinkgateway.slurm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.RealSlurmrestd;
import io.interlinkgateway.bench.Requires;
import io.interlinkgateway.bench.Slurm;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.HpcJob;
import io.interlinkgateway.job.HpcJob.State;
import io.interlinkgateway.job.HpcJob.WaitReason;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.slurm.NodeProperties.NodeSettings;
import io.interlinkgateway.slurm.NodeProperties.SlurmrestdProperties;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;

/// A real slurmrestd (v0.0.38), asked at its socket and at its port, with jobs as interLink's plugin submits them.
@Requires({Component.SLURM, Component.SLURMRESTD})
class SlurmrestdIT {

    private static final NodeName NODE = new NodeName("hpc");
    private static final Workspace TEAM = new Workspace("team");
    private static @Nullable Slurm started;

    private @Nullable PolledHpcs opened;
    @TempDir private static Path folder = Path.of("");

    @BeforeAll
    static void open() {
        started = Slurm.startWithRest();
        slurm().powerUpSeconds(100);
    }

    @AfterAll
    static void close() {
        if (started != null) {
            started.close();
        }
    }

    @AfterEach
    void stop() {
        if (opened != null) {
            opened.close();
        }
    }

    private static Slurm slurm() {
        return Objects.requireNonNull(started);
    }

    private PolledHpcs asked(String address, @Nullable Path tokenFile) {
        SlurmrestdProperties properties =
                new SlurmrestdProperties(
                        address,
                        null,
                        tokenFile == null ? null : "root",
                        tokenFile,
                        null,
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(3),
                        DataSize.ofMegabytes(128),
                        false,
                        true);
        opened =
                new PolledHpcs(
                        new NodeProperties(Map.of(NODE.value(), new NodeSettings(properties))),
                        Clock.systemUTC());
        return opened;
    }

    private static List<String> orphans(PolledHpcs jobs, Clock clock, String... pods) {
        try (Orphans orphans = new Orphans(jobs, _ -> Set.of(pods), clock)) {
            return orphans.list(NODE, TEAM).stream().map(SlurmJob::uid).toList();
        }
    }

    private static Path token() throws IOException {
        return Files.writeString(folder.resolve("token"), slurm().token("root"));
    }

    /// As the plugin does: the script in a folder named after the namespace and the UID.
    private static String submitted(String uid, String command, String... flags)
            throws IOException {
        Path job = Files.createDirectories(folder.resolve("team-" + uid));
        Files.writeString(
                job.resolve("job.slurm"),
                "#!/bin/sh\n#SBATCH --job-name="
                        + uid
                        + "\n#SBATCH --output="
                        + job.resolve("job.out")
                        + "\n#SBATCH --cpus-per-task=1\n#SBATCH --mem=64\n"
                        + Stream.of(flags)
                                .map(flag -> "#SBATCH " + flag + "\n")
                                .collect(Collectors.joining())
                        + command
                        + "\n");
        return slurm().run("sbatch", "--parsable", job.resolve("job.slurm").toString()).strip();
    }

    private static String uid() {
        return UUID.randomUUID().toString();
    }

    private static HpcJob awaitState(HpcJobs jobs, String uid, State state) {
        await().atMost(Duration.ofMinutes(2))
                .until(() ->
                        jobs.find(NODE, uid, Optional.empty())
                                .filter(job -> job.state() == state)
                                .isPresent());
        return jobs.find(NODE, uid, Optional.empty()).orElseThrow();
    }

    @Test
    void atItsSocketEachStateIsSeen() throws Exception {
        String ends = uid();
        String fails = uid();
        String held = uid();
        String runs = uid();
        String powersUp = uid();
        String cancelled = uid();
        String endsId = submitted(ends, "true");
        submitted(fails, "exit 6");
        submitted(held, "true", "--hold");
        String runsId = submitted(runs, "sleep 600", "--time=90");
        submitted(powersUp, "sleep 600", "--partition=cloud");
        String cancelledId = submitted(cancelled, "true", "--hold");
        try (RealSlurmrestd rest = RealSlurmrestd.atSocket(slurm())) {
            PolledHpcs jobs = asked(rest.address(), null);

            awaitState(jobs, powersUp, State.CONFIGURING);
            slurm().powerUpSeconds(0);
            HpcJob running = awaitState(jobs, runs, State.RUNNING);
            assertThat(running.nodes()).contains("node1");
            assertThat(running.startedAt()).isPresent();
            assertThat(running.timeLimit()).contains(Duration.ofMinutes(90));
            assertThat(jobs.find(NODE, runs, Optional.of(runsId))).isPresent();
            assertThat(jobs.find(NODE, runs, Optional.of(endsId))).isEmpty();
            assertThat(awaitState(jobs, ends, State.COMPLETED).exitCode()).hasValue(0);
            assertThat(awaitState(jobs, fails, State.FAILED).exitCode()).hasValue(6);
            assertThat(awaitState(jobs, held, State.PENDING).waitReason())
                    .contains(new WaitReason("JobHeldUser", "The job's user holds it."));
            slurm().run("scancel", cancelledId);
            assertThat(awaitState(jobs, cancelled, State.CANCELLED).startedAt()).isEmpty();
            slurm().run("scontrol", "suspend", runsId);
            awaitState(jobs, runs, State.SUSPENDED);
            slurm().run("scontrol", "resume", runsId);
            slurm().run("scontrol", "requeue", runsId);
            assertThat(awaitState(jobs, runs, State.PENDING).restarts()).isEqualTo(1);
            slurm().run("scancel", runsId);
            awaitState(jobs, powersUp, State.RUNNING);
        }
    }

    /// Anybody who may submit jobs to the HPC.
    @Test
    void otherUsersCannotMakeTheResponseUnreadable() throws Exception {
        String runs = uid();
        String id = submitted(runs, "sleep 600");
        String strange =
                slurm().run(
                                "sh",
                                "-c",
                                "sbatch --parsable --hold --comment=\"$(printf"
                                    + " 'x\\377\\001\\\\\\\"')\" --job-name=\"$(printf 'a\\377')\""
                                    + " --wrap=true")
                        .strip();
        String twin = submitted(runs, "true", "--hold");
        try (RealSlurmrestd rest = RealSlurmrestd.atSocket(slurm())) {
            PolledHpcs jobs = asked(rest.address(), null);
            await().until(() -> jobs.find(NODE, runs, Optional.of(id)).isPresent());

            assertThat(jobs.find(NODE, runs, Optional.of(id)).map(HpcJob::id)).contains(id);
            assertThat(jobs.find(NODE, runs, Optional.of(twin)).map(HpcJob::state))
                    .contains(State.PENDING);
            assertThat(jobs.all().iterator().next().failure()).isEmpty();
        }
        slurm().run("scancel", id, strange, twin);
    }

    @Test
    void theUserOfTheSocketMayNotCancel() throws Exception {
        String runs = uid();
        String id = submitted(runs, "sleep 600");
        try (RealSlurmrestd rest = RealSlurmrestd.atSocket(slurm())) {
            PolledHpcs jobs = asked(rest.address(), null);
            awaitState(jobs, runs, State.RUNNING);

            assertThatExceptionOfType(GatewayException.HpcUnavailable.class)
                    .isThrownBy(() -> jobs.of(NODE).cancel(id))
                    .withMessageContaining("Access/permission denied");
        }
        slurm().run("scancel", id);
    }

    @Test
    void atItsPortTheTokenCounts() throws Exception {
        String runs = uid();
        String id = submitted(runs, "sleep 600");
        try (RealSlurmrestd rest = RealSlurmrestd.atPort(slurm())) {
            Path token = Files.writeString(folder.resolve("token"), "no.such.token");
            PolledHpcs jobs = asked(rest.address(), token);
            PolledHpc hpc = jobs.all().iterator().next();
            await().until(() -> hpc.failure().isPresent());
            assertThat(hpc.failure().orElseThrow().reason()).startsWith("It responded with ");

            token();

            HpcJob running = awaitState(jobs, runs, State.RUNNING);
            Clock later = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(2));
            assertThat(orphans(jobs, later)).contains(runs);
            assertThat(orphans(jobs, later, runs)).doesNotContain(runs);
            Clock atSubmission = Clock.fixed(running.submittedAt().orElseThrow(), ZoneOffset.UTC);
            assertThat(orphans(jobs, atSubmission)).as("a new job").doesNotContain(runs);

            jobs.of(NODE).cancel(id);

            HpcJob cancelled = awaitState(jobs, runs, State.CANCELLED);
            assertThat(cancelled.endedAt()).isPresent();
        }
    }

    @Test
    void itRecoversAfterAHangAndARestart() throws Exception {
        String runs = uid();
        String id = submitted(runs, "sleep 600");
        try (RealSlurmrestd rest = RealSlurmrestd.atSocket(slurm())) {
            PolledHpcs jobs = asked(rest.address(), null);
            PolledHpc hpc = jobs.all().iterator().next();
            awaitState(jobs, runs, State.RUNNING);

            rest.hang();
            await().atMost(Duration.ofMinutes(1)).until(() -> hpc.failure().isPresent());
            assertThat(hpc.failure().orElseThrow().reason())
                    .isEqualTo("It did not respond within 3000 ms.");
            rest.resume();
            await().atMost(Duration.ofMinutes(1)).until(() -> hpc.failure().isEmpty());
        }
        PolledHpc hpc = Objects.requireNonNull(opened).all().iterator().next();
        await().atMost(Duration.ofMinutes(1)).until(() -> hpc.failure().isPresent());
        try (RealSlurmrestd again = RealSlurmrestd.atSocket(slurm())) {
            assertThat(again.address()).isNotEmpty();
            await().atMost(Duration.ofMinutes(2)).until(() -> hpc.failure().isEmpty());
        }
        slurm().run("scancel", id);
    }
}
