package io.interlinkgateway.failure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Collects findings about a caller's document, so that they are reported together. Instances are used where values
/// are created from the document, the methods with streams where existing values are checked.
public final class Findings {

    private static final int MAX_SHOWN = 100;

    private final List<Finding> findings = new ArrayList<>();

    /// Creates a value, or records why it is refused.
    ///
    /// @param rule the rule for the value
    /// @param field the value's path in the document
    /// @param value creates the value
    /// @return the value, or nothing if it was refused
    public <T> Optional<T> check(String rule, String field, Supplier<T> value) {
        try {
            return Optional.of(value.get());
        } catch (InvalidValueException refused) {
            findings.add(error(rule, field, refused));
            return Optional.empty();
        }
    }

    private static Finding error(String rule, String field, InvalidValueException refused) {
        return Finding.error(rule, field, String.valueOf(refused.getMessage()), refused.hint());
    }

    /// Reports why a value is refused, if it is.
    ///
    /// @param rule the rule for the value
    /// @param field the value's path in the document
    /// @param check throws [InvalidValueException] for a value that is refused
    /// @return an error, or nothing
    public static Stream<Finding> refusal(String rule, String field, Runnable check) {
        try {
            check.run();
            return Stream.empty();
        } catch (InvalidValueException refused) {
            return Stream.of(error(rule, field, refused));
        }
    }

    /// @param found whether there is a finding
    /// @param finding creates the finding
    /// @return the finding, or nothing
    public static Stream<Finding> onlyIf(boolean found, Supplier<Finding> finding) {
        return found ? Stream.of(finding.get()) : Stream.empty();
    }

    /// Checks the elements of a list.
    ///
    /// @param path the list's path in the document
    /// @param elements the list
    /// @param check checks an element, given its path, which ends with its index in brackets
    /// @return the findings about all elements, in order
    public static <T> Stream<Finding> ofEach(
            String path, List<T> elements, BiFunction<String, T, Stream<Finding>> check) {
        return IntStream.range(0, elements.size())
                .boxed()
                .flatMap(index -> check.apply(path + "[" + index + "]", elements.get(index)));
    }

    /// @param parts the findings of several checks
    /// @return all findings, in order
    @SafeVarargs
    public static Stream<Finding> all(Stream<Finding>... parts) {
        Stream<Finding> all = Stream.empty();
        for (Stream<Finding> part : parts) {
            all = Stream.concat(all, part);
        }
        return all;
    }

    /// @param finding a further finding
    public void add(Finding finding) {
        findings.add(finding);
    }

    /// @param more further findings, in order
    public void addAll(Collection<Finding> more) {
        findings.addAll(more);
    }

    /// @return all findings so far, in the order in which they were found
    public List<Finding> all() {
        return List.copyOf(findings);
    }

    /// @return whether one of them is an error
    public boolean hasErrors() {
        return hasErrors(findings);
    }

    /// @param findings any number
    /// @return whether one of them is an error
    public static boolean hasErrors(List<Finding> findings) {
        return findings.stream().anyMatch(finding -> finding.severity() == Finding.Severity.ERROR);
    }

    /// @throws GatewayException.Rejected with all findings, if one of them is an error
    public void rejectErrors() {
        if (hasErrors()) {
            throw new GatewayException.Rejected(findings);
        }
    }

    /// Limits the number of findings in a response.
    ///
    /// @param findings any number
    /// @return at most 100 findings; if some are omitted, errors come first and the last finding has the number of
    ///     omitted ones
    public static List<Finding> shown(List<Finding> findings) {
        if (findings.size() <= MAX_SHOWN) {
            return findings;
        }
        List<Finding> shown =
                findings.stream()
                        .sorted(Comparator.comparing(Finding::severity))
                        .limit(MAX_SHOWN - 1L)
                        .collect(Collectors.toCollection(ArrayList::new));
        shown.add(
                new Finding(
                        "more-findings",
                        shown.getLast().severity(),
                        "",
                        findings.size() - shown.size() + " more findings are not shown.",
                        "Correct these first."));
        return shown;
    }
}
