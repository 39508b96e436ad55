package io.interlinkgateway.history;

import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// The canonical form of JSON (RFC 8785): members sorted by their names, no white space, texts with the fewest escapes,
/// numbers as JavaScript writes them. Documents that are equal have the same bytes, whichever program wrote them.
final class CanonicalJson {

    /// The decimal places up to which JavaScript writes a number without an exponent.
    private static final int MAX_PLAIN = 21;

    private static final int MIN_PLAIN = -6;

    private final StringBuilder text = new StringBuilder();

    private CanonicalJson() {}

    /// @param document a JSON document
    /// @return its canonical form
    static String of(JsonNode document) {
        CanonicalJson canonical = new CanonicalJson();
        canonical.write(document);
        return canonical.text.toString();
    }

    /// @param document a JSON document
    /// @return the SHA-256 of its canonical form in UTF-8, as 64 hexadecimal digits
    static String digest(JsonNode document) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(of(document).getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private void write(JsonNode node) {
        if (node.isObject()) {
            TreeMap<String, JsonNode> members = new TreeMap<>();
            node.properties().forEach(member -> members.put(member.getKey(), member.getValue()));
            text.append('{');
            String separator = "";
            for (var member : members.entrySet()) {
                text.append(separator);
                string(member.getKey());
                text.append(':');
                write(member.getValue());
                separator = ",";
            }
            text.append('}');
        } else if (node.isArray()) {
            text.append('[');
            for (Iterator<JsonNode> items = node.iterator(); items.hasNext(); ) {
                write(items.next());
                text.append(items.hasNext() ? "," : "");
            }
            text.append(']');
        } else if (node.isNumber()) {
            text.append(number(node.doubleValue()));
        } else if (node.isString()) {
            string(node.asString());
        } else {
            text.append(node);
        }
    }

    private void string(String value) {
        text.append('"');
        for (int at = 0; at < value.length(); at++) {
            char character = value.charAt(at);
            switch (character) {
                case '"' -> text.append("\\\"");
                case '\\' -> text.append("\\\\");
                case '\b' -> text.append("\\b");
                case '\t' -> text.append("\\t");
                case '\n' -> text.append("\\n");
                case '\f' -> text.append("\\f");
                case '\r' -> text.append("\\r");
                default -> {
                    if (character < ' ') {
                        text.append("\\u%04x".formatted((int) character));
                    } else {
                        text.append(character);
                    }
                }
            }
        }
        text.append('"');
    }

    /// Writes a number as JavaScript does (ECMAScript, Number::toString).
    static String number(double value) {
        if (value == 0) {
            return "0";
        }
        BigDecimal shortest = shortest(Math.abs(value)).stripTrailingZeros();
        String digits = shortest.unscaledValue().toString();
        int point = digits.length() - shortest.scale();
        String sign = value < 0 ? "-" : "";
        if (digits.length() <= point && point <= MAX_PLAIN) {
            return sign + digits + "0".repeat(point - digits.length());
        }
        if (0 < point && point <= MAX_PLAIN) {
            return sign + digits.substring(0, point) + "." + digits.substring(point);
        }
        if (MIN_PLAIN < point && point <= 0) {
            return sign + "0." + "0".repeat(-point) + digits;
        }
        String exponent = (point > 0 ? "+" : "-") + Math.abs(point - 1);
        return sign
                + digits.charAt(0)
                + (digits.length() > 1 ? "." + digits.substring(1) : "")
                + "e"
                + exponent;
    }

    /// Java writes at least two digits, also if one is enough (4.9E-324 for 5e-324).
    private static BigDecimal shortest(double value) {
        BigDecimal written = new BigDecimal(Double.toString(value));
        BigDecimal single = written.round(new MathContext(1));
        return single.doubleValue() == value ? single : written;
    }
}
