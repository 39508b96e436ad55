package io.interlinkgateway.cluster;

import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.interlinkgateway.contract.CredentialsContract;
import io.interlinkgateway.credential.Credentials;
import io.interlinkgateway.job.Workspace;
import java.util.Optional;

class KubernetesCredentialsIT extends CredentialsContract {

    private final TestCluster cluster = TestCluster.shared();

    @Override
    protected Credentials credentials() {
        return cluster.credentials();
    }

    @Override
    protected Workspace freshWorkspace() {
        return cluster.freshWorkspace();
    }

    @Override
    protected Optional<SecretMaker> others() {
        return Optional.of((workspace, name, data) ->
                cluster.client()
                        .resource(
                                new SecretBuilder()
                                        .withNewMetadata()
                                        .withName(name.value())
                                        .withNamespace(workspace.value())
                                        .endMetadata()
                                        .withType("Opaque")
                                        .withStringData(data)
                                        .build())
                        .fieldManager("kubectl-create")
                        .serverSideApply());
    }
}
