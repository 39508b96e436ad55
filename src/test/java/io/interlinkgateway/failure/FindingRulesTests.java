package io.interlinkgateway.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The gateway's sources are read: a rule is the first argument of what makes a finding, and a literal somewhere.
class FindingRulesTests {

    private static final Path SOURCES = Path.of("src/main/java");
    private static final Pattern TAKES_RULE = Pattern.compile("\\b(\\w+)\\(\\s*String rule\\b");
    private static final Pattern CONSTANT = Pattern.compile("\\bRULE = \"([^\"]+)\"");
    private static final Pattern RULE = Pattern.compile("\"([a-z0-9]+(?:-[a-z0-9]+)*)\"");

    @Test
    void theSetHasEveryRuleThatAFindingUsesAndNoOther() throws IOException {
        List<String> sources = sources();
        String makers =
                sources.stream()
                        .flatMap(source -> TAKES_RULE.matcher(source).results())
                        .map(declaration -> declaration.group(1))
                        .distinct()
                        .collect(Collectors.joining("|"));
        Pattern made =
                Pattern.compile(
                        "\\b(?:" + makers + ")\\(\\s*(?:(\"[^\"]+\"),|switch [^{]*\\{([^}]*)\\})");

        Set<String> used = new TreeSet<>();
        for (String source : sources) {
            CONSTANT.matcher(source).results().forEach(rule -> used.add(rule.group(1)));
            made.matcher(source)
                    .results()
                    .map(FindingRulesTests::ruleOf)
                    .flatMap(text -> RULE.matcher(text).results())
                    .forEach(rule -> used.add(rule.group(1)));
        }

        assertThat(used).contains("slurm-flags", "secret-exists", "limit-partition");
        assertThat(FindingRules.ALL).containsExactlyInAnyOrderElementsOf(used);
    }

    private static String ruleOf(MatchResult made) {
        return made.group(1) == null ? made.group(2) : made.group(1);
    }

    private static List<String> sources() throws IOException {
        try (Stream<Path> files = Files.walk(SOURCES)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .map(FindingRulesTests::read)
                    .toList();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
