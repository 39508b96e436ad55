package io.interlinkgateway.pod;

import io.interlinkgateway.failure.Checked;
import java.util.Optional;

/// A job that has passed every check. It can only be created by [#of].
public final class PlacedJob {

    private final TranslatedJob translated;

    private PlacedJob(TranslatedJob translated) {
        this.translated = translated;
    }

    /// @param checked a job with the findings of all checks
    /// @return the job, or nothing if one of the findings is an error
    public static Optional<PlacedJob> of(Checked<TranslatedJob> checked) {
        return checked.value().filter(_ -> !checked.hasErrors()).map(PlacedJob::new);
    }

    /// @return the translated job
    public TranslatedJob translated() {
        return translated;
    }
}
