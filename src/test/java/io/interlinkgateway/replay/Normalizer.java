package io.interlinkgateway.replay;

import io.interlinkgateway.bench.VirtualNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/// Makes a recording and its replay comparable: names and paths of the replay become those of the recording, and in
/// both, times and ids that can't be the same become words. Nothing else is left out.
final class Normalizer {

    private static final Map<Pattern, String> VARYING =
            Map.ofEntries(
                    Map.entry(Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "UID"),
                    Map.entry(
                            Pattern.compile(
                                    "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|\\+00:00)?"),
                            "TIME"),
                    Map.entry(Pattern.compile("\\d+m\\d+\\.\\d{3}s"), "DURATION"),
                    Map.entry(Pattern.compile("#\\d+:"), "#N:"),
                    Map.entry(Pattern.compile("\\bpid \\d+"), "pid N"),
                    Map.entry(Pattern.compile("\\bjob \\d+\\."), "job N."),
                    Map.entry(Pattern.compile("\\bJOB \\d+ ON"), "JOB N ON"),
                    Map.entry(Pattern.compile("StepId=\\d+\\."), "StepId=N."),
                    // The memory used when the kill came, of the limit.
                    Map.entry(Pattern.compile("\\(\\d+ > (\\d+)\\)"), "(N > $1)"),
                    Map.entry(Pattern.compile("\\S+/job\\d+/slurm_script"), "slurm_script"),
                    Map.entry(Pattern.compile("127\\.0\\.0\\.1:\\d+"), "127.0.0.1:PORT"),
                    Map.entry(Pattern.compile("(\"Port\\\\*\":)\\d+"), "$1PORT"),
                    // The size of the HPC.
                    Map.entry(Pattern.compile("(\"cpu\\\\*\":\\\\*\")\\d+"), "$1CPUS"),
                    Map.entry(Pattern.compile("(\"memory\\\\*\":\\\\*\")\\d+[MG]i"), "$1MEMORY"));

    /// The scheduler counts the cluster's other nodes too: what it says of them is left out.
    private static final Pattern UNSCHEDULABLE =
            Pattern.compile(
                    "\\d+/\\d+ nodes are available: (.*?)\\. (no new claims to deallocate,"
                            + " preemption):.*",
                    Pattern.DOTALL);

    private final List<Map.Entry<String, String>> names = new ArrayList<>();

    /// @param namespace of the replay
    /// @param node of the replay
    /// @param folder of the node
    Normalizer(String namespace, String node, Path folder) {
        names.add(Map.entry(folder.resolve("jobs").toString(), "/ceph/interlink"));
        names.add(Map.entry(VirtualNode.singularity().toString(), "/usr/bin/singularity"));
        names.add(Map.entry(images(), "/ceph/images"));
        names.add(Map.entry(namespace, "default"));
        names.add(Map.entry(node, "vega-new-vk"));
    }

    private static String images() {
        return Objects.requireNonNull(Path.of(VirtualNode.image()).getParent()).toString();
    }

    /// @return a recorded object with the replay's names and paths
    static JsonNode forReplay(JsonNode recorded, String node) {
        return Recording.JSON.readTree(
                recorded.toString().replace("/ceph/images", images()).replace("vega-new-vk", node));
    }

    String replayed(String text) {
        String renamed = text;
        for (Map.Entry<String, String> name : names) {
            renamed = renamed.replace(name.getKey(), name.getValue());
        }
        return recorded(renamed);
    }

    static String recorded(String text) {
        String same = text;
        for (Map.Entry<Pattern, String> varying : VARYING.entrySet()) {
            same = varying.getKey().matcher(same).replaceAll(varying.getValue());
        }
        return UNSCHEDULABLE.matcher(same).replaceAll(match -> ownNode(match.group(1)));
    }

    private static String ownNode(String reasons) {
        if (reasons.contains("Insufficient cpu")) {
            return "1 Insufficient cpu";
        }
        return reasons.contains("untolerated taint") ? "1 untolerated taint" : reasons;
    }

    JsonNode replayed(JsonNode json) {
        String renamed = json.toString();
        for (Map.Entry<String, String> name : names) {
            renamed = renamed.replace(name.getKey(), name.getValue());
        }
        return recorded(Recording.JSON.readTree(renamed));
    }

    static JsonNode recorded(JsonNode json) {
        JsonNodeFactory make = JsonNodeFactory.instance;
        if (json.isArray()) {
            ArrayNode all = make.arrayNode();
            json.valueStream().map(Normalizer::recorded).forEach(all::add);
            return all;
        }
        if (json.isObject()) {
            ObjectNode all = make.objectNode();
            json.forEachEntry((name, value) -> {
                switch (name) {
                    case "resourceVersion", "managedFields", "at" -> {}
                    case "JobID" -> all.put(name, value.asString().replaceAll("\\d+", "N"));
                    case "Port" -> all.put(name, "PORT");
                    default -> all.set(name, recorded(value));
                }
            });
            return all;
        }
        return json.isString() ? StringNode.valueOf(recorded(json.asString())) : json;
    }
}
