package io.interlinkgateway.submission;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.job.SlurmOptions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SlurmBoundsTests {

    private static SlurmBounds bounds(String flags) {
        return new SlurmBounds(SlurmOptions.parse(flags));
    }

    @Test
    void aTimeIsRead() {
        assertThat(bounds("--time=2-3:04:05").walltime()).contains(Duration.parse("PT51H4M5S"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"UNLIMITED", "INFINITE", "-1", "0", "1-", "1:2:3:4", "1h", "99999999999"})
    void aTimeThatIsNotCertainIsNone(String time) {
        assertThat(bounds("--time=" + time).walltime()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "'', 0",
        "--gres=gpu:4, 4",
        "--gres=gpu, 1",
        "--gres=none, 0",
        "--gres=tmpdisk:1T, 0",
        "--gres=craynetwork:0, 0",
        "'--gres=tmpdisk:100,gpu:2', 2",
        "--tasks=3 --gpus-per-task=1, 3",
        "--nodes=2 --tasks-per-node=3 --gpus-per-task=2, 12",
        "--gres=gpu:a100:2, 2",
        "'--gres=gpu:a100:2,gpu:v100:1', 3",
        "--gres=gpu:4 --nodes=2, 8",
        "--gres=gpu:4 --nodes=2-3, 12",
        "--gres=gpu:1 --ntasks=6, 6",
        "--gpus=5, 5",
        "--gpus=a100:5, 5",
        "--gpus-per-node=2 -N 4, 8",
        "--gpus-per-task=1 --ntasks=3, 3",
        "--gpus-per-task=2 --nodes=2 --ntasks-per-node=3, 12",
        "--gpus=2 --gres=gpu:1 --nodes=4, 4"
    })
    void theMostGpusOfAllNodesCount(String flags, long gpus) {
        assertThat(bounds(flags).gpus()).hasValue(gpus);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--gres=gpu:1k",
                "--gres=gpu:a100:1K",
                "--gres=shard:8",
                "'--gres=gpu:1,,'",
                "--gpus=1k",
                "--gres=gpu:1 --nodes=1k",
                "--gres=gpu:1 --nodes=1,5",
                "--gres=gpu:1 --constraint=rack*4",
                "--gres=mps:100",
                "--gres=gpu:99 --nodes=0",
                "--gres=gres:gpu:2",
                "--gres=GPU:1",
                "--gpus=9999999999"
            })
    void anAmountThatIsNotCertainIsNone(String flags) {
        assertThat(bounds(flags.replace("'", "")).gpus()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "100, 104857600",
        "1K, 1024",
        "2G, 2147483648",
        "1T, 1099511627776",
        "1GB, 1073741824",
        "8g, 8589934592"
    })
    void memoryIsReadInItsUnit(String memory, long bytes) {
        assertThat(bounds("--mem=" + memory).memory().orElseThrow())
                .isEqualByComparingTo(String.valueOf(bytes));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "0G", "1P", "lots", "1.5G"})
    void allTheMemoryOfANodeIsNoCertainAmount(String memory) {
        assertThat(bounds("--mem=" + memory).memory()).isEmpty();
    }
}
