package io.interlinkgateway.history;

import io.interlinkgateway.history.LogStorage.Log;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// The logs that are read for the archive now, so that no two threads read the same one.
final class LogsBeingRead {

    private final Set<Log> beingRead = new HashSet<>();

    /// Begins to read a log, once no other thread reads it.
    ///
    /// @param end how long that is waited for, as [System#nanoTime]
    /// @return false if another thread still does at that time
    synchronized boolean begin(Log log, long end) throws InterruptedException {
        while (!beingRead.add(log)) {
            long left = end - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return true;
    }

    /// The log is not read any more.
    synchronized void end(Log log) {
        beingRead.remove(log);
        notifyAll();
    }
}
