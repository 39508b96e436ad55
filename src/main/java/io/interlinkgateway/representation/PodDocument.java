package io.interlinkgateway.representation;

import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.Findings;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.PodManifest;
import java.math.BigInteger;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A pod in the form that kubectl accepts.
public final class PodDocument {

    private static final String HOSTNAME = "kubernetes.io/hostname";
    private static final String HOSTNAME_PATH = "spec.nodeSelector[" + HOSTNAME + "]";

    private PodDocument() {}

    /// Reads a pod from a request's body.
    ///
    /// @param body YAML or JSON
    /// @param charset the encoding from the request
    /// @return the pod, its name and the node in its selector
    /// @throws GatewayException.Rejected if it can't be decoded, is not a pod, or does not name a node
    public static RequestedJob parse(byte[] body, Optional<Charset> charset) {
        return parse(Encoding.decoded(body, charset));
    }

    /// Reads a pod from one document of YAML or JSON; empty documents are ignored. Aliases of collections are
    /// refused, because a few lines with them can expand to gigabytes.
    ///
    /// @param text at most 1 MiB
    /// @return the pod, its name and the node in its selector
    /// @throws GatewayException.Rejected if it is not a pod, or does not name a node
    public static RequestedJob parse(String text) {
        return requestedJob(document(text));
    }

    /// Converts a pod that was already parsed.
    ///
    /// @param document the tree
    /// @return the pod, its name and the node in its selector
    /// @throws GatewayException.Rejected if it does not name a node
    public static RequestedJob requestedJob(Map<String, Object> document) {
        Findings findings = new Findings();
        Optional<JobName> name =
                value(document, "metadata", "name")
                        .filter(String.class::isInstance)
                        .flatMap(text ->
                                findings.check(
                                        "name", "metadata.name", () -> new JobName((String) text)));
        JobName.Prefix prefix =
                value(document, "metadata", "generateName")
                        .filter(String.class::isInstance)
                        .flatMap(text ->
                                findings.check(
                                        "name",
                                        "metadata.generateName",
                                        () -> new JobName.Prefix((String) text)))
                        .orElse(JobName.Prefix.DEFAULT);
        Optional<Object> selected = value(document, "spec", "nodeSelector", HOSTNAME);
        if (selected.isEmpty()) {
            findings.add(
                    Finding.error(
                            "node",
                            "spec.nodeSelector",
                            "The pod does not name a node.",
                            "Add kubernetes.io/hostname with the name of a virtual node, see GET"
                                    + " /api/v1/nodes."));
        } else if (!(selected.orElseThrow() instanceof String)) {
            findings.add(
                    Finding.error(
                            "node",
                            HOSTNAME_PATH,
                            HOSTNAME_PATH + " must be a text, but is read as something else.",
                            "Write the name of a virtual node, in quotes."));
        }
        Optional<NodeName> node =
                selected.filter(String.class::isInstance)
                        .flatMap(text ->
                                findings.check(
                                        "node", HOSTNAME_PATH, () -> new NodeName((String) text)));
        findings.rejectErrors();
        return new RequestedJob(name, prefix, node.orElseThrow(), new PodManifest(document));
    }

    private static Map<String, Object> document(String text) {
        Object tree = Documents.single(text);
        if (tree instanceof Map<?, ?> map && "Pod".equals(map.get("kind"))) {
            @SuppressWarnings("unchecked") // plain() gives text keys and no nulls
            Map<String, Object> document = (Map<String, Object>) plain(map, "");
            return document;
        }
        throw rejected("kind", "The document is not a pod.", "Send one manifest with kind: Pod.");
    }

    /// The tree without nulls, which Kubernetes treats as missing.
    private static Object plain(@Nullable Object node, String path) {
        return switch (node) {
            case Map<?, ?> map -> {
                Map<String, Object> copy = new LinkedHashMap<>();
                map.forEach((key, value) -> {
                    if (!(key instanceof String name)) {
                        throw rejected(
                                path,
                                "A key of "
                                        + (path.isEmpty() ? "the document" : path)
                                        + " must be a text, but is read as a number, a boolean or"
                                        + " nothing.",
                                "Put the key in quotes, as in \"1\": or \"yes\":.");
                    }
                    if (value != null) {
                        copy.put(name, plain(value, path.isEmpty() ? name : path + "." + name));
                    }
                });
                yield copy;
            }
            case List<?> list -> {
                List<Object> copy = new ArrayList<>();
                for (int index = 0; index < list.size(); index++) {
                    copy.add(plain(list.get(index), path + "[" + index + "]"));
                }
                yield copy;
            }
            case String text -> text;
            case Boolean flag -> flag;
            case Integer number -> number;
            case Long number -> number;
            case BigInteger number -> number;
            case Double number when Double.isFinite(number) -> number;
            case null -> throw rejected(path, "A value is missing.", "Give one, or leave it out.");
            default ->
                    throw rejected(
                            path,
                            "A value has a type that is not possible in a pod.",
                            "Use texts, numbers, booleans, lists and maps only.");
        };
    }

    private static Optional<Object> value(Map<String, Object> document, String... path) {
        @Nullable Object node = document;
        for (String name : path) {
            node = node instanceof Map<?, ?> map ? map.get(name) : null;
        }
        return Optional.ofNullable(node);
    }

    static GatewayException.Rejected rejected(String path, String message, String hint) {
        return new GatewayException.Rejected(
                List.of(Finding.error("pod-shape", path, message, hint)));
    }
}
