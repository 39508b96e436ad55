package io.interlinkgateway.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.Keycloak;
import io.interlinkgateway.bench.Requires;
import io.interlinkgateway.job.Workspace;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The packaged gateway on the real API server with people who log in at a real Keycloak.
@Requires({Component.CONTROL_PLANE, Component.KEYCLOAK})
class KeycloakIT {

    private static final String JSON = "application/json";
    private static final String JOB =
            """
            {"name": "of-ada", "node": "vega-new-vk", "image": "/images/busybox.sif",
             "command": ["sleep", "600"], "resources": {"limits": {"cpu": "1", "memory": "64Mi"}}}
            """;

    private static @Nullable Keycloak keycloak;
    private static @Nullable GatewayProcess gateway;
    private static @Nullable Workspace astronomers;
    private static String ada = "";
    private static String grace = "";

    @BeforeAll
    static void start(@TempDir Path folder) throws Exception {
        Keycloak started = Keycloak.start();
        keycloak = started;
        Deployment deployment = new Deployment(TestCluster.shared());
        astronomers = deployment.freshWorkspace();
        String issuer = "--gateway.security.issuers[1].";
        gateway =
                new GatewayProcess(
                        Files.writeString(folder.resolve("kubeconfig"), deployment.kubeconfig()),
                        issuer + "uri=" + started.issuer(),
                        issuer + "audiences=" + Keycloak.AUDIENCE,
                        issuer + "rules[0].claim=groups",
                        issuer + "rules[0].value=/astronomers",
                        issuer + "rules[0].workspace=" + astronomers,
                        issuer + "rules[1].claim=groups",
                        issuer + "rules[1].value=/geologists",
                        issuer + "rules[1].workspace=" + deployment.freshWorkspace());
        ada = started.logIn("ada");
        grace = started.logIn("grace");
    }

    @AfterAll
    static void stop() {
        if (gateway != null) {
            gateway.close();
        }
        if (keycloak != null) {
            keycloak.close();
        }
    }

    private static HttpResponse<String> send(String token, String method, String path, String body)
            throws IOException, InterruptedException {
        return Objects.requireNonNull(gateway).sendAs(token, method, path, JSON, body);
    }

    @Test
    void usersOfTwoGroupsHaveSeparateWorkspaces() throws Exception {
        assertThat(send(ada, "POST", "/api/v1/jobs", JOB).body())
                .contains("\"workspace\":\"" + astronomers + "\"");

        assertThat(send(ada, "GET", "/api/v1/jobs", "").body()).contains("of-ada");
        assertThat(send(grace, "GET", "/api/v1/jobs", "").body()).doesNotContain("of-ada");
        assertThat(send(grace, "GET", "/api/v1/jobs/of-ada", "").statusCode()).isEqualTo(404);
        assertThat(
                        send(grace, "DELETE", "/api/v1/jobs/of-ada?workspace=" + astronomers, "")
                                .statusCode())
                .isEqualTo(404);
        assertThat(send(ada, "DELETE", "/api/v1/jobs/of-ada", "").statusCode()).isIn(200, 202, 204);
    }

    @Test
    void anApiTokenOfALoggedInUserWorksOnTheCluster() throws Exception {
        HttpResponse<String> made =
                send(ada, "POST", "/api/v1/tokens", "{\"name\": \"ci\", \"role\": \"VIEWER\"}");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
        String token = made.body().replaceAll("(?s).*\"token\":\"([^\"]+)\".*", "$1");

        assertThat(send(token, "GET", "/api/v1/jobs", "").statusCode()).isEqualTo(200);
        assertThat(send(token, "POST", "/api/v1/jobs", JOB).statusCode()).isEqualTo(403);

        String location = made.headers().firstValue("Location").orElseThrow();
        assertThat(send(ada, "DELETE", location, "").statusCode()).isEqualTo(204);
        assertThat(send(token, "GET", "/api/v1/jobs", "").statusCode()).isEqualTo(401);
    }
}
