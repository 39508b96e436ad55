/// What happened to jobs, and their logs, for longer than their pods exist: the ports
/// [io.interlinkgateway.history.JobHistory] and [io.interlinkgateway.history.LogArchive], what fills them, and the
/// endpoints. Live jobs do not need it (docs/adr/0025-history.md).
@ApplicationModule(
        allowedDependencies = {
            "failure",
            "job",
            "node",
            "pod",
            "record",
            "event",
            "log",
            "log :: feed",
            "caller",
            "representation",
            "web"
        })
@NullMarked
package io.interlinkgateway.history;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
