package io.interlinkgateway.job;

import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import java.util.Optional;
import java.util.regex.Pattern;

/// The image of a container: a path to an image file on the HPC, or a registry reference. The plugin inserts it into
/// a shell command without quotes, so only characters without a meaning in shells are allowed.
///
/// @param value the reference as passed to the plugin
/// @param pullFrom a registry reference from which the image file is pulled if it is missing
public record ImageReference(String value, Optional<String> pullFrom) {

    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9/][A-Za-z0-9._/:@+~=-]*");

    /// The URI schemes of registry references, as a regular expression.
    public static final String KINDS = "(docker|oras|library|shub|https)://";

    /// A capital letter in the repository name of an OCI reference, that is, not in the host name, tag or digest.
    private static final Pattern CAPITALS =
            Pattern.compile("^(docker|oras)://((?:[^/]*[.:][^/]*|localhost)/)?+[^:@]*[A-Z]");

    private static final Pattern REMOTE = Pattern.compile(KINDS + ".+");

    /// @throws InvalidValueException if a part has an invalid form or contains a character that has a meaning in
    ///     shells
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
                        "An image that is pulled must have an absolute path at which it is stored,"
                                + " not \""
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

    /// Finds capital letters in a repository name. Registries refuse them, which would only be noticed when the job
    /// starts.
    ///
    /// @param field the field with the reference
    /// @param reference a path or registry reference
    /// @return a warning, if the repository name has capital letters
    public static Optional<Finding> warning(String field, String reference) {
        return CAPITALS.matcher(reference).find()
                ? Optional.of(
                        Finding.warning(
                                "image-name",
                                field,
                                "Registries do not allow capital letters in the name of an image,"
                                        + " but \""
                                        + Text.shown(reference)
                                        + "\" has some.",
                                "Write the name in lower case; the tag after ':' may have capital"
                                        + " letters."))
                : Optional.empty();
    }

    private static void requireHarmless(String reference) {
        if (reference.length() > 1024 || !HARMLESS.matcher(reference).matches()) {
            throw new InvalidValueException(
                    "An image can't be \"" + Text.shown(reference) + "\".",
                    "Use an absolute path on the HPC or a registry reference, with letters, digits"
                            + " and ._/:@+~=- only.");
        }
    }

    /// @param value the path of an existing image file, or a registry reference
    public static ImageReference of(String value) {
        return new ImageReference(value, Optional.empty());
    }
}
