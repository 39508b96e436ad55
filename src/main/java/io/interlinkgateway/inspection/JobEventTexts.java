package io.interlinkgateway.inspection;

import io.interlinkgateway.event.JobEvent;
import io.interlinkgateway.representation.DeletedJob;
import io.interlinkgateway.representation.JobResponse;
import io.interlinkgateway.web.EventText;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/// The texts of job events. All subscribers receive the same event at about the same time, so its text is written once
/// and shared. Thread-safe.
final class JobEventTexts {

    /// How many texts are kept.
    private static final int KEPT = 256;

    private final JsonMapper json;
    private final AtomicReferenceArray<@Nullable Written> written =
            new AtomicReferenceArray<>(KEPT);

    @SuppressWarnings("ArrayRecordComponent") // is never compared
    private record Written(JobEvent event, byte[] text) {}

    JobEventTexts(JsonMapper json) {
        this.json = json;
    }

    /// The data of the event `reset`.
    @Schema(
            name = "StreamReset",
            description = "The data of the event reset: it has no fields.",
            additionalProperties = Schema.AdditionalPropertiesValue.FALSE)
    record StreamReset() {}

    /// The data of the event `walltime`.
    @Schema(
            name = "WalltimeMark",
            description =
                    "The data of the event walltime: the end of a running job's time limit is"
                            + " near.")
    record WalltimeMark(
            JobResponse job,
            @Schema(
                            description = "How long before walltime.endsAt the event was due.",
                            example = "PT10M")
                    Duration mark) {}

    /// @param event an event
    /// @return its text, which all streams share: it must not be changed
    // Compares references, because comparing contents would take longer than writing the text.
    @SuppressWarnings("ReferenceEquality")
    byte[] of(JobEvent event) {
        int slot = Math.floorMod(System.identityHashCode(event), KEPT);
        Written kept = written.get(slot);
        if (kept == null || kept.event != event) {
            kept = new Written(event, text(event));
            written.set(slot, kept);
        }
        return kept.text;
    }

    private byte[] text(JobEvent event) {
        EventText text = new EventText(json);
        switch (event) {
            case JobEvent.Changed changed ->
                    text.event("state").data(JobResponse.from(changed.job()));
            case JobEvent.Deleted deleted ->
                    text.event("deleted")
                            .data(
                                    new DeletedJob(
                                            deleted.name().value(),
                                            deleted.uid(),
                                            deleted.cancellation()));
            case JobEvent.Walltime walltime ->
                    text.event("walltime")
                            .data(
                                    new WalltimeMark(
                                            JobResponse.from(walltime.job()), walltime.mark()));
            case JobEvent.Reset _ -> text.event("reset").data(new StreamReset());
            case JobEvent.Ended _ -> {}
        }
        return text.id(event.position()).end().toBytes();
    }
}
