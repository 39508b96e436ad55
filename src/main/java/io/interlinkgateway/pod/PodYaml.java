package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.interlinkgateway.job.PodManifest;
import java.util.Map;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Dump;
import org.snakeyaml.engine.v2.api.DumpSettings;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.representer.StandardRepresenter;

/// Writes a pod as YAML that all parsers read in the same way: kubectl (Go), Java and Python, YAML 1.1 and 1.2.
/// Parsers differ about line separators (U+0085, U+2028, U+2029), control characters and U+FEFF, and about which
/// plain scalars are numbers or booleans. So a text is a plain scalar only if it looks like a word and is not a
/// number or boolean for any of them; other texts are in double quotes, with escapes for characters that are not
/// printable ASCII. Scripts of printable ASCII keep their lines (literal style).
public final class PodYaml {

    private static final KubernetesSerialization SERIALIZATION = new KubernetesSerialization();
    private static final DumpSettings SETTINGS =
            DumpSettings.builder()
                    .setDefaultFlowStyle(FlowStyle.BLOCK)
                    .setExplicitStart(true)
                    .setUseUnicodeEncoding(false)
                    .setSplitLines(false)
                    .setWidth(Integer.MAX_VALUE)
                    .build();
    private static final Pattern WORDS =
            Pattern.compile(
                    "[A-Za-z/](?:[-A-Za-z0-9_./@=+]|:(?=[A-Za-z0-9/])| (?=[A-Za-z0-9/]))*+");
    private static final Pattern CONSTANT =
            Pattern.compile("(?i)y|n|yes|no|on|off|true|false|null");
    private static final Pattern LINES =
            Pattern.compile("[!-~](?:[ -~]*[!-~])?(?:\n+(?:[ -~]*[!-~])?)*+");

    private PodYaml() {}

    /// @param pod any pod
    /// @return one document with all fields of the pod; lines end with a line feed
    public static String of(Pod pod) {
        return new Dump(SETTINGS, new Texts())
                .dumpToString(SERIALIZATION.convertValue(pod, Map.class));
    }

    /// @param manifest a pod's tree
    /// @return as [#of(Pod)]
    public static String of(PodManifest manifest) {
        return new Dump(SETTINGS, new Texts()).dumpToString(manifest.document());
    }

    private static final class Texts extends StandardRepresenter {

        private Texts() {
            super(SETTINGS);
            representers.put(
                    String.class,
                    text -> representScalar(Tag.STR, (String) text, style((String) text)));
        }
    }

    private static ScalarStyle style(String text) {
        if (WORDS.matcher(text).matches() && !CONSTANT.matcher(text).matches()) {
            return ScalarStyle.PLAIN;
        }
        return text.indexOf('\n') > 0 && !text.endsWith("\n\n") && LINES.matcher(text).matches()
                ? ScalarStyle.LITERAL
                : ScalarStyle.DOUBLE_QUOTED;
    }
}
