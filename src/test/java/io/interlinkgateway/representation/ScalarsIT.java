package io.interlinkgateway.representation;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.LocalKubectl;
import io.interlinkgateway.bench.Requires;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Bare YAML scalars are what kubectl takes them for. A ControllerRevision may hold any JSON, so kubectl shows in it
/// what it read.
@Requires(Component.OWN_CONTROL_PLANE)
class ScalarsIT {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String ALPHABET = "0123456789+-._eEoxbBXFf:TZ";
    private static final List<String> SCALARS =
            List.of(
                    "y",
                    "Y",
                    "n",
                    "N",
                    "yes",
                    "Yes",
                    "yEs",
                    "on",
                    "ON",
                    "off",
                    "true",
                    "True",
                    "tRue",
                    "null",
                    "Null",
                    "NULL",
                    "nULL",
                    "~",
                    "=",
                    "0",
                    "-0",
                    "0777",
                    "08",
                    "0o17",
                    "0O17",
                    "0o8",
                    "-0o7",
                    "0x1F",
                    "0XfF",
                    "0x",
                    "0b11",
                    "0b2",
                    "-0b11",
                    "1_000",
                    "1__0",
                    "_1",
                    "0_7",
                    "0x_F",
                    "+1",
                    "1e3",
                    "1E5",
                    "1e+3",
                    "1.",
                    ".5",
                    "-.5",
                    "+.5",
                    ".5e1",
                    "._5",
                    "1.10",
                    "1e-4",
                    "1.5e3_0",
                    "12:30",
                    "1:2:3.5",
                    "2026-01-01",
                    "2026-01-01T00:00:00Z",
                    "9223372036854775807",
                    "-9223372036854775808",
                    "1e400",
                    "1e20",
                    "1e21",
                    "1e22");

    @Test
    void plainScalarsHaveTheTypesThatKubectlGivesThem() {
        List<String> scalars = new ArrayList<>(SCALARS);
        Random random = new Random(13);
        while (scalars.size() < 5000) {
            StringBuilder scalar = new StringBuilder();
            for (int at = random.nextInt(7); at >= 0; at--) {
                scalar.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
            }
            if (!scalar.toString().matches("-+|\\.{3}|.*:")) {
                scalars.add(scalar.toString());
            }
        }
        String yaml =
                "apiVersion: apps/v1\nkind: ControllerRevision\nmetadata: {name: x}\nrevision:"
                        + " 1\ndata:\n  read:\n  - "
                        + String.join("\n  - ", scalars)
                        + "\n";

        JsonNode theirs = LocalKubectl.read(yaml).at("/data/read");
        JsonNode ours =
                JSON.readTree(JSON.writeValueAsString(Documents.single(yaml))).at("/data/read");

        assertThat(ours).hasSameSizeAs(scalars);
        for (int at = 0; at < scalars.size(); at++) {
            JsonNode expected = theirs.get(at);
            JsonNode read = ours.get(at);
            assertThat(read.getNodeType()).as(scalars.get(at)).isEqualTo(expected.getNodeType());
            if (read.isNumber()) {
                assertThat(read.doubleValue())
                        .as(scalars.get(at))
                        .isEqualTo(expected.doubleValue());
            } else {
                assertThat(read).as(scalars.get(at)).isEqualTo(expected);
            }
        }
    }
}
