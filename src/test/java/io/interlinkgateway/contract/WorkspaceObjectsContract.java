package io.interlinkgateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.credential.Credentials;
import io.interlinkgateway.credential.MlflowCredential;
import io.interlinkgateway.job.CredentialName;
import io.interlinkgateway.job.MissingObject;
import io.interlinkgateway.job.ObjectName;
import io.interlinkgateway.job.ObjectReference;
import io.interlinkgateway.job.ObjectReference.Kind;
import io.interlinkgateway.job.ObjectReference.Use;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.job.WorkspaceObjects;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// What [WorkspaceObjects] promises.
public abstract class WorkspaceObjectsContract {

    private static final ObjectName NAME = new ObjectName("mlflow-server");
    private static final MlflowCredential ADA =
            new MlflowCredential("ada", "Gr8-S3cret", Optional.empty());

    private Workspace workspace = new Workspace("not-yet");

    /// @return the port
    protected abstract WorkspaceObjects objects();

    /// @return the port that goes with it
    protected abstract Credentials credentials();

    /// @return a workspace that is there and holds nothing, another at each call
    protected abstract Workspace freshWorkspace();

    @BeforeEach
    void chooseWorkspace() {
        workspace = freshWorkspace();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aMissingObjectIsNotFound(Kind kind) {
        assertThat(objects().find(workspace, kind, NAME)).isEmpty();
    }

    @Test
    void aCredentialIsASecretWithTwoKeys() {
        credentials().put(workspace, new CredentialName(NAME.value()), ADA);

        assertThat(objects().find(workspace, Kind.SECRET, NAME))
                .contains(Set.of("username", "password"));
    }

    @Test
    void aSecretIsNotFoundAsAConfigMap() {
        credentials().put(workspace, new CredentialName(NAME.value()), ADA);

        assertThat(objects().find(workspace, Kind.CONFIG_MAP, NAME)).isEmpty();
    }

    @Test
    void workspacesAreSeparate() {
        credentials().put(freshWorkspace(), new CredentialName(NAME.value()), ADA);

        assertThat(objects().find(workspace, Kind.SECRET, NAME)).isEmpty();
    }

    @Test
    void aDeletedCredentialIsMissingAgain() {
        credentials().put(workspace, new CredentialName(NAME.value()), ADA);
        credentials().delete(workspace, new CredentialName(NAME.value()));

        assertThat(objects().find(workspace, Kind.SECRET, NAME)).isEmpty();
    }

    @Test
    void theHintForACredentialIsTheEndpointThatCreatesIt() {
        assertThat(objects().hint(workspace, missing(Kind.SECRET, false, "password")))
                .isEqualTo(
                        "Create it with PUT /api/v1/mlflow-credentials/mlflow-server?workspace="
                                + workspace
                                + " and a JSON body with username and password.");
    }

    /// A missing object of the name `mlflow-server`.
    ///
    /// @param kind its kind
    /// @param exists whether only keys are missing
    /// @param keys what is missing
    /// @return as a search would find it
    protected static MissingObject missing(Kind kind, boolean exists, String... keys) {
        return new MissingObject(
                new ObjectReference(
                        kind, NAME.value(), Set.of(keys), false, Use.ENVIRONMENT, "spec"),
                exists,
                Set.of(keys));
    }
}
