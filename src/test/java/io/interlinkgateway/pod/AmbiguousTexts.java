package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Texts that readers of YAML take for something else, and mixtures of them.
final class AmbiguousTexts {

    private static final List<String> PIECES =
            List.of(
                    "",
                    "a",
                    "y",
                    "n",
                    "yes",
                    "on",
                    "off",
                    "true",
                    "~",
                    "null",
                    "=",
                    "<<",
                    "0777",
                    "0o17",
                    "0x1f",
                    "1_000",
                    "+1",
                    ".5",
                    "1e3",
                    "12:30",
                    "2026-01-01",
                    ".inf",
                    " ",
                    "  ",
                    "\t",
                    "\n",
                    "\n\n",
                    "\r",
                    "\r\n",
                    "\f",
                    "\u000b",
                    "\u001b",
                    "\u0001",
                    "\u007f",
                    "\u0085",
                    "\u009f",
                    "\u00a0",
                    "\u2028",
                    "\u2029",
                    "\u3000",
                    "\ufeff",
                    "\ue000",
                    "\ufffd",
                    "\ufffe",
                    "\ud83d\ude00",
                    "ä",
                    "#",
                    " #",
                    ":",
                    ": ",
                    "- ",
                    "-",
                    "? ",
                    "|",
                    ">",
                    "%",
                    "@",
                    "`",
                    "\"",
                    "'",
                    "\\",
                    "{",
                    "}",
                    "[",
                    "]",
                    ",",
                    "&a",
                    "*a",
                    "!",
                    "!!str",
                    "\n---\n",
                    "\n...\n",
                    "echo hi",
                    "/bin/sh",
                    "a=b",
                    "if x; then\n  y\nfi\n",
                    "\u2028    stdin: true");

    private AmbiguousTexts() {}

    /// @param mixtures how many, the same each time
    static List<String> texts(int mixtures) {
        List<String> texts = new ArrayList<>(PIECES);
        Random random = new Random(13);
        for (int at = 0; at < mixtures; at++) {
            StringBuilder text = new StringBuilder();
            for (int piece = random.nextInt(6); piece >= 0; piece--) {
                text.append(PIECES.get(random.nextInt(PIECES.size())));
            }
            texts.add(text.toString());
        }
        texts.add("long ".repeat(30_000));
        texts.add("x".repeat(200_000));
        return texts;
    }

    /// @return a pod with the texts as arguments, and some as names and values of annotations
    static Pod pod(List<String> texts) {
        Map<String, String> annotations = new LinkedHashMap<>();
        texts.stream().limit(200).forEach(text -> annotations.put(text, text));
        annotations.put("k".repeat(2000), "v");
        // spotless:off
        return new PodBuilder()
                .withNewMetadata()
                    .withName("hostile")
                    .withAnnotations(annotations)
                .endMetadata()
                .withNewSpec()
                    .addNewContainer()
                        .withName("main")
                        .withArgs(texts)
                    .endContainer()
                .endSpec()
                .build();
        // spotless:on
    }
}
