package io.interlinkgateway.representation;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import io.interlinkgateway.job.ImageReference;
import jakarta.validation.constraints.NotBlank;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// An image: its path or reference, as a text, or as an object with a reference from which it is pulled.
public record ImageDocument(@NotBlank String path, @Nullable String pullFrom) {

    /// The form as an object.
    private record Pulled(String path, String pullFrom) {}

    @JsonCreator(mode = JsonCreator.Mode.PROPERTIES)
    static ImageDocument of(
            @JsonProperty("path") String path,
            @JsonProperty("pullFrom") @Nullable String pullFrom) {
        return new ImageDocument(path, pullFrom);
    }

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static ImageDocument of(String reference) {
        return new ImageDocument(reference, null);
    }

    /// The usual form: a text if there is only a path or reference.
    @JsonValue
    Object toJson() {
        return pullFrom == null ? path : new Pulled(path, pullFrom);
    }

    ImageReference toImageReference() {
        return new ImageReference(path, Optional.ofNullable(pullFrom));
    }

    static ImageDocument from(ImageReference image) {
        return new ImageDocument(image.value(), image.pullFrom().orElse(null));
    }
}
