package io.interlinkgateway.representation;

import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.Findings;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.failure.Text;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The query parameter `label`, which may be repeated.
public final class LabelParameter {

    private LabelParameter() {}

    /// @param texts each `key=value`
    /// @return the values by their keys, in the order of the texts
    /// @throws GatewayException.Rejected if a text has another form, or a key has two values
    public static Map<String, String> parse(List<String> texts) {
        Findings findings = new Findings();
        Map<String, String> labels = new LinkedHashMap<>();
        for (String text : texts) {
            int equals = text.indexOf('=');
            if (equals < 1) {
                findings.add(
                        Finding.error(
                                "label",
                                "label",
                                "The parameter label must be key=value.",
                                "Write it like label=experiment=3dgan."));
                continue;
            }
            String key = text.substring(0, equals);
            String value = text.substring(equals + 1);
            if (!labels.merge(key, value, (first, _) -> first).equals(value)) {
                findings.add(
                        Finding.error(
                                "label",
                                "label",
                                "The label \""
                                        + Text.shown(key)
                                        + "\" is requested with two values, but a job has only"
                                        + " one.",
                                "Send one request for each value."));
            }
        }
        findings.rejectErrors();
        return labels;
    }
}
