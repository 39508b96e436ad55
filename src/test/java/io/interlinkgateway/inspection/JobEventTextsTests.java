package io.interlinkgateway.inspection;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.event.JobEvent;
import io.interlinkgateway.job.Cancellation;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobName;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class JobEventTextsTests {

    private final JobEventTexts texts = new JobEventTexts(new JsonMapper());

    @Test
    void anEventHasItsTypeDataAndPosition() {
        JobEvent deleted =
                new JobEvent.Deleted(
                        "7~hpc",
                        new JobName("train"),
                        "1-2",
                        new Cancellation(
                                Cancellation.Stage.CONFIRMED,
                                Instant.EPOCH,
                                Job.Source.JOB_RECORD,
                                "The job ended."));

        assertThat(texts.of(deleted))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo(
                        """
                        event: deleted
                        data: {"name":"train","uid":"1-2","cancellation":{"stage":"CONFIRMED","at":"1970-01-01T00:00:00Z","source":"JOB_RECORD","message":"The job ended."}}
                        id: 7~hpc

                        """);
        assertThat(texts.of(new JobEvent.Reset("8")))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("event: reset\ndata: {}\nid: 8\n\n");
    }

    @Test
    void theEndOfASubscriptionIsOnlyAPosition() {
        assertThat(texts.of(new JobEvent.Ended("9")))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("id: 9\n\n");
    }

    @Test
    void allSubscribersShareTheTextOfAnEvent() {
        JobEvent event = new JobEvent.Reset("1");

        assertThat(texts.of(event)).isSameAs(texts.of(event));
    }

    /// More events than are kept, so that some replace others.
    @Test
    void anEventNeverHasTheTextOfAnotherEvent() {
        for (int position = 1000; position < 3000; position++) {
            assertThat(texts.of(new JobEvent.Ended(Integer.toString(position))))
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo("id: " + position + "\n\n");
        }
    }
}
