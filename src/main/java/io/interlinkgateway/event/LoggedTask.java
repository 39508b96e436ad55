package io.interlinkgateway.event;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A task for an executor that logs unexpected failures. Without this, an executor drops the exception and does not run
/// a periodic task again.
///
/// @param task what is run; an exception that it throws is logged as an error and not thrown
public record LoggedTask(Runnable task) implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(LoggedTask.class);

    @Override
    public void run() {
        try {
            task.run();
        } catch (RuntimeException defect) {
            LOG.error("Unexpected failure", defect);
        }
    }
}
