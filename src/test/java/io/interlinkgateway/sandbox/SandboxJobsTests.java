package io.interlinkgateway.sandbox;

import io.interlinkgateway.contract.JobsContract;
import io.interlinkgateway.credential.Credentials;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.pod.JobStore;
import org.junit.jupiter.api.AfterEach;

class SandboxJobsTests extends JobsContract {

    private final Sandbox sandbox = new Sandbox();

    @AfterEach
    void close() {
        sandbox.close();
    }

    @Override
    protected JobStore jobs() {
        return sandbox.jobs;
    }

    @Override
    protected Credentials credentials() {
        return sandbox.credentials;
    }

    @Override
    protected Workspace freshWorkspace() {
        return Sandbox.freshWorkspace();
    }

    @Override
    protected NodeName node() {
        return sandbox.node;
    }
}
