package io.interlinkgateway.sandbox;

import io.interlinkgateway.contract.RunningJobsContract;
import io.interlinkgateway.credential.Credentials;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.log.JobLogs;
import io.interlinkgateway.pod.JobStore;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;

class SandboxRunningJobsTests extends RunningJobsContract {

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
    protected JobLogs logs() {
        return sandbox.logs;
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

    @Override
    protected Duration patience() {
        return Duration.ofSeconds(20);
    }

    @Override
    protected String shortestWalltime() {
        return "00:00:01";
    }
}
