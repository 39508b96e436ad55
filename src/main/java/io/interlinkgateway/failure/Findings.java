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

/// Collects what is wrong with a caller's document, so that everything is reported at once: an instance where values
/// are made of it, streams where what there is already is checked.
public final class Findings {

    private static final int MOST = 100;

    private final List<Finding> findings = new ArrayList<>();

    /// Makes a value, or notes why it can't be made.
    ///
    /// @param rule the rule that the value must follow
    /// @param field the value's path in the document
    /// @param value makes the value
    /// @return the value, unless it was refused
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

    /// Notes why a value is refused, where it is.
    ///
    /// @param rule the rule that the value must follow
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

    /// @param found whether there is something to report
    /// @param finding makes the report
    /// @return it, or nothing
    public static Stream<Finding> onlyIf(boolean found, Supplier<Finding> finding) {
        return found ? Stream.of(finding.get()) : Stream.empty();
    }

    /// Checks the elements of a list.
    ///
    /// @param path the list's path in the document
    /// @param elements the list
    /// @param check what to find out about an element, by its path, which ends with its index in brackets
    /// @return the findings about all, in the order of the elements
    public static <T> Stream<Finding> ofEach(
            String path, List<T> elements, BiFunction<String, T, Stream<Finding>> check) {
        return IntStream.range(0, elements.size())
                .boxed()
                .flatMap(index -> check.apply(path + "[" + index + "]", elements.get(index)));
    }

    /// @param parts what several checks found
    /// @return all of it, in their order
    @SafeVarargs
    public static Stream<Finding> all(Stream<Finding>... parts) {
        Stream<Finding> all = Stream.empty();
        for (Stream<Finding> part : parts) {
            all = Stream.concat(all, part);
        }
        return all;
    }

    /// @param finding one more
    public void add(Finding finding) {
        findings.add(finding);
    }

    /// @param more in their order
    public void addAll(Collection<Finding> more) {
        findings.addAll(more);
    }

    /// @return all so far, in the order in which they were found
    public List<Finding> all() {
        return List.copyOf(findings);
    }

    /// @return whether one of them stops the job
    public boolean hasErrors() {
        return hasErrors(findings);
    }

    /// @param findings any number
    /// @return whether one of them stops the job
    public static boolean hasErrors(List<Finding> findings) {
        return findings.stream().anyMatch(finding -> finding.severity() == Finding.Severity.ERROR);
    }

    /// @throws GatewayException.Rejected with all findings, if one of them is an error
    public void rejectErrors() {
        if (hasErrors()) {
            throw new GatewayException.Rejected(findings);
        }
    }

    /// What of many findings is answered: nobody reads thousands.
    ///
    /// @param findings any number
    /// @return at most 100, errors before warnings where some are left out; the last one then says how many
    public static List<Finding> shown(List<Finding> findings) {
        if (findings.size() <= MOST) {
            return findings;
        }
        List<Finding> shown =
                findings.stream()
                        .sorted(Comparator.comparing(Finding::severity))
                        .limit(MOST - 1L)
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
