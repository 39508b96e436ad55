package io.interlinkgateway.caller;

import io.interlinkgateway.job.Fingerprint;
import io.interlinkgateway.job.InvalidValueException;
import io.interlinkgateway.job.Workspace;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// From the claims of one issuer to workspaces.
final class WorkspaceRules {

    private static final int LONGEST_VALUE = 1024;
    private static final int LONGEST_NAME = 63;
    private static final int HASH = 10;

    /// Names that a claim may not lead to, whoever names the groups.
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
        public Optional<Workspace> workspaceFor(String said) {
            return value.equals(said) ? Optional.of(workspace) : Optional.empty();
        }
    }

    private record Matching(String claim, Pattern pattern, String template, Role role)
            implements Rule {

        @Override
        public Optional<Workspace> workspaceFor(String said) {
            Matcher matcher = pattern.matcher(said);
            return matcher.matches() ? named(matcher.replaceFirst(template)) : Optional.empty();
        }
    }

    private static Rule compiled(SecurityProperties.Rule rule) {
        if (rule.value() != null) {
            return new Exact(
                    rule.claim(), rule.value(), new Workspace(rule.workspace()), rule.role());
        }
        Pattern pattern = Pattern.compile(String.valueOf(rule.pattern()));
        Matcher groups = Pattern.compile("\\$(\\d)").matcher(rule.workspace());
        int most = pattern.matcher("").groupCount();
        if (groups.results().anyMatch(group -> Integer.parseInt(group.group(1)) > most)) {
            throw new IllegalArgumentException(
                    "The pattern " + pattern + " has no such group as in " + rule.workspace());
        }
        return new Matching(rule.claim(), pattern, rule.workspace(), rule.role());
    }

    /// @param claims anything, in any form
    /// @return the role in each workspace, in the order of the rules; where several give one, the highest
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

    /// A text that is no name becomes one that no other text becomes: its digest makes `a.b` and `a-b` differ.
    private static Optional<Workspace> named(String text) {
        try {
            return Optional.of(new Workspace(text))
                    .filter(workspace ->
                            !text.startsWith("kube-") && !RESERVED.contains(workspace.value()));
        } catch (InvalidValueException noName) {
            String legible =
                    text.toLowerCase(Locale.ROOT)
                            .replaceAll("[^a-z0-9]+", "-")
                            .replaceAll("^-|-$", "");
            String cut =
                    legible.substring(0, Math.min(legible.length(), LONGEST_NAME - HASH - 1))
                            .replaceAll("-$", "");
            return Optional.of(
                    new Workspace(
                            (cut.isEmpty() ? "w" : cut)
                                    + "-"
                                    + Fingerprint.of(text).substring(0, HASH)));
        }
    }
}
