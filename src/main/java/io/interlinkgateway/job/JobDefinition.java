package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;
import java.util.List;
import java.util.function.UnaryOperator;

/// What a caller wants to run: a job spec, or a pod as for kubectl.
public sealed interface JobDefinition permits JobSpec, PodManifest {

    /// @return the names of its containers, in their order; without init containers
    List<String> containers();

    /// @param change changes a text
    /// @return the same definition with each text of it changed that reaches the job or the HPC: image, commands,
    ///     arguments, values of variables, shell text, options, and of a pod all other texts too
    /// @throws InvalidValueException if the changed definition breaks a rule
    JobDefinition withTexts(UnaryOperator<String> change);
}
