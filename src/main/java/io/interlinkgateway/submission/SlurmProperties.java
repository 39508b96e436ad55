package io.interlinkgateway.submission;

import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// What operators open beyond what the gateway knows of SLURM.
///
/// @param allowedOptions long names of `sbatch` options that the sites of the nodes add by their own plugins; other
///     options that `sbatch` itself does not have are refused. None unless configured
@ConfigurationProperties("gateway.slurm")
record SlurmProperties(@DefaultValue Set<String> allowedOptions) {}
