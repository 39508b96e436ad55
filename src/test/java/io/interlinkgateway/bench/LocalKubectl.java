package io.interlinkgateway.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// What the real kubectl reads in YAML, without a cluster. It comes with [Component#OWN_CONTROL_PLANE].
public final class LocalKubectl {

    private static final Path BUILT = Path.of(".cache/control-plane/bin/kubectl");
    private static final String MARK = "read-by";

    private LocalKubectl() {}

    /// @param yaml one object of any kind
    /// @return the JSON that kubectl makes of it
    public static JsonNode read(String yaml) {
        JsonNode object = new JsonMapper().readTree(run(yaml, "label", MARK + "=kubectl"));
        ObjectNode metadata = (ObjectNode) object.path("metadata");
        ObjectNode labels = (ObjectNode) metadata.path("labels");
        labels.remove(MARK);
        if (labels.isEmpty()) {
            metadata.remove("labels");
        }
        return object;
    }

    /// @param yaml a pod
    /// @return whether its values fit the fields of Go's types
    public static boolean takes(String yaml) {
        try {
            run(yaml, "set", "env", "READ_BY=kubectl");
            return true;
        } catch (IllegalStateException refused) {
            return false;
        }
    }

    private static String run(String yaml, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(BUILT.toString());
        command.addAll(List.of(arguments));
        command.addAll(List.of("--local", "--output=json", "--filename=-"));
        try {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().write(yaml.getBytes(StandardCharsets.UTF_8));
            process.getOutputStream().close();
            String output =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(output);
            }
            return output;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(stopped);
        }
    }
}
