package io.interlinkgateway.history;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT)
class MlflowRunSearchTests {

    private static final String RUN = "0123456789abcdef0123456789abcdef";
    private static final String LINE =
            "🏃 View run loud-cat at: https://mlflow.example.org/#/experiments/12/runs/" + RUN;

    private static MlflowLink found(String text, int step) {
        MlflowRunSearch search = new MlflowRunSearch();
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int from = 0; from < bytes.length; from += step) {
            search.add(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + step)));
        }
        return search.found();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 31, 1000})
    void aRunIsFoundHoweverTheLogIsSplit(int step) {
        assertThat(found("epoch 1\n" + LINE + "\nepoch 2\n", step))
                .isEqualTo(new MlflowLink(Optional.empty(), Optional.of("12"), Optional.of(RUN)));
    }

    @Test
    void theLastRunCounts() {
        String nested = LINE.replace(RUN, "f".repeat(32));

        assertThat(found(nested + "\n" + LINE + "\n", 1000).run()).contains(RUN);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/#/experiments/",
                "/#/experiments/12/runs/0123",
                "/#/experiments//runs/0123456789abcdef0123456789abcdef",
                "/#/experiments/12/runs/0123456789ABCDEF0123456789ABCDEF",
                "/#/experiments/123456789012345678901234567890/runs/0123456789abcdef0123456789abcdef"
            })
    void otherTextIsNoRun(String text) {
        assertThat(found(text, 1000)).isEqualTo(MlflowLink.NONE);
    }
}
