package io.interlinkgateway;

import java.lang.management.ManagementFactory;
import java.util.stream.LongStream;

/// What work costs the processor. Other work on the machine hardly changes it, unlike the time on a clock, so a test can
/// compare two costs.
public final class ProcessorTime {

    private static final int TRIES = 5;

    private ProcessorTime() {}

    /// Runs each several times and takes the lowest cost, first of the large work, which leaves both compiled.
    ///
    /// @param large on one thread
    /// @param small on one thread
    /// @return how many times the cost of the small work the large one has
    public static double ratio(Runnable large, Runnable small) {
        return (double) lowest(large) / lowest(small);
    }

    private static long lowest(Runnable work) {
        return LongStream.generate(() -> cost(work)).limit(TRIES).min().orElseThrow();
    }

    private static long cost(Runnable work) {
        long before = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
        work.run();
        return Math.max(1, ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - before);
    }
}
