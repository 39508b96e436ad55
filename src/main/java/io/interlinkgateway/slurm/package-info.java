/// What SLURM itself reports of the jobs of a virtual node, if the HPC has a slurmrestd: the port
/// [io.interlinkgateway.slurm.HpcJobs].
@ApplicationModule(allowedDependencies = {"failure", "job", "caller"})
@NullMarked
package io.interlinkgateway.slurm;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
