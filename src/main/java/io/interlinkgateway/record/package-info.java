/// A job's own record in its log: which bytes are whose, and what they say. Start with
/// [io.interlinkgateway.record.PluginLog]. Knows no Kubernetes class.
@ApplicationModule(allowedDependencies = {"failure", "job"})
@NullMarked
package io.interlinkgateway.record;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
