package io.interlinkgateway.submission;

import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// Features of SLURM that operators allow.
///
/// @param allowedOptions the long names of `sbatch` options that the sites' own SLURM plugins add. Other options that
///     plain `sbatch` does not have are refused. By default none is allowed
@ConfigurationProperties("gateway.slurm")
record SlurmProperties(@DefaultValue Set<String> allowedOptions) {}
