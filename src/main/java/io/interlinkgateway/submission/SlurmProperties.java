package io.interlinkgateway.submission;

import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// What operators open beyond what the gateway knows of SLURM.
///
/// @param allowedOptions long names of options that `sbatch` has at the nodes' sites by its plugins; none unless
///     configured
@ConfigurationProperties("gateway.slurm")
record SlurmProperties(@DefaultValue Set<String> allowedOptions) {}
