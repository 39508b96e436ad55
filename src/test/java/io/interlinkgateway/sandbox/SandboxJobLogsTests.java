package io.interlinkgateway.sandbox;

import io.interlinkgateway.contract.JobLogsContract;
import io.interlinkgateway.job.Jobs;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.log.JobLogs;
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
    protected Jobs jobs() {
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
