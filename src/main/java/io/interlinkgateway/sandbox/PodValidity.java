package io.interlinkgateway.sandbox;

import static io.interlinkgateway.failure.Findings.all;
import static io.interlinkgateway.failure.Findings.ofEach;
import static io.interlinkgateway.failure.Findings.onlyIf;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.sandbox.node.ContainerEnvironment;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonPointer;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.cfg.MapperConfig;
import tools.jackson.databind.deser.DeserializationProblemHandler;
import tools.jackson.databind.introspect.Annotated;
import tools.jackson.databind.introspect.JacksonAnnotationIntrospector;
import tools.jackson.databind.json.JsonMapper;

/// Finds what an API server with strict field validation would refuse in a pod: unknown fields and frequent mistakes.
/// An API server checks more than this.
final class PodValidity {

    private static final String RULE = "pod-invalid";
    private static final Pattern ENVIRONMENT_NAME = Pattern.compile("[ -<>-~]+");
    private static final Pattern LABEL_NAME =
            Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
    private static final Pattern LABEL_PREFIX =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*+");

    private PodValidity() {}

    /// @param pod a translated pod
    /// @return errors only
    static List<Finding> errors(Pod pod) {
        Set<String> names = new HashSet<>();
        return all(
                        unknownFields(pod).stream(),
                        ofLabels("metadata.labels", pod.getMetadata().getLabels()),
                        ofEach(
                                "spec.initContainers",
                                pod.getSpec().getInitContainers(),
                                (here, container) -> ofContainer(here, container, names)),
                        ofEach(
                                "spec.containers",
                                pod.getSpec().getContainers(),
                                (here, container) -> ofContainer(here, container, names)))
                .toList();
    }

    /// What works differently in the sandbox than in a cluster.
    static List<Finding> warnings(Pod pod) {
        return pod.getSpec().getVolumes().isEmpty()
                ? List.of()
                : List.of(
                        Finding.warning(
                                "sandbox-volumes",
                                "spec.volumes",
                                "The sandbox does not mount volumes.",
                                "Try the job on a cluster."));
    }

    /// fabric8's classes collect unknown fields with a setter for any property. Here that setter is disabled, so each
    /// unknown field is reported.
    private static List<Finding> unknownFields(Pod pod) {
        List<Finding> findings = new ArrayList<>();
        JsonMapper strict =
                JsonMapper.builder()
                        .annotationIntrospector(new WithoutAnySetter())
                        .addHandler(new UnknownFields(findings))
                        .build();
        try {
            strict.readValue(Serialization.asJson(pod), Pod.class);
        } catch (JacksonException failure) {
            findings.add(
                    error(
                            "spec",
                            "The document is not a pod: "
                                    + Text.shown(failure.getOriginalMessage())));
        }
        return findings;
    }

    private static final class WithoutAnySetter extends JacksonAnnotationIntrospector {
        @Override
        public Boolean hasAnySetter(MapperConfig<?> config, Annotated annotated) {
            return false;
        }
    }

    private static final class UnknownFields extends DeserializationProblemHandler {
        private final List<Finding> findings;

        UnknownFields(List<Finding> findings) {
            this.findings = findings;
        }

        @Override
        public boolean handleUnknownProperty(
                DeserializationContext context,
                JsonParser parser,
                ValueDeserializer<?> deserializer,
                Object beanOrClass,
                String property) {
            String path = path(parser.streamReadContext().pathAsPointer());
            findings.add(
                    Finding.error(
                            "unknown-field",
                            path,
                            "A pod has no field " + Text.shown(path) + ".",
                            "Correct its name, or leave it out."));
            parser.skipChildren();
            return true;
        }

        private static String path(JsonPointer pointer) {
            StringBuilder path = new StringBuilder();
            for (JsonPointer rest = pointer; !rest.matches(); rest = rest.tail()) {
                if (rest.getMatchingIndex() >= 0) {
                    path.append('[').append(rest.getMatchingIndex()).append(']');
                } else {
                    path.append(path.isEmpty() ? "" : ".").append(rest.getMatchingProperty());
                }
            }
            return path.toString();
        }
    }

