package io.interlinkgateway.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

@Requires(Component.SLURM)
class SlurmIT {

    /// Seconds to sleep that nobody else asks for.
    private static final String MARK = "86413";

    @Test
    void downLeavesNoProcessesWhileJobsRunAndANodePowersUp() {
        Slurm slurm = Slurm.start();
        slurm.powerUpSeconds(300);
        String detached = "setsid sleep " + MARK + " & sleep " + MARK;
        slurm.run("sbatch", "-p", "gpu", "--gres=gpu:1", "-o", "/dev/null", "--wrap", detached);
        slurm.run("sbatch", "--export=NONE", "-o", "/dev/null", "--wrap", "sleep " + MARK);
        slurm.run("sbatch", "-p", "cloud", "-o", "/dev/null", "--wrap", "sleep " + MARK);
        await().atMost(Duration.ofSeconds(30))
                .until(() -> states(slurm).equals(List.of("CONFIGURING", "RUNNING", "RUNNING")));
        await().until(() -> processes(MARK) >= 3);

        slurm.close();

        assertThat(processes(MARK)).isZero();
        assertThat(processes(slurm.folder().toString())).isZero();
        assertThat(slurm.folder()).doesNotExist();
    }

    @Test
    void severalInstancesRunIndependently() {
        try (Slurm busy = Slurm.start();
                Slurm idle = Slurm.start()) {
            busy.run("sbatch", "-o", "/dev/null", "--wrap", "sleep 100");
            assertThat(states(busy)).hasSize(1);
            assertThat(states(idle)).isEmpty();
        }
    }

    private static List<String> states(Slurm slurm) {
        return slurm.run("squeue", "--noheader", "-o", "%T").lines().sorted().toList();
    }

    private static long processes(String word) {
        return ProcessHandle.allProcesses()
                .flatMap(process -> process.info().commandLine().stream())
                .filter(line -> line.contains(word))
                .count();
    }
}
