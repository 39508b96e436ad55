package io.interlinkgateway.sandbox;

import io.interlinkgateway.contract.CredentialsContract;
import io.interlinkgateway.credential.Credentials;
import io.interlinkgateway.job.Workspace;
import org.junit.jupiter.api.AfterEach;

class SandboxCredentialsTests extends CredentialsContract {

    private final Sandbox sandbox = new Sandbox();

    @AfterEach
    void close() {
        sandbox.close();
    }

    @Override
    protected Credentials credentials() {
        return sandbox.credentials;
    }

    @Override
    protected Workspace freshWorkspace() {
        return Sandbox.freshWorkspace();
    }
}
