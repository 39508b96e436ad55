package io.interlinkgateway.cluster.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.interlinkgateway.job.JobName;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
class JobReadsTests {

    private static final JobName READ = new JobName("read");
    private static final JobName OTHER = new JobName("other");

    private final JobReads reads = new JobReads(Duration.ofHours(1));

    @Test
    void noJobIsReadAtFirst() {
        assertThat(reads.has(READ)).isFalse();
    }

    @Test
    void aJobThatIsReadByItsNameIsReadAlone() {
        reads.one(READ);

        assertThat(reads.has(READ)).isTrue();
        assertThat(reads.has(OTHER)).isFalse();
    }

    @Test
    void aListReadsAllJobs() {
        reads.all();

        assertThat(reads.has(OTHER)).isTrue();
    }

    @Test
    void aReadCountsForALimitedTime() {
        JobReads brief = new JobReads(Duration.ofMillis(1));
        brief.all();
        brief.one(READ);

        await().until(() -> !brief.has(READ));
    }
}
