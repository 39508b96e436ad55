package io.interlinkgateway.caller;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.job.Fingerprint;
import io.interlinkgateway.job.Workspace;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The rules that map claims of one issuer to workspaces.
final class WorkspaceRules {

    private static final int LONGEST_VALUE = 1024;
    private static final int LONGEST_NAME = 63;

    /// The number of hexadecimal digits of a digest: 80 bits. With 40 bits, a second text with the same digest and
    /// letters could be found within minutes.
    private static final int HASH = 20;

    /// The end of a name with a digest. No other name may end like this.
    private static final Pattern HASHED = Pattern.compile("-[0-9a-f]{" + HASH + "}$");

    private static final Pattern GROUP = Pattern.compile("\\$([0-9])");
    private static final Pattern LITERAL = Pattern.compile("[^$\\\\]*");
    private static final Pattern NOT_IN_NAMES = Pattern.compile("[^a-z0-9]+");

    /// Names that rules must not give.
    private static final Set<String> RESERVED = Set.of("default", "interlink-gateway");

    private final List<Rule> rules;

    /// @throws IllegalArgumentException if a rule can never give a workspace
    WorkspaceRules(List<SecurityProperties.Rule> rules) {
        this.rules = rules.stream().map(WorkspaceRules::compiled).toList();
    }

    private sealed interface Rule {

        String claim();

        Role role();

        Optional<Workspace> workspaceFor(String value);
    }

    private record Exact(String claim, String value, Workspace workspace, Role role)
            implements Rule {

        @Override
        public Optional<Workspace> workspaceFor(String text) {
            return value.equals(text) ? Optional.of(workspace) : Optional.empty();
        }
    }

    private record Matching(String claim, Pattern pattern, String template, Role role)
            implements Rule {

        @Override
        public Optional<Workspace> workspaceFor(String text) {
            Matcher matcher = pattern.matcher(text);
            return matcher.matches() ? named(filled(matcher)) : Optional.empty();
        }

        private String filled(Matcher match) {
            Matcher places = GROUP.matcher(template);
            StringBuilder text = new StringBuilder();
            while (places.find()) {
                String group = match.group(Integer.parseInt(places.group(1)));
                places.appendReplacement(
                        text, Matcher.quoteReplacement(Objects.requireNonNullElse(group, "")));
            }
            return places.appendTail(text).toString();
        }
    }

    private static Rule compiled(SecurityProperties.Rule rule) {
        if (rule.value() != null) {
            return new Exact(
                    rule.claim(), rule.value(), new Workspace(rule.workspace()), rule.role());
        }
        return new Matching(
                rule.claim(),
                pattern(String.valueOf(rule.pattern())),
                rule.workspace(),
                rule.role());
    }

    /// Checks that a pattern and the template of its workspace can give a workspace.
    ///
    /// @param pattern a regular expression that is applied to untrusted texts, so it must take linear time (RE2)
    /// @param workspace text without `\`, and `$1` to `$9` for the pattern's groups
    /// @throws IllegalArgumentException if not; the message explains what to write instead
    static void check(String pattern, String workspace) {
        int most = pattern(pattern).groupCount();
        Matcher groups = GROUP.matcher(workspace);
        while (groups.find()) {
            if (Integer.parseInt(groups.group(1)) > most) {
                throw new IllegalArgumentException(
                        "The pattern " + pattern + " has no such group as in " + workspace);
            }
        }
        if (!LITERAL.matches(groups.replaceAll(""))) {
            throw new IllegalArgumentException(
                    "The workspace "
                            + workspace
                            + " of a rule with a pattern has a $ without a digit after it, or a \\."
                            + " Write $1 to $9 for the pattern's groups.");
        }
    }

    private static Pattern pattern(String pattern) {
        try {
            return Pattern.compile(pattern);
        } catch (PatternSyntaxException refused) {
            throw new IllegalArgumentException(
                    "The pattern "
                            + pattern
                            + " of a rule can't be used: "
                            + refused.getDescription()
                            + ". Patterns have the syntax of RE2, which has no look-ahead,"
                            + " look-behind, back reference, possessive quantifier or atomic group."
                            + " Write the text to match literally, as in urn:group:([^:]+):member,"
                            + " or one rule with a value for each text.",
                    refused);
        }
    }

    /// @param claims any claims, of any types
    /// @return workspaces to roles, in the order of the rules; the highest role if several rules give a workspace
    SequencedMap<Workspace, Role> workspacesOf(Map<String, Object> claims) {
        SequencedMap<Workspace, Role> workspaces = new LinkedHashMap<>();
        for (Rule rule : rules) {
            texts(claim(claims, rule.claim()))
                    .filter(value -> value.length() <= LONGEST_VALUE)
                    .flatMap(value -> rule.workspaceFor(value).stream())
                    .forEach(workspace ->
                            workspaces.merge(
                                    workspace,
                                    rule.role(),
                                    (before, now) -> before.includes(now) ? before : now));
        }
        return workspaces;
    }

    private static @Nullable Object claim(Map<?, ?> claims, String path) {
        Object whole = claims.get(path);
        int dot = path.indexOf('.');
        if (whole != null || dot < 0) {
            return whole;
        }
        return claims.get(path.substring(0, dot)) instanceof Map<?, ?> inner
                ? claim(inner, path.substring(dot + 1))
                : null;
    }

    private static Stream<String> texts(@Nullable Object claim) {
        return switch (claim) {
            case String text -> Stream.of(text);
            case Collection<?> several ->
                    several.stream().filter(String.class::isInstance).map(String.class::cast);
            case null, default -> Stream.empty();
        };
    }

    /// Converts a text to a workspace's name. A text that is not a valid name, or that ends like a name with a
    /// digest, gets its digest appended. So the names of different texts are different, for example of `a.b` and
    /// `a-b`.
    private static Optional<Workspace> named(String text) {
        try {
            Workspace workspace = new Workspace(text);
            return HASHED.matcher(text).find()
                    ? Optional.of(hashed(text))
                    : Optional.of(workspace)
                            .filter(_ -> !text.startsWith("kube-") && !RESERVED.contains(text));
        } catch (InvalidValueException _) {
            return Optional.of(hashed(text));
        }
    }

    private static Workspace hashed(String text) {
        String legible = NOT_IN_NAMES.matcher(text.toLowerCase(Locale.ROOT)).replaceAll("-");
        int from = legible.startsWith("-") ? 1 : 0;
        int to = Math.min(legible.length(), from + LONGEST_NAME - HASH - 1);
        String cut = legible.substring(from, to);
        String stem = cut.endsWith("-") ? cut.substring(0, cut.length() - 1) : cut;
        return new Workspace(
                (stem.isEmpty() ? "w" : stem) + "-" + Fingerprint.of(text).substring(0, HASH));
    }
}
