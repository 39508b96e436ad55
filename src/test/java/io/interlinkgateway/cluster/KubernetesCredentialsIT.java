package io.interlinkgateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.Requires;
import io.interlinkgateway.contract.CredentialsContract;
import io.interlinkgateway.credential.CredentialSummary;
import io.interlinkgateway.credential.Credentials;
import io.interlinkgateway.credential.MlflowCredential;
import io.interlinkgateway.credential.MlflowLogin;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.CredentialName;
import io.interlinkgateway.job.Workspace;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

@Requires(Component.CONTROL_PLANE)
class KubernetesCredentialsIT extends CredentialsContract {

    private static final CredentialName NAME = new CredentialName("mlflow-server");
    private static final MlflowCredential ADA =
            new MlflowCredential("ada", "s3cret", Optional.empty());

    private final TestCluster cluster = TestCluster.shared();

    @Override
    protected Credentials credentials() {
        return cluster.credentials();
    }

    @Override
    protected Workspace freshWorkspace() {
        return cluster.freshWorkspace();
    }

    @Test
    void aSecretOfOthersWithUsernameAndPasswordIsACredential() {
        Workspace workspace = freshWorkspace();
        kubectlCreates(workspace, Map.of("username", "XYZ", "password", "ABC"));

        assertThat(credentials().list(workspace))
                .map(CredentialSummary::username)
                .containsExactly(Optional.of("XYZ"));
        assertThat(credentials().find(workspace, NAME).orElseThrow().managedBy())
                .isEqualTo("kubectl");
        assertThat(credentials().reveal(workspace, NAME))
                .contains(new MlflowCredential("XYZ", "ABC", Optional.empty()));
        assertThat(credentials().put(workspace, NAME, ADA).created()).isFalse();
        assertThat(credentials().delete(workspace, NAME)).isTrue();
    }

    @Test
    void aSecretOfOthersWithATokenForMlflowIsACredential() {
        Workspace workspace = freshWorkspace();
        kubectlCreates(workspace, Map.of("mlflow-token", "T0KEN", "other", "stays"));

        assertThat(credentials().reveal(workspace, NAME))
                .contains(new MlflowCredential(new MlflowLogin.Token("T0KEN"), Optional.empty()));
        assertThat(credentials().put(workspace, NAME, ADA).created()).isFalse();
        assertThat(
                        cluster.client()
                                .secrets()
                                .inNamespace(workspace.value())
                                .withName(NAME.value())
                                .get()
                                .getData())
                .containsOnlyKeys("username", "password", "other");
    }

    @Test
    void aSecretThatIsNotACredentialIsNotChanged() {
        Workspace workspace = freshWorkspace();
        kubectlCreates(workspace, Map.of("token", "of something else"));

        assertThat(credentials().find(workspace, NAME)).isEmpty();
        assertThat(credentials().list(workspace)).isEmpty();
        assertThat(credentials().reveal(workspace, NAME)).isEmpty();
        assertThat(credentials().delete(workspace, NAME)).isFalse();
        assertThatExceptionOfType(GatewayException.Rejected.class)
                .isThrownBy(() -> credentials().put(workspace, NAME, ADA));
        assertThat(credentials().find(workspace, NAME)).isEmpty();
    }

    private void kubectlCreates(Workspace workspace, Map<String, String> data) {
        cluster.client()
                .resource(
                        new SecretBuilder()
                                .withNewMetadata()
                                .withName(NAME.value())
                                .withNamespace(workspace.value())
                                .endMetadata()
                                .withType("Opaque")
                                .withStringData(data)
                                .build())
                .fieldManager("kubectl-create")
                .serverSideApply();
    }
}
