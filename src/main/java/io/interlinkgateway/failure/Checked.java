package io.interlinkgateway.failure;

import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// The result of a check: a value and all findings about it. So all findings can be reported together, and later
/// checks can continue with the value.
///
/// @param value the value; empty if the findings prevent further checks
/// @param findings errors and warnings in the order in which they were found; without a value at least one error
/// @param <T> the type of the value
public record Checked<T>(Optional<T> value, List<Finding> findings) {

    /// Copies the findings.
    ///
    /// @throws IllegalArgumentException if there is neither a value nor an error
    public Checked {
        findings = List.copyOf(findings);
        if (value.isEmpty() && !Findings.hasErrors(findings)) {
            throw new IllegalArgumentException("Without a value there must be an error.");
        }
    }

    /// @param value the value
    /// @param findings the findings about it
    /// @return the result
    public static <T> Checked<T> of(T value, List<Finding> findings) {
        return new Checked<>(Optional.of(value), findings);
    }

    /// @param findings findings with at least one error
    /// @return a result without a value
    public static <T> Checked<T> refused(List<Finding> findings) {
        return new Checked<>(Optional.empty(), findings);
    }

    /// @return whether one of the findings is an error
    public boolean hasErrors() {
        return Findings.hasErrors(findings);
    }

    /// Continues with the value, if there is one.
    ///
    /// @param step computes the next value
    /// @return the next value, with the findings of both
    public <U> Checked<U> then(Function<T, Checked<U>> step) {
        return value.map(step)
                .map(next ->
                        new Checked<>(
                                next.value,
                                Stream.concat(findings.stream(), next.findings.stream()).toList()))
                .orElseGet(() -> refused(findings));
    }

    /// @return the value
    /// @throws GatewayException.Rejected with all findings, if one is an error
    public T orReject() {
        return value.filter(_ -> !hasErrors())
                .orElseThrow(() -> new GatewayException.Rejected(findings));
    }
}
