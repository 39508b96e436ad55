package io.interlinkgateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.AuthInfoBuilder;
import io.fabric8.kubernetes.api.model.Config;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.interlinkgateway.cluster.api.ApiServer;
import io.interlinkgateway.job.Workspace;
import java.time.Duration;
import java.util.Map;

/// What `kubectl apply -k deploy` makes, and its service account.
final class Deployment {

    static final String NAME = "interlink-gateway";

    private final TestCluster cluster;

    Deployment(TestCluster cluster) {
        this.cluster = cluster;
        Manifests.all().forEach(file -> Manifests.apply(cluster.client(), file, NAME));
    }

    /// Allows the gateway to make workspaces itself.
    void allowWorkspaceCreation() {
        Manifests.apply(cluster.client(), "workspace-creation.yaml", NAME);
    }

    /// @return a namespace that is open to the gateway
    Workspace freshWorkspace() {
        Workspace workspace = cluster.freshWorkspace();
        Manifests.apply(cluster.client(), "workspace.yaml", workspace.value());
        // The API server applies new permissions with a delay.
        await().pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(20))
                .until(() -> may("create pods", workspace));
        return workspace;
    }

    /// @param right a verb and a resource
    /// @return whether the service account has it
    boolean may(String right, Workspace workspace) {
        String[] parts = right.split("[ /]", -1);
        return cluster.client()
                .authorization()
                .v1()
                .subjectAccessReview()
                .create(
                        new SubjectAccessReviewBuilder()
                                .withNewSpec()
                                .withUser("system:serviceaccount:" + NAME + ":" + NAME)
                                .withNewResourceAttributes()
                                .withNamespace(parts[1].equals("nodes") ? null : workspace.value())
                                .withVerb(parts[0])
                                .withResource(parts[1])
                                .withSubresource(parts.length > 2 ? parts[2] : null)
                                .endResourceAttributes()
                                .endSpec()
                                .build())
                .getStatus()
                .getAllowed();
    }

    /// @return a kubeconfig with what the service account may do, and no more
    String kubeconfig() {
        ApiServer.Answer answer =
                cluster.apiServer()
                        .send(
                                "POST",
                                "/api/v1/namespaces/"
                                        + NAME
                                        + "/serviceaccounts/"
                                        + NAME
                                        + "/token",
                                Map.of(
                                        "apiVersion",
                                        "authentication.k8s.io/v1",
                                        "kind",
                                        "TokenRequest",
                                        "spec",
                                        Map.of("expirationSeconds", 3600)));
        assertThat(answer.successful()).as("token of the service account").isTrue();
        String token =
                Serialization.unmarshal(answer.body(), TokenRequest.class).getStatus().getToken();
        Config config = Serialization.unmarshal(cluster.kubeconfig(), Config.class);
        config.getUsers()
                .forEach(user -> user.setUser(new AuthInfoBuilder().withToken(token).build()));
        return Serialization.asYaml(config);
    }
}
