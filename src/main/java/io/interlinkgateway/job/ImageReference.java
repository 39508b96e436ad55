package io.interlinkgateway.job;

import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import java.util.Optional;
import java.util.regex.Pattern;

/// What the container runtime on the HPC is given: a path to an image file there, or a registry
/// reference. The plugin pastes it into a command line unquoted, so only harmless characters pass.
///
/// @param value the reference as the plugin gets it
/// @param pullFrom a registry reference; given, the image file is pulled from there when it is missing
public record ImageReference(String value, Optional<String> pullFrom) {

    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9/][A-Za-z0-9._/:@+~=-]*");

    /// The kinds of registries, as a regular expression.
    public static final String KINDS = "(docker|oras|library|shub|https)://";

    /// In the repository of an OCI registry: neither in the host's name nor in the tag or digest.
    private static final Pattern CAPITALS =
            Pattern.compile("^(docker|oras)://((?:[^/]*[.:][^/]*|localhost)/)?+[^:@]*[A-Z]");

    private static final Pattern REMOTE = Pattern.compile(KINDS + ".+");

    /// @throws InvalidValueException if a character could act on the HPC's command line
    public ImageReference {
        requireHarmless(value);
        if (value.contains("://") && !REMOTE.matcher(value).matches()) {
            throw new InvalidValueException(
                    "An image can't be \"" + Text.shown(value) + "\".",
                    "Begin with docker://, oras://, library://, shub:// or https://, or give an"
                            + " absolute path.");
        }
        if (pullFrom.isPresent()) {
            requireHarmless(pullFrom.get());
            if (!value.startsWith("/")) {
                throw new InvalidValueException(
                        "An image that is pulled needs an absolute path to be kept at, not \""
                                + Text.shown(value)
                                + "\".",
                        "Give image.path as an absolute path on the HPC.");
            }
            if (!REMOTE.matcher(pullFrom.get()).matches()) {
                throw new InvalidValueException(
                        "An image can't be pulled from \"" + Text.shown(pullFrom.get()) + "\".",
                        "Begin with docker://, oras://, library://, shub:// or https://.");
            }
        }
    }

    /// What registries refuse: the runtime finds it only when the job starts.
    ///
    /// @param field where the reference stands
    /// @param reference a path or registry reference
    /// @return a warning, if the repository's name has capitals
    public static Optional<Finding> warning(String field, String reference) {
        return CAPITALS.matcher(reference).find()
                ? Optional.of(
                        Finding.warning(
                                "image-name",
                                field,
                                "Registries take no capital letters in the name of an image, and"
                                        + " \""
                                        + Text.shown(reference)
                                        + "\" has some.",
                                "Write the name in lower case; after ':' the tag may have"
                                        + " capitals."))
                : Optional.empty();
    }

    private static void requireHarmless(String reference) {
        if (reference.length() > 1024 || !HARMLESS.matcher(reference).matches()) {
            throw new InvalidValueException(
                    "An image can't be \"" + Text.shown(reference) + "\".",
                    "Use an absolute path on the HPC or a registry reference, of letters, digits"
                            + " and ._/:@+~=- only.");
        }
    }

    /// @param value a path or registry reference that is there already
    public static ImageReference of(String value) {
        return new ImageReference(value, Optional.empty());
    }
}
