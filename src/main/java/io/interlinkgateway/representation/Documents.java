package io.interlinkgateway.representation;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.failure.Text;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.AbstractConstruct;
import org.yaml.snakeyaml.constructor.Construct;
import org.yaml.snakeyaml.constructor.ConstructorException;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.representer.Representer;

/// Reads the documents of a YAML stream. Empty documents are ignored, as by kubectl.
final class Documents {

    private static final int LONGEST = 1 << 20;
    private static final int MAX_DEPTH = 50;
    private static final int MAX_NAMED = 5;

    private Documents() {}

    /// @param text a stream of YAML
    /// @return its only document: maps, lists, texts, numbers, booleans and nulls
    /// @throws GatewayException.Rejected if it is not valid YAML, or does not have exactly one document
    static @Nullable Object single(String text) {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        options.setMaxAliasesForCollections(0);
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setCodePointLimit(LONGEST);
        DumperOptions unused = new DumperOptions();
        Tree tree = new Tree(options);
        Yaml yaml =
                new Yaml(tree, new Representer(unused), unused, options, new KubernetesResolver());
        try {
            List<Node> documents = new ArrayList<>();
            for (Node document : yaml.composeAll(new StringReader(text))) {
                if (!Tag.NULL.equals(document.getTag())) {
                    documents.add(document);
                }
            }
            if (documents.size() > 1) {
                throw several(documents);
            }
            return documents.isEmpty() ? null : tree.of(documents.getFirst());
        } catch (MarkedYAMLException failure) {
            String where =
                    failure.getProblemMark() == null
                            ? ""
                            : " (line "
                                    + (failure.getProblemMark().getLine() + 1)
                                    + ", column "
                                    + (failure.getProblemMark().getColumn() + 1)
                                    + ")";
            throw PodDocument.rejected(
                    "",
                    "The YAML can't be read"
                            + where
                            + ": "
                            + Text.shown(String.valueOf(failure.getProblem())),
                    "Correct it there. A map must not contain a key twice, and aliases of lists and"
                            + " maps must be written out.");
        } catch (ReaderException failure) {
            throw PodDocument.rejected(
                    "",
                    "The YAML can't be read: the character %d (line %d) is U+%04X, which is not allowed in YAML."
                            .formatted(
                                    failure.getPosition() + 1,
                                    line(text, failure.getPosition()),
                                    failure.getCodePoint()),
                    "Leave it out, or write it in double quotes with its escape, such as \"\\e\".");
        } catch (YAMLException refused) {
            throw PodDocument.rejected(
                    "",
                    "The YAML can't be read: " + Text.shown(String.valueOf(refused.getMessage())),
                    "Send one document of at most 1 MiB and "
                            + MAX_DEPTH
                            + " levels, without aliases and custom tags.");
        } catch (GatewayException.Rejected failure) {
            throw failure;
        } catch (RuntimeException _) {
            // The parser throws exceptions of any type if a value does not match its tag.
            throw PodDocument.rejected(
                    "",
                    "The YAML can't be read: a value does not match its tag.",
                    "Send one document without tags.");
        }
    }

    private static long line(String text, int codePoints) {
        return 1
                + text.codePoints()
                        .limit(codePoints)
                        .filter(character -> character == '\n')
                        .count();
    }

    private static GatewayException.Rejected several(List<Node> documents) {
        String others =
                documents.stream()
                        .filter(document -> !"Pod".equals(field(document, "kind").orElse("")))
                        .limit(MAX_NAMED)
                        .map(Documents::title)
                        .collect(Collectors.joining(", "));
        long pods =
                documents.stream()
                        .filter(document -> "Pod".equals(field(document, "kind").orElse("")))
                        .count();
        return PodDocument.rejected(
                "",
                documents.size()
                        + " documents were sent, but a job is one pod. Pods among them: "
                        + pods
                        + (others.isEmpty() ? "." : "; the others: " + others + "."),
                pods > 1
                        ? "Send each pod in a separate request."
                        : "Send only the pod; create the other objects before with kubectl apply.");
    }

    private static String title(Node document) {
        String kind = field(document, "kind").orElse("one without kind");
        return Text.shown(
                member(document, "metadata")
                        .flatMap(metadata -> field(metadata, "name"))
                        .map(name -> kind + " " + name)
                        .orElse(kind));
    }

    private static Optional<String> field(Node map, String name) {
        return member(map, name)
                .filter(ScalarNode.class::isInstance)
                .map(scalar -> ((ScalarNode) scalar).getValue());
    }

    private static Optional<Node> member(Node map, String name) {
        return map instanceof MappingNode mapping
                ? mapping.getValue().stream()
                        .filter(member ->
                                member.getKeyNode() instanceof ScalarNode key
                                        && key.getValue().equals(name))
                        .map(NodeTuple::getValueNode)
                        .findFirst()
                : Optional.empty();
    }

    /// Converts nodes to values, with kubectl's rules for numbers and booleans.
    private static final class Tree extends SafeConstructor {

        private Tree(LoaderOptions options) {
            super(options);
            yamlConstructors.put(Tag.BOOL, scalar(KubernetesResolver::truth));
            yamlConstructors.put(Tag.INT, scalar(KubernetesResolver::number));
            yamlConstructors.put(Tag.FLOAT, scalar(KubernetesResolver::number));
        }

        private @Nullable Object of(Node document) {
            return constructDocument(document);
        }

        private static Construct scalar(Function<String, Optional<? extends Object>> reading) {
            return new AbstractConstruct() {
                @Override
                public Object construct(Node node) {
                    return reading.apply(((ScalarNode) node).getValue())
                            .orElseThrow(() -> new TagMismatch(node));
                }
            };
        }
    }

    private static final class TagMismatch extends ConstructorException {
        private TagMismatch(Node node) {
            super(null, null, "the value does not match its tag", node.getStartMark());
        }
    }
}
