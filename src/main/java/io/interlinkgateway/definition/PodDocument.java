package io.interlinkgateway.definition;

import io.interlinkgateway.job.Finding;
import io.interlinkgateway.job.Findings;
import io.interlinkgateway.job.GatewayException;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.job.Text;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.representer.Representer;

/// A pod as kubectl takes it.
public final class PodDocument {

    private static final int LONGEST = 1 << 20;
    private static final int DEEPEST = 50;

    private PodDocument() {}

    /// Reads a pod, one document of YAML or JSON. Collections can't be repeated by aliases, because a few
    /// lines of them can stand for gigabytes.
    ///
    /// @param text at most 1 MiB
    /// @return the pod, its name and the node that its selector names
    /// @throws GatewayException.Rejected if it is no pod, or names no node
    public static RequestedJob parse(String text) {
        return requestedJob(document(text));
    }

    /// A pod that is read already.
    ///
    /// @param document the tree
    /// @return the pod, its name and the node that its selector names
    /// @throws GatewayException.Rejected if it names no node
    public static RequestedJob requestedJob(Map<String, Object> document) {
        Findings findings = new Findings();
        Optional<JobName> name =
                text(document, "metadata", "name")
                        .flatMap(value ->
                                findings.check("name", "metadata.name", () -> new JobName(value)));
        JobName.Prefix prefix =
                text(document, "metadata", "generateName")
                        .flatMap(value ->
                                findings.check(
                                        "name",
                                        "metadata.generateName",
                                        () -> new JobName.Prefix(value)))
                        .orElse(JobName.Prefix.USUAL);
        Optional<String> selected =
                text(document, "spec", "nodeSelector", "kubernetes.io/hostname");
        if (selected.isEmpty()) {
            findings.add(
                    Finding.error(
                            "node",
                            "spec.nodeSelector",
                            "The pod names no node.",
                            "Add kubernetes.io/hostname with the name of a virtual node, see GET"
                                    + " /api/v1/nodes."));
        }
        Optional<NodeName> node =
                selected.flatMap(value ->
                        findings.check(
                                "node",
                                "spec.nodeSelector[kubernetes.io/hostname]",
                                () -> new NodeName(value)));
        findings.rejectErrors();
        return new RequestedJob(name, prefix, node.orElseThrow(), new PodManifest(document));
    }

    private static Map<String, Object> document(String text) {
        Object tree = loaded(text);
        if (plain(tree, "") instanceof Map<?, ?> map && "Pod".equals(map.get("kind"))) {
            @SuppressWarnings("unchecked") // plain() gives text keys and no nulls
            Map<String, Object> document = (Map<String, Object>) map;
            return document;
        }
        throw rejected("kind", "The document is no pod.", "Send one manifest with kind: Pod.");
    }

    private static @Nullable Object loaded(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setMaxAliasesForCollections(0);
        options.setNestingDepthLimit(DEEPEST);
        options.setCodePointLimit(LONGEST);
        DumperOptions unused = new DumperOptions();
        try {
            return new Yaml(
                            new SafeConstructor(options),
                            new Representer(unused),
                            unused,
                            options,
                            new KubernetesResolver())
                    .load(text);
        } catch (MarkedYAMLException malformed) {
            String where =
                    malformed.getProblemMark() == null
                            ? ""
                            : " (line "
                                    + (malformed.getProblemMark().getLine() + 1)
                                    + ", column "
                                    + (malformed.getProblemMark().getColumn() + 1)
                                    + ")";
            throw rejected(
                    "",
                    "The YAML can't be read"
                            + where
                            + ": "
                            + Text.shown(String.valueOf(malformed.getProblem())),
                    "Correct it; kubectl apply --dry-run=client -f shows the same.");
        } catch (YAMLException refused) {
            throw rejected(
                    "",
                    "The YAML can't be read: " + Text.shown(String.valueOf(refused.getMessage())),
                    "Send one document of at most 1 MiB, without aliases and own tags.");
        } catch (RuntimeException unfit) {
            // The reader lets through what it meets where a value does not fit its tag.
            throw rejected(
                    "",
                    "The YAML can't be read: a value is not what its tag says.",
                    "Send one document without tags.");
        }
    }

    /// The tree without nulls, which Kubernetes reads as absent.
    private static Object plain(@Nullable Object node, String path) {
        return switch (node) {
            case Map<?, ?> map -> {
                Map<String, Object> copy = new LinkedHashMap<>();
                map.forEach((key, value) -> {
                    if (!(key instanceof String name)) {
                        throw rejected(path, "A key is not a text.", "Put the key in quotes.");
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
                            "A value is of a kind that no pod has.",
                            "Use texts, numbers, booleans, lists and maps only.");
        };
    }

    private static Optional<String> text(Map<String, Object> document, String... path) {
        Object node = document;
        for (String name : path) {
            node = node instanceof Map<?, ?> map ? map.get(name) : null;
        }
        return node instanceof String text ? Optional.of(text) : Optional.empty();
    }

    private static GatewayException.Rejected rejected(String path, String message, String cure) {
        return new GatewayException.Rejected(
                List.of(Finding.error("pod-shape", path, message, cure)));
    }
}
