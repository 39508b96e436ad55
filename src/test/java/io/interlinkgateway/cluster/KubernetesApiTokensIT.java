package io.interlinkgateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.Requires;
import io.interlinkgateway.caller.Role;
import io.interlinkgateway.contract.ApiTokensContract;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.token.ApiToken;
import io.interlinkgateway.token.ApiTokens;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

@Requires(Component.CONTROL_PLANE)
class KubernetesApiTokensIT implements ApiTokensContract {

    private final TestCluster cluster = TestCluster.shared();
    private final KubernetesApiTokens tokens =
            new KubernetesApiTokens(cluster.apiServer(), Deployment.NAME);

    @Override
    public ApiTokens tokens() {
        return tokens;
    }

    @Test
    void aTokenIsNotListedAsACredential() {
        Workspace namespace = new Workspace(Deployment.NAME);
        String id = UUID.randomUUID().toString().replace("-", "").substring(0, 16);
        tokens.add(
                new ApiToken(
                        id,
                        "ab".repeat(32),
                        "ada",
                        "name",
                        Role.VIEWER,
                        List.of(namespace),
                        Instant.EPOCH,
                        Instant.EPOCH));

        assertThat(cluster.credentials().list(namespace)).isEmpty();
    }
}
