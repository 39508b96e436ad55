package io.interlinkgateway.credential;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.interlinkgateway.bench.LoopbackServer;
import io.interlinkgateway.caller.LocalIssuer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.webmvc.test.autoconfigure.AutoConfigureMockMvc;
import org.springframework.boot.webmvc.test.autoconfigure.MockMvcPrint;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.test.web.servlet.assertj.MockMvcTester;
import org.springframework.test.web.servlet.assertj.MvcTestResult;

/// Who may have a credential sent where. Its server is one of this machine.
@SpringBootTest(properties = "gateway.security.mode=authenticated")
@AutoConfigureMockMvc(print = MockMvcPrint.NONE)
class CredentialDestinationTests {

    private static final LocalIssuer ISSUER = new LocalIssuer();
    private static final String ADDRESS = "/api/v1/mlflow-credentials/mlflow-server";
    private static final String UNBOUND = "{'username':'ada','password':'s3cret-marker'}";

    private static final BlockingQueue<String> LOGINS = new LinkedBlockingQueue<>();
    private static final HttpServer SERVER = asking();

    @Autowired private MockMvcTester mvc = MockMvcTester.of(List.of());

    @DynamicPropertySource
    static void issuer(DynamicPropertyRegistry registry) {
        String issuer = "gateway.security.issuers[0].";
        registry.add(issuer + "uri", ISSUER::uri);
        registry.add(issuer + "audiences", () -> LocalIssuer.AUDIENCE);
        for (int index = 0; index < 2; index++) {
            String role = List.of("submitter", "admin").get(index);
            registry.add(issuer + "rules[" + index + "].claim", () -> "groups");
            registry.add(issuer + "rules[" + index + "].value", () -> role + "s");
            registry.add(issuer + "rules[" + index + "].workspace", () -> "stars");
            registry.add(issuer + "rules[" + index + "].role", () -> role);
        }
    }

    /// A server that asks everybody for a password, and notes it.
    private static HttpServer asking() {
        HttpServer server = LoopbackServer.create();
        server.createContext(
                "/",
                exchange -> {
                    Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
                            .ifPresent(LOGINS::add);
                    exchange.sendResponseHeaders(401, -1);
                    exchange.close();
                });
        return server;
    }

    @BeforeAll
    static void start() {
        SERVER.start();
    }

    @AfterAll
    static void stop() {
        SERVER.stop(0);
        ISSUER.close();
    }

    @BeforeEach
    void forget() {
        LOGINS.clear();
    }

    private static String server() {
        return "http://127.0.0.1:" + SERVER.getAddress().getPort();
    }

    private MvcTestResult send(String group, HttpMethod method, String address, String body) {
        return mvc.method(method)
                .uri(address)
                .header("Authorization", "Bearer " + ISSUER.token("ada", group))
                .contentType(MediaType.APPLICATION_JSON)
                .content(body.replace('\'', '"'))
                .exchange();
    }

    private void stored(String body) {
        assertThat(send("admins", HttpMethod.PUT, ADDRESS, body).getResponse().getStatus())
                .isIn(200, 201);
    }

    private MvcTestResult verified(String group, String body) {
        return send(group, HttpMethod.POST, ADDRESS + "/verify", body);
    }

    @ParameterizedTest
    @ValueSource(strings = {"here", "", "null", "::"})
    void aSubmitterSendsACredentialOfNoServerNowhere(String where) {
        stored(UNBOUND);

        MvcTestResult result =
                verified(
                        "submitters",
                        where.isEmpty()
                                ? "{}"
                                : "{'trackingUri':"
                                        + quoted(where).replace("here", server())
                                        + "}");

        assertThat(result)
                .hasStatus(403)
                .bodyText()
                .contains(
                        "/problems/insufficient-role",
                        "requires the role ADMIN in the workspace \\\"stars\\\"; yours is"
                                + " SUBMITTER",
                        "has set its trackingUri");
        assertThat(LOGINS).isEmpty();
    }

    private static String quoted(String text) {
        return text.equals("null") ? text : "'" + text + "'";
    }

    /// What the refusal advises.
    @Test
    void aSubmitterSendsACredentialToItsOwnServer() {
        stored(UNBOUND.replace("}", ",'trackingUri':'" + server() + "/'}"));

        assertThat(verified("submitters", "{}")).hasStatusOk().bodyText().contains("\"REFUSED\"");
        assertThat(verified("submitters", "{'trackingUri':'" + server() + "/mlflow'}"))
                .hasStatusOk();
        assertThat(LOGINS).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"submitters", "admins"})
    void aCredentialIsNotSentToAnotherServer(String group) {
        stored(UNBOUND.replace("}", ",'trackingUri':'https://mlflow.example.org/'}"));

        MvcTestResult result = verified(group, "{'trackingUri':'" + server() + "/'}");

        assertThat(result).hasStatus(422).bodyText().contains("credential-server");
        assertThat(LOGINS).isEmpty();
    }

    @Test
    void anAdminSendsACredentialOfNoServerAnywhere() {
        stored(UNBOUND);

        assertThat(verified("admins", "{'trackingUri':'" + server() + "/'}")).hasStatusOk();
        assertThat(LOGINS).hasSize(1);
    }
}
