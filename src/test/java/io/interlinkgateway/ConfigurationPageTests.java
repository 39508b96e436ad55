package io.interlinkgateway;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ClassPathResource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The reference of the configuration in the documents is that of the code: the metadata that the annotation processor
/// writes from the properties' Javadoc, with what the profile `sandbox` changes.
class ConfigurationPageTests {

    private static final CommittedFile COMMITTED =
            new CommittedFile(Path.of("docs/reference/configuration.md"), "docs.update");
    private static final String METADATA = "META-INF/spring-configuration-metadata.json";

    /// To accept a change: `./mvnw test -Dtest='*PageTests' -Ddocs.update=true`.
    @Test
    void theCommittedReferenceHasEveryProperty() throws Exception {
        COMMITTED.assertHolds(reference());
    }

    @Test
    void everyPropertyHasADescription() throws IOException {
        assertThat(properties())
                .isNotEmpty()
                .allSatisfy(property ->
                        assertThat(property.path("description").asString(""))
                                .as(property.path("name").asString())
                                .isNotEmpty());
    }

    private static String reference() throws Exception {
        Map<String, String> sandbox = sandboxDefaults();
        StringBuilder rows = new StringBuilder();
        for (JsonNode property : properties()) {
            String name = property.path("name").asString();
            String inSandbox = sandbox.get(name);
            rows.append(
                    "| `%s` | %s | %s%s | %s |\n"
                            .formatted(
                                    name,
                                    type(property.path("type").asString()),
                                    property.has("defaultValue")
                                            ? "`" + property.path("defaultValue").asString() + "`"
                                            : "none",
                                    inSandbox == null ? "" : "; sandbox `" + inSandbox + "`",
                                    property.path("description").asString().replace("|", "\\|")));
        }
        return """
        # Configuration

        <!-- Generated from the properties' Javadoc by `ConfigurationPageTests`, which fails when this file is stale.
             To update it: ./mvnw test -Dtest='*PageTests' -Ddocs.update=true -->

        Properties are set in `application.yaml`, as an argument (`--gateway.log.heartbeat=5s`) or as an environment
        variable (`GATEWAY_LOG_HEARTBEAT=5s`), as with every Spring Boot application. Durations are written as `10s`,
        `5m`, `2h` or `30d`, sizes as `32KB` or `1MB`. The gateway does not start with a value that it can't read.

        The properties of an issuer and of its rules are in [access](../operations/access.md); an example of limits is
        in [limits](../operations/limits.md). Spring Boot's own properties (`server.*`, `management.*`, `logging.*`)
        apply too.

        | property | type | default | meaning |
        |---|---|---|---|
        %s\
        """
                .formatted(rows);
    }

    private static Iterable<JsonNode> properties() throws IOException {
        try (InputStream metadata = new ClassPathResource(METADATA).getInputStream()) {
            return JsonMapper.shared().readTree(metadata).path("properties");
        }
    }

    /// @return the values of the document of `application.yaml` that is for the profile `sandbox`; a list's with
    ///     commas between
    private static Map<String, String> sandboxDefaults() throws IOException {
        PropertySource<?> sandbox =
                new YamlPropertySourceLoader()
                        .load("application", new ClassPathResource("application.yaml")).stream()
                                .filter(source ->
                                        "sandbox"
                                                .equals(
                                                        Objects.toString(
                                                                source.getProperty(
                                                                        "spring.config.activate.on-profile"))))
                                .findFirst()
                                .orElseThrow();
        Map<String, String> values = new HashMap<>();
        for (String name : ((EnumerablePropertySource<?>) sandbox).getPropertyNames()) {
            values.merge(
                    name.replaceFirst("\\[\\d+]$", ""),
                    requireNonNull(sandbox.getProperty(name)).toString(),
                    (first, next) -> first + "," + next);
        }
        return values;
    }

    private static String type(String name) throws ClassNotFoundException {
        return switch (name) {
            case "java.time.Duration" -> "duration";
            case "org.springframework.util.unit.DataSize" -> "size";
            case "java.lang.Boolean" -> "`true` or `false`";
            case "java.lang.Integer", "java.lang.Long" -> "integer";
            case "java.lang.Double" -> "number";
            case "java.lang.String" -> "text";
            case String map when map.startsWith("java.util.Map<") -> "map";
            case String list when list.startsWith("java.util.") -> "list";
            case String own -> {
                Class<?> type = Class.forName(own);
                yield type.isEnum()
                        ? Stream.of(requireNonNull(type.getEnumConstants()))
                                .map(value -> "`" + value.toString().toLowerCase(Locale.ROOT) + "`")
                                .collect(Collectors.joining(" or "))
                        : type.getSimpleName().toLowerCase(Locale.ROOT);
            }
        };
    }
}
