/// Creating and deleting jobs: submit, replace, delete, resubmit, preflight. Start with
/// [io.interlinkgateway.submission.Submissions].
@ApplicationModule(
        allowedDependencies = {
            "failure",
            "job",
            "compute",
            "node",
            "credential",
            "caller",
            "representation",
            "pod",
            "history"
        })
@NullMarked
package io.interlinkgateway.submission;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
