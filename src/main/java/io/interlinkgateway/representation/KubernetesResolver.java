package io.interlinkgateway.representation;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.resolver.Resolver;

/// Determines the type of an unquoted YAML scalar by kubectl's rules: YAML 1.1 with its `y`, `yes` and octal numbers,
/// and the `0o` of YAML 1.2, but without dates and base-60 numbers, so that `2026-01-01` and `12:30` are texts.
final class KubernetesResolver extends Resolver {

    private static final Set<String> TRUTHS =
            Set.of("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON");
    private static final Set<String> UNTRUTHS =
            Set.of("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF");
    private static final Set<String> NULLS = Set.of("", "~", "null", "Null", "NULL");
    private static final Set<String> NO_NUMBERS_IN_JSON =
            Set.of(
                    ".nan", ".NaN", ".NAN", ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF",
                    "-.inf", "-.Inf", "-.INF");
    private static final Pattern INTEGER =
            Pattern.compile(
                    "([-+]?)(?:0[bB]([01]++)|0[oO]?([0-7]++)|0[xX]([0-9a-fA-F]++)|(0|[1-9][0-9]*+))");
    private static final Pattern DECIMAL =
            Pattern.compile("[-+]?(?:\\.[0-9]++|[0-9]++(?:\\.[0-9]*+)?)(?:[eE][-+]?[0-9]++)?");

    // After a leading decimal point, Go allows underscores only between digits; otherwise anywhere.
    private static final Pattern LOOSE_UNDERSCORE = Pattern.compile("(?<![0-9])_|_(?![0-9])");

    // 64 binary digits with sign and prefix
    private static final int LONGEST_INTEGER = 67;

    // From this value on, JSON numbers have an exponent; no whole number in a pod is as large.
    private static final double LARGEST_WHOLE = 1e21;

    @Override
    protected void addImplicitResolvers() {
        // Everything is in resolve, because the patterns of YAML 1.1 differ from kubectl's.
    }

    @Override
    public Tag resolve(NodeId kind, String value, boolean implicit) {
        if (kind != NodeId.scalar || !implicit) {
            return super.resolve(kind, value, implicit);
        }
        if (NULLS.contains(value)) {
            return Tag.NULL;
        }
        if (truth(value).isPresent()) {
            return Tag.BOOL;
        }
        if (value.equals("<<")) {
            return Tag.MERGE;
        }
        if (NO_NUMBERS_IN_JSON.contains(value)) {
            return Tag.FLOAT;
        }
        return number(value)
                .map(number -> number instanceof Double ? Tag.FLOAT : Tag.INT)
                .orElse(Tag.STR);
    }

    /// @param scalar any text
    /// @return the boolean value; empty if it is not a boolean
    static Optional<Boolean> truth(String scalar) {
        return TRUTHS.contains(scalar) || UNTRUTHS.contains(scalar)
                ? Optional.of(TRUTHS.contains(scalar))
                : Optional.empty();
    }

    /// The number that kubectl writes to JSON for a scalar.
    ///
    /// @param scalar any text
    /// @return a [Long] or [BigInteger] if it is whole and below 10^21, else a [Double]; empty if it is not a number
    static Optional<Number> number(String scalar) {
        if (scalar.isEmpty() || "+-.0123456789".indexOf(scalar.charAt(0)) < 0) {
            return Optional.empty();
        }
        boolean isSpaced = scalar.charAt(0) != '.' || !LOOSE_UNDERSCORE.matcher(scalar).find();
        String plain = isSpaced ? scalar.replace("_", "") : scalar;
        return integer(plain).or(() -> decimal(plain));
    }

    private static Optional<Number> integer(String plain) {
        var parts = INTEGER.matcher(plain);
        if (plain.length() > LONGEST_INTEGER || !parts.matches()) {
            return Optional.empty();
        }
        int[] radixes = {2, 8, 16, 10};
        for (int form = 0; form < radixes.length; form++) {
            String digits = parts.group(form + 2);
            if (digits != null) {
                BigInteger number = new BigInteger(parts.group(1) + digits, radixes[form]);
                boolean fits =
                        number.signum() < 0 ? number.bitLength() < 64 : number.bitLength() <= 64;
                return fits ? Optional.of(shortest(number)) : Optional.empty();
            }
        }
        return Optional.empty();
    }

    private static Optional<Number> decimal(String plain) {
        if (!DECIMAL.matcher(plain).matches()) {
            return Optional.empty();
        }
        double number = Double.parseDouble(plain);
        if (Double.isInfinite(number)) {
            return Optional.empty();
        }
        boolean whole = number == Math.rint(number) && Math.abs(number) < LARGEST_WHOLE;
        return Optional.of(
                whole ? shortest(new BigDecimal(number).toBigIntegerExact()) : (Number) number);
    }

    private static Number shortest(BigInteger number) {
        return number.bitLength() < Long.SIZE ? (Number) number.longValueExact() : number;
    }
}
