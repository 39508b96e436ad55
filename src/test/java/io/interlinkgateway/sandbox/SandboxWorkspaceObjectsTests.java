package io.interlinkgateway.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.contract.WorkspaceObjectsContract;
import io.interlinkgateway.credential.Credentials;
import io.interlinkgateway.job.ObjectReference.Kind;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.job.WorkspaceObjects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SandboxWorkspaceObjectsTests extends WorkspaceObjectsContract {

    private final Sandbox sandbox = new Sandbox();

    @AfterEach
    void close() {
        sandbox.close();
    }

    @Override
    protected WorkspaceObjects objects() {
        return sandbox.credentials;
    }

    @Override
    protected Credentials credentials() {
        return sandbox.credentials;
    }

    @Override
    protected Workspace freshWorkspace() {
        return Sandbox.freshWorkspace();
    }

    @Test
    void noHintNeedsACluster() {
        Workspace workspace = Sandbox.freshWorkspace();

        assertThat(objects().hint(workspace, missing(Kind.SECRET, true, "token")))
                .contains("keys username and password")
                .doesNotContain("kubectl");
        assertThat(objects().hint(workspace, missing(Kind.CONFIG_MAP, false)))
                .contains("no ConfigMaps")
                .doesNotContain("kubectl");
    }
}
