package io.interlinkgateway.representation;

import io.interlinkgateway.job.Cancellation;
import io.swagger.v3.oas.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/// A job that was deleted, as streams report it.
///
/// @param name its name, which another job may have now
/// @param uid its pod's UID, which is unique
/// @param cancellation whether its end on the HPC is confirmed; null if the stream does not know
@Schema(name = "DeletedJob", description = "A job that was deleted.")
public record DeletedJob(
        String name,
        String uid,
        @Nullable
                @Schema(
                        description =
                                "CONFIRMED: it is known that the job ended, or that the HPC never"
                                        + " had it. UNCONFIRMED: nothing shows that the job ended."
                                        + " Missing in the event end of a log.")
                Cancellation cancellation) {}
