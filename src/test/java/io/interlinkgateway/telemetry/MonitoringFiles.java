package io.interlinkgateway.telemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The metrics and labels that the alerts and the dashboard of the chart use.
public final class MonitoringFiles {

    private static final Path FOLDER = Path.of("deploy/helm/interlink-gateway/files");
    private static final Pattern STRING = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"");
    private static final Pattern GROUPING =
            Pattern.compile("\\b(?:by|without|on|ignoring)\\s*\\(([^)]*)\\)");
    private static final Pattern SELECTOR =
            Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)\\s*\\{([^}]*)}");
    private static final Pattern RANGE = Pattern.compile("\\[[^\\]]*]");
    private static final Pattern NAME =
            Pattern.compile("(?<![\\w.:])([a-zA-Z_:][a-zA-Z0-9_:]*)(?!\\s*\\(|[\\w:])");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_]\\w*)\\s*(?:=~|!~|!=|=)");
    private static final Pattern SHOWN = Pattern.compile("\\{\\{\\s*(?:\\$labels\\.)?(\\w+)\\s*}}");
    private static final Set<String> OPERATORS =
            Set.of("and", "or", "unless", "offset", "bool", "group_left", "group_right");

    private MonitoringFiles() {}

    /// An expression and the texts that are shown with its result.
    private record Query(String expression, String texts) {}

    /// @return the labels that are used with each metric
    public static Map<String, Set<String>> used() throws IOException {
        Map<String, Set<String>> used = new TreeMap<>();
        for (Query query : Stream.concat(alerts(), panels()).toList()) {
            metrics(query)
                    .forEach((metric, labels) ->
                            used.computeIfAbsent(metric, _ -> new HashSet<>()).addAll(labels));
        }
        return used;
    }

    private static Stream<Query> alerts() throws IOException {
        JsonNode file =
                new JsonMapper()
                        .valueToTree(
                                Serialization.unmarshal(
                                        Files.readString(FOLDER.resolve("alerts.yaml")),
                                        Map.class));
        return file.path("groups")
                .valueStream()
                .flatMap(group -> group.path("rules").valueStream())
                .map(rule ->
                        new Query(
                                rule.path("expr").asString(), rule.path("annotations").toString()));
    }

    private static Stream<Query> panels() throws IOException {
        return new JsonMapper()
                .readTree(Files.readString(FOLDER.resolve("dashboard.json")))
                .path("panels")
                .valueStream()
                .flatMap(panel -> panel.path("targets").valueStream())
                .map(target ->
                        new Query(
                                target.path("expr").asString(),
                                target.path("legendFormat").asString()));
    }

    /// Parses an expression of PromQL as far as that is needed: every name that is not a function, a label or an operator
    /// is a metric. Labels by which an expression groups are those of all its metrics.
    private static Map<String, Set<String>> metrics(Query query) {
        String text = STRING.matcher(query.expression).replaceAll("\"\"");
        Set<String> everywhere =
                Stream.concat(
                                groups(GROUPING, text)
                                        .flatMap(list -> Arrays.stream(list.split(","))),
                                groups(SHOWN, query.texts))
                        .map(String::strip)
                        .collect(Collectors.toSet());
        text = GROUPING.matcher(text).replaceAll(" ");
        Map<String, Set<String>> found = new TreeMap<>();
        for (MatchResult selector : SELECTOR.matcher(text).results().toList()) {
            found.computeIfAbsent(selector.group(1), _ -> new HashSet<>())
                    .addAll(groups(LABEL, selector.group(2)).toList());
        }
        text = RANGE.matcher(SELECTOR.matcher(text).replaceAll(" ")).replaceAll(" ");
        groups(NAME, text)
                .filter(name -> !OPERATORS.contains(name))
                .forEach(name -> found.computeIfAbsent(name, _ -> new HashSet<>()));
        found.values().forEach(labels -> labels.addAll(everywhere));
        assertThat(found).as(query.expression).isNotEmpty();
        return found;
    }

    private static Stream<String> groups(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(match -> match.group(1));
    }

    /// Requires that each metric is exposed with its labels.
    ///
    /// @param used the labels that are used with each metric
    /// @param exposed what Prometheus reads
    public static void requireExposed(Map<String, Set<String>> used, String exposed) {
        List<String> missing = new ArrayList<>();
        used.forEach((metric, labels) -> {
            List<String> samples =
                    exposed.lines()
                            .filter(line ->
                                    line.startsWith(metric + "{") || line.startsWith(metric + " "))
                            .toList();
            if (samples.isEmpty()) {
                missing.add(metric);
            }
            labels.stream()
                    .filter(label ->
                            samples.stream()
                                    .noneMatch(sample ->
                                            sample.contains("{" + label + "=\"")
                                                    || sample.contains("," + label + "=\"")))
                    .map(label -> metric + "{" + label + "}")
                    .forEach(missing::add);
        });
        assertThat(missing).as("what alerts and dashboard use and nothing exposes").isEmpty();
    }
}
