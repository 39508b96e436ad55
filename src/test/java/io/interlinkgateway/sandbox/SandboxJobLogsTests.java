package io.interlinkgateway.sandbox;

import io.interlinkgateway.contract.JobLogsContract;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.log.JobLogs;
import io.interlinkgateway.pod.JobStore;
import org.junit.jupiter.api.AfterEach;

class SandboxJobLogsTests extends JobLogsContract {

    private final Sandbox sandbox = new Sandbox();

    @AfterEach
    void close() {
        sandbox.close();
    }

    @Override
    protected JobLogs logs() {
        return sandbox.logs;
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
    protected NodeName node() {
        return sandbox.node;
    }
}
