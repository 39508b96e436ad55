package io.interlinkgateway.sandbox;

import io.interlinkgateway.contract.JobEventsContract;
import io.interlinkgateway.contract.ObservedJobs;
import io.interlinkgateway.event.JobEvents;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.pod.JobStore;
import org.junit.jupiter.api.AfterEach;

class SandboxJobEventsTests extends JobEventsContract {

    private final Sandbox sandbox = new Sandbox();

    @AfterEach
    void close() {
        sandbox.close();
    }

    @Override
    protected JobEvents events() {
        return sandbox.events;
    }

    @Override
    protected JobStore jobs() {
        return sandbox.jobs;
    }

    @Override
    protected Workspace freshWorkspace() {
        return Sandbox.freshWorkspace();
    }

    @Override
    protected ObservedJobs observed() {
        return sandbox.observed;
    }

    @Override
    protected NodeName node() {
        return sandbox.node;
    }
}