    private static Stream<Finding> ofLabels(String path, @Nullable Map<String, String> labels) {
        return Objects.requireNonNullElse(labels, Map.<String, String>of()).entrySet().stream()
                .filter(label -> !isLabel(label.getKey(), label.getValue()))
                .map(label ->
                        error(
                                path,
                                "\""
                                        + Text.shown(label.getKey() + "=" + label.getValue())
                                        + "\" is not a valid label: names and values have at most"
                                        + " 63 letters, digits and '-', '_', '.', with a letter or"
                                        + " digit first and last."));
    }

    private static boolean isLabel(String name, @Nullable String value) {
        int slash = name.indexOf('/');
        String prefix = slash < 0 ? "" : name.substring(0, slash);
        return LABEL_NAME.matcher(name.substring(slash + 1)).matches()
                && (slash < 0 || (prefix.length() <= 253 && LABEL_PREFIX.matcher(prefix).matches()))
                && (value == null || value.isEmpty() || LABEL_NAME.matcher(value).matches());
    }

    /// @param names the names of the previous containers
    private static Stream<Finding> ofContainer(
            String here, Container container, Set<String> names) {
        return all(
                ofName(here + ".name", container.getName(), names),
                ofEach(here + ".env", container.getEnv(), PodValidity::ofVariable),
                ofResources(here + ".resources.", container));
    }

    private static Stream<Finding> ofName(String path, @Nullable String name, Set<String> names) {
        if (name == null || name.isEmpty()) {
            return Stream.of(error(path, "The container has no name."));
        }
        if (!isDnsLabel(name)) {
            return Stream.of(
                    error(path, "A container can't be named \"" + Text.shown(name) + "\"."));
        }
        return onlyIf(
                !names.add(name),
                () -> error(path, "Another container is named \"" + name + "\" already."));
    }

    private static boolean isDnsLabel(String name) {
        try {
            return new JobName(name).value().equals(name);
        } catch (InvalidValueException _) {
            return false;
        }
    }

    private static Stream<Finding> ofVariable(String here, EnvVar variable) {
        String name = variable.getName();
        boolean hasValue = variable.getValue() != null && !variable.getValue().isEmpty();
        return all(
                onlyIf(
                        name == null || !ENVIRONMENT_NAME.matcher(name).matches(),
                        () ->
                                error(
                                        here + ".name",
                                        "A variable needs a name of printable ASCII characters"
                                                + " without '='.")),
                onlyIf(
                        hasValue && variable.getValueFrom() != null,
                        () ->
                                error(
                                        here + ".valueFrom",
                                        "A variable has either value or valueFrom.")),
                onlyIf(
                        ContainerEnvironment.isUnsupported(variable),
                        () ->
                                Finding.error(
                                        "sandbox-environment",
                                        here + ".valueFrom",
                                        "The sandbox does not provide this field of the pod.",
                                        "Leave it out here, or try the job on a cluster.")));
    }

    private static Stream<Finding> ofResources(String path, Container container) {
        if (container.getResources() == null) {
            return Stream.empty();
        }
        Map<String, Quantity> limits =
                Objects.requireNonNullElse(container.getResources().getLimits(), Map.of());
        Map<String, Quantity> requests =
                Objects.requireNonNullElse(container.getResources().getRequests(), Map.of());
        return all(
                noAmounts(path + "requests", requests),
                requests.entrySet().stream()
                        .filter(request ->
                                exceeds(request.getValue(), limits.get(request.getKey())))
                        .map(request ->
                                error(
                                        path + "requests",
                                        "More "
                                                + Text.shown(request.getKey())
                                                + " is requested than its limit allows.")),
                noAmounts(path + "limits", limits));
    }

    private static Stream<Finding> noAmounts(String path, Map<String, Quantity> quantities) {
        return quantities.entrySet().stream()
                .filter(quantity -> amount(quantity.getValue()).isEmpty())
                .map(quantity -> error(path, Text.shown(quantity.getKey()) + " is not an amount."));
    }

    private static boolean exceeds(Quantity request, @Nullable Quantity limit) {
        return limit != null
                && amount(request)
                        .flatMap(wanted -> amount(limit).filter(most -> wanted.compareTo(most) > 0))
                        .isPresent();
    }

    private static Optional<BigDecimal> amount(Quantity quantity) {
        try {
            return Optional.of(quantity.getNumericalAmount())
                    .filter(amount -> amount.signum() >= 0);
        } catch (IllegalArgumentException | ArithmeticException _) {
            return Optional.empty();
        }
    }

    private static Finding error(String path, String message) {
        return Finding.error(RULE, path, message, "Correct " + path + ".");
    }
}
