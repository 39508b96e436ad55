package io.interlinkgateway.sandbox;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.interlinkgateway.job.Finding;
import io.interlinkgateway.job.GatewayException;
import io.interlinkgateway.job.InvalidValueException;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Text;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
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

/// What of a pod an API server with strict field validation would refuse: unknown fields, and the mistakes
/// that people make. An API server checks more.
final class PodValidity {

    private static final String RULE = "pod-invalid";
    private static final Pattern ENVIRONMENT_NAME = Pattern.compile("[ -<>-~]+");
    private static final Pattern LABEL_NAME =
            Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
    private static final Pattern LABEL_PREFIX =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*+");

    private PodValidity() {}

    /// @param pod a translated pod
    /// @throws GatewayException.Rejected with all findings, if there are any
    static void require(Pod pod) {
        List<Finding> findings = new ArrayList<>(unknownFields(pod));
        checkLabels("metadata.labels", pod.getMetadata().getLabels(), findings);
        Set<String> names = new HashSet<>();
        checkContainers("spec.initContainers", pod.getSpec().getInitContainers(), names, findings);
        checkContainers("spec.containers", pod.getSpec().getContainers(), names, findings);
        if (!findings.isEmpty()) {
            throw new GatewayException.Rejected(findings);
        }
    }

    /// What the sandbox does otherwise than a cluster.
    static List<Finding> warnings(Pod pod) {
        return pod.getSpec().getVolumes().isEmpty()
                ? List.of()
                : List.of(
                        Finding.warning(
                                "sandbox-volumes",
                                "spec.volumes",
                                "The sandbox mounts no volumes.",
                                "Try the job on a cluster."));
    }

    /// fabric8's classes keep unknown fields for later. Here nothing keeps them, so each is a problem.
    private static List<Finding> unknownFields(Pod pod) {
        List<Finding> findings = new ArrayList<>();
        JsonMapper strict =
                JsonMapper.builder()
                        .annotationIntrospector(new KeepingNothing())
                        .addHandler(new UnknownFields(findings))
                        .build();
        try {
            strict.readValue(Serialization.asJson(pod), Pod.class);
        } catch (JacksonException malformed) {
            findings.add(
                    error(
                            "spec",
                            "The document is no pod: "
                                    + Text.shown(malformed.getOriginalMessage())));
        }
        return findings;
    }

    private static final class KeepingNothing extends JacksonAnnotationIntrospector {
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

    private static void checkLabels(
            String path, @Nullable Map<String, String> labels, List<Finding> findings) {
        Objects.requireNonNullElse(labels, Map.<String, String>of())
                .forEach((name, value) -> {
                    int slash = name.indexOf('/');
                    String prefix = slash < 0 ? "" : name.substring(0, slash);
                    boolean nameFits =
                            LABEL_NAME.matcher(name.substring(slash + 1)).matches()
                                    && (slash < 0
                                            || (prefix.length() <= 253
                                                    && LABEL_PREFIX.matcher(prefix).matches()));
                    boolean valueFits =
                            value == null || value.isEmpty() || LABEL_NAME.matcher(value).matches();
                    if (!nameFits || !valueFits) {
                        findings.add(
                                error(
                                        path,
                                        "\""
                                                + Text.shown(name + "=" + value)
                                                + "\" is no label: names and values have at most"
                                                + " 63 letters, digits and '-', '_', '.', with a"
                                                + " letter or digit first and last."));
                    }
                });
    }

    private static void checkContainers(
            String path, List<Container> containers, Set<String> names, List<Finding> findings) {
        for (int index = 0; index < containers.size(); index++) {
            String here = path + "[" + index + "]";
            Container container = containers.get(index);
            checkName(here + ".name", container.getName(), names, findings);
            checkEnvironment(here + ".env", container.getEnv(), findings);
            checkResources(here + ".resources.requests", container, findings);
        }
    }

    private static void checkName(
            String path, @Nullable String name, Set<String> names, List<Finding> findings) {
        if (name == null || name.isEmpty()) {
            findings.add(error(path, "The container has no name."));
        } else if (!isDnsLabel(name)) {
            findings.add(error(path, "A container can't be named \"" + Text.shown(name) + "\"."));
        } else if (!names.add(name)) {
            findings.add(error(path, "Another container is named \"" + name + "\" already."));
        }
    }

    private static boolean isDnsLabel(String name) {
        try {
            return new JobName(name).value().equals(name);
        } catch (InvalidValueException notALabel) {
            return false;
        }
    }

    private static void checkEnvironment(
            String path, List<EnvVar> variables, List<Finding> findings) {
        for (int index = 0; index < variables.size(); index++) {
            EnvVar variable = variables.get(index);
            String here = path + "[" + index + "]";
            String name = variable.getName();
            if (name == null || !ENVIRONMENT_NAME.matcher(name).matches()) {
                findings.add(
                        error(
                                here + ".name",
                                "A variable needs a name of printable ASCII characters without"
                                        + " '='."));
            }
            boolean hasValue = variable.getValue() != null && !variable.getValue().isEmpty();
            if (hasValue && variable.getValueFrom() != null) {
                findings.add(
                        error(here + ".valueFrom", "A variable has either value or valueFrom."));
            }
            if (ContainerEnvironment.isBeyondTheSandbox(variable)) {
                findings.add(
                        Finding.error(
                                "sandbox-environment",
                                here + ".valueFrom",
                                "The sandbox can't tell this field of the pod.",
                                "Leave it out here, or try the job on a cluster."));
            }
        }
    }

    private static void checkResources(String path, Container container, List<Finding> findings) {
        if (container.getResources() == null) {
            return;
        }
        Map<String, Quantity> limits =
                Objects.requireNonNullElse(container.getResources().getLimits(), Map.of());
        Map<String, Quantity> requests =
                Objects.requireNonNullElse(container.getResources().getRequests(), Map.of());
        requests.forEach((resource, request) -> {
            Optional<BigDecimal> amount = amount(request);
            Quantity limit = limits.get(resource);
            Optional<BigDecimal> most = limit == null ? Optional.empty() : amount(limit);
            if (amount.isEmpty()) {
                findings.add(error(path, Text.shown(resource) + " is not an amount."));
            } else if (most.isPresent() && amount.get().compareTo(most.get()) > 0) {
                findings.add(
                        error(
                                path,
                                "More "
                                        + Text.shown(resource)
                                        + " is requested than its limit allows."));
            }
        });
        limits.forEach((resource, limit) -> {
            if (amount(limit).isEmpty()) {
                findings.add(
                        error(
                                path.replace("requests", "limits"),
                                Text.shown(resource) + " is not an amount."));
            }
        });
    }

    private static Optional<BigDecimal> amount(Quantity quantity) {
        try {
            return Optional.of(quantity.getNumericalAmount())
                    .filter(amount -> amount.signum() >= 0);
        } catch (IllegalArgumentException | ArithmeticException notAnAmount) {
            return Optional.empty();
        }
    }

    private static Finding error(String path, String message) {
        return Finding.error(RULE, path, message, "Correct " + path + ".");
    }
}
