/// The record of a job in its log: which bytes of the log are the job's and which the plugin's, and what the
/// plugin's report. Start with [io.interlinkgateway.record.PluginLog]. Has no Kubernetes class.
@ApplicationModule(allowedDependencies = {"failure", "job"})
@NullMarked
package io.interlinkgateway.record;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
