package io.interlinkgateway.sandbox;

import io.interlinkgateway.compute.ComputeThreads;
import io.interlinkgateway.contract.ObservedJobs;
import io.interlinkgateway.event.JobEvents;
import io.interlinkgateway.event.WalltimeTimers;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.log.JobLogs;
import io.interlinkgateway.pod.JobStore;
import io.interlinkgateway.sandbox.node.LocalNode;
import io.interlinkgateway.sandbox.node.PodStore;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/// A whole sandbox for a test, to be closed after it.
public final class Sandbox implements AutoCloseable {

    private static final AtomicInteger WORKSPACES = new AtomicInteger();

    final PodStore pods = new PodStore();
    public final ObservedJobs observed = new ObservedJobs();
    public final SandboxCredentials credentials;
    final LocalNode localNode;
    public final JobStore jobs;
    final JobEvents events;
    public final JobLogs logs;
    public final NodeName node;

    public Sandbox(int runningJobs) {
        this(runningJobs, Duration.ofMinutes(5));
    }

    /// @param mountPatience how long pods wait for what they mount
    public Sandbox(int runningJobs, Duration mountPatience) {
        Clock clock = Clock.systemUTC();
        SandboxProperties properties =
                new SandboxProperties(
                        "sandbox", runningJobs, Duration.ofMillis(500), Duration.ofSeconds(20));
        node = properties.nodeName();
        credentials = new SandboxCredentials(clock);
        localNode =
                new LocalNode(properties.nodeSettings(), pods, credentials, clock, mountPatience);
        SandboxJobs sandboxJobs =
                new SandboxJobs(
                        properties,
                        pods,
                        localNode,
                        credentials,
                        observed,
                        new ComputeThreads(2),
                        clock);
        jobs = sandboxJobs;
        events =
                new SandboxJobEvents(
                        pods, sandboxJobs::read, observed, WalltimeTimers.withoutMarks());
        logs = new SandboxJobLogs(pods, localNode, credentials);
    }

    public Sandbox() {
        this(8);
    }

    public static Workspace freshWorkspace() {
        return new Workspace("workspace-" + WORKSPACES.incrementAndGet());
    }

    @Override
    public void close() {
        localNode.close();
    }
}
