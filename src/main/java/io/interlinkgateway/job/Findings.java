package io.interlinkgateway.job;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// Collects what is wrong with a caller's document, so that everything is said at once.
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
            findings.add(
                    Finding.error(
                            rule, field, String.valueOf(refused.getMessage()), refused.hint()));
            return Optional.empty();
        }
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
