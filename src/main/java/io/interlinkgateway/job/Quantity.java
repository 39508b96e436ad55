package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import java.math.BigDecimal;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An amount in Kubernetes' notation: `48`, `500m`, `150Gi`.
///
/// @param text as the caller wrote it
public record Quantity(String text) {

    private static final Pattern FORM =
            Pattern.compile(
                    "\\+?(\\d{1,18}(?:\\.\\d{0,9})?|\\.\\d{1,9})(n|u|m|k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?\\d{1,2})?");
    private static final Map<String, BigDecimal> FACTORS =
            Map.ofEntries(
                    Map.entry("n", new BigDecimal("0.000000001")),
                    Map.entry("u", new BigDecimal("0.000001")),
                    Map.entry("m", new BigDecimal("0.001")),
                    Map.entry("k", BigDecimal.TEN.pow(3)),
                    Map.entry("M", BigDecimal.TEN.pow(6)),
                    Map.entry("G", BigDecimal.TEN.pow(9)),
                    Map.entry("T", BigDecimal.TEN.pow(12)),
                    Map.entry("P", BigDecimal.TEN.pow(15)),
                    Map.entry("E", BigDecimal.TEN.pow(18)),
                    Map.entry("Ki", BigDecimal.TWO.pow(10)),
                    Map.entry("Mi", BigDecimal.TWO.pow(20)),
                    Map.entry("Gi", BigDecimal.TWO.pow(30)),
                    Map.entry("Ti", BigDecimal.TWO.pow(40)),
                    Map.entry("Pi", BigDecimal.TWO.pow(50)),
                    Map.entry("Ei", BigDecimal.TWO.pow(60)));

    /// @throws InvalidValueException if it is not an amount
    public Quantity {
        if (!FORM.matcher(text).matches()) {
            throw new InvalidValueException(
                    "\"" + Text.shown(text) + "\" is not an amount.",
                    "Write it like 4, 500m, 16Gi or 200G.");
        }
    }

    /// @return the amount in the base unit (cores, bytes, devices)
    public BigDecimal amount() {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalStateException("validated in the constructor: " + text);
        }
        BigDecimal number = new BigDecimal(matcher.group(1));
        String unit = matcher.group(2);
        if (unit == null) {
            return number;
        }
        BigDecimal factor = FACTORS.get(unit);
        return factor == null ? new BigDecimal(matcher.group(1) + unit) : number.multiply(factor);
    }

    @Override
    public String toString() {
        return text;
    }
}
