package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
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

    /// Adds the trace of the request as an annotation, which is not a part of the definition: neither the digest nor the
    /// job that a repeat finds depend on it.
    ///
    /// @param traceParent a `traceparent` of W3C Trace Context
    /// @return a copy with the annotation
    public PlacedJob withTraceParent(String traceParent) {
        // spotless:off
        Pod pod = new PodBuilder(translated.pod())
                .editMetadata()
                    .addToAnnotations(MetadataNames.TRACE_PARENT, traceParent)
                .endMetadata()
                .build();
        // spotless:on
        return new PlacedJob(
                new TranslatedJob(
                        translated.job(), pod, translated.requirements(), translated.request()));
    }

    /// @return the translated job
    public TranslatedJob translated() {
        return translated;
    }
}
