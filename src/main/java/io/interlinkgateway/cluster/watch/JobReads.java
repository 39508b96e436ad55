package io.interlinkgateway.cluster.watch;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.interlinkgateway.job.JobName;
import java.time.Duration;

/// Which jobs of a workspace callers have read: all of them, or single ones. The records of the others are not watched,
/// so a caller that waits for one job of many does not wait for requests that serve nobody.
final class JobReads {

    /// How many names are remembered. Callers may ask for names that no job has.
    private static final int MOST = 10_000;

    private final Duration recent;
    private final Cache<JobName, Boolean> single;
    private volatile long allReadAt;

    /// @param recent how long a job counts as read after it was
    JobReads(Duration recent) {
        this.recent = recent;
        this.single = Caffeine.newBuilder().expireAfterWrite(recent).maximumSize(MOST).build();
        this.allReadAt = System.nanoTime() - recent.toNanos() - 1;
    }

    /// Notes that all jobs are read.
    void all() {
        allReadAt = System.nanoTime();
    }

    /// Notes that one job is read.
    void one(JobName name) {
        single.put(name, true);
    }

    /// @return whether the job has been read recently
    boolean has(JobName name) {
        return System.nanoTime() - allReadAt <= recent.toNanos()
                || single.getIfPresent(name) != null;
    }
}
