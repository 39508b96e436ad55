package io.interlinkgateway.credential;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.MlflowServer;
import io.interlinkgateway.bench.Requires;
import io.interlinkgateway.job.TrackingUri;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// The live check against a real MLflow server.
@Requires(Component.MLFLOW)
class MlflowProbeIT {

    // The first answer of a server that has just started takes more than 10 s on a busy machine.
    private final MlflowProbe probe =
            new MlflowProbe(new MlflowProperties(List.of(), true, Duration.ofMinutes(2)));

    @Test
    void aServerWithPasswordsAcceptsAndRefusesCredentials() {
        try (MlflowServer server = MlflowServer.start()) {
            TrackingUri address = new TrackingUri(server.url());

            assertThat(probe.ask(address, login(server.username(), server.password())).verdict())
                    .isEqualTo(Verdict.ACCEPTED);
            assertThat(probe.ask(address, login(server.username(), "wrong")).verdict())
                    .isEqualTo(Verdict.REFUSED);
            assertThat(probe.ask(address, login("nobody", server.password())).verdict())
                    .isEqualTo(Verdict.REFUSED);
            assertThat(
                            probe.ask(TrackingUri.parse(address + "/not-here"), login("a", "b"))
                                    .verdict())
                    .isNotEqualTo(Verdict.ACCEPTED);
        }
    }

    @Test
    void anOpenServerIsNotReportedAsAcceptingThePassword() {
        try (MlflowServer server = MlflowServer.startOpen()) {
            assertThat(probe.ask(new TrackingUri(server.url()), login("any", "thing")).verdict())
                    .isEqualTo(Verdict.OPEN_SERVER);
        }
    }

    private static MlflowCredential login(String username, String password) {
        return new MlflowCredential(username, password, Optional.empty());
    }
}
