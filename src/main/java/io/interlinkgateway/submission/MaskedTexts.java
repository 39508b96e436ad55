package io.interlinkgateway.submission;

import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.representation.JsonTexts;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/// The texts of a stored definition whose passwords are masked. A job that is submitted again must not have them: it would
/// get the mask as its password.
///
/// @param texts the texts, as they are stored
record MaskedTexts(Set<String> texts) {

    static final String SPEC =
            "Remove or replace it with this request's body, a JSON merge patch such as"
                    + " {\"env\": {\"NAME\": null}}, and name the credential in mlflow.credential.";
    static final String POD =
            "Replace it with this request's body, a JSON merge patch, in which a list such as"
                    + " spec.containers is written as a whole, and use the credential with"
                    + " valueFrom.secretKeyRef.";
    static final String WHOLE_DEFINITION =
            "Submit the job with its definition: POST /api/v1/jobs. Refer to the credential in it:"
                    + " with mlflow.credential, or in a pod with valueFrom.secretKeyRef.";

    /// @param document a stored definition
    /// @param paths the paths of its masked texts
    static MaskedTexts in(ObjectNode document, Collection<String> paths) {
        Map<String, String> all = texts(document);
        return new MaskedTexts(
                paths.stream()
                        .map(all::get)
                        .filter(Objects::nonNull)
                        .collect(Collectors.toUnmodifiableSet()));
    }

    /// @param changed the definition after the caller's changes
    /// @param hint what to do about a masked text in it
    /// @throws GatewayException.Rejected if it still has one, wherever
    void requireNoneIn(ObjectNode changed, String hint) {
        List<String> paths =
                texts(changed).entrySet().stream()
                        .filter(field -> texts.contains(field.getValue()))
                        .map(Map.Entry::getKey)
                        .toList();
        if (!paths.isEmpty()) {
            throw refused(paths, hint);
        }
    }

    static GatewayException.Rejected refused(List<String> paths, String hint) {
        return new GatewayException.Rejected(
                paths.stream()
                        .map(path ->
                                Finding.error(
                                        "masked-secret",
                                        path,
                                        "The job can't be submitted again as it was: this field"
                                                + " had a password or a token of the workspace,"
                                                + " which the history does not store.",
                                        hint))
                        .toList());
    }

    private static Map<String, String> texts(ObjectNode document) {
        Map<String, String> texts = new LinkedHashMap<>();
        JsonTexts.replaceAll(
                document,
                (path, text) -> {
                    texts.put(path, text);
                    return text;
                });
        return texts;
    }
}
