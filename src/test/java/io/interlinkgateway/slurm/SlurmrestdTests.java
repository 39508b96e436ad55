package io.interlinkgateway.slurm;

import static io.interlinkgateway.slurm.FakeSlurmrestd.answering;
import static io.interlinkgateway.slurm.FakeSlurmrestd.jobs;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.interlinkgateway.bench.TestCertificate;
import io.interlinkgateway.slurm.NodeProperties.SlurmrestdProperties;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

@Execution(ExecutionMode.CONCURRENT)
class SlurmrestdTests {

    private static final String UID = "3f2c9a52-1f0e-4f57-9d7c-2f6d0a5f8b11";

    private final FakeSlurmrestd fake = new FakeSlurmrestd();
    @TempDir private Path folder = Path.of("");

    @AfterEach
    void stop() {
        fake.close();
    }

    private static Slurmrestd client(SlurmrestdProperties properties) {
        return new Slurmrestd(properties, Clock.systemUTC());
    }

    private static String failure(SlurmrestdProperties properties) {
        try (Slurmrestd client = client(properties)) {
            client.jobs();
            return "none";
        } catch (SlurmrestdException failure) {
            return failure.reason();
        }
    }

    @Test
    void theNewestVersionThatBothHaveIsFoundAndKept() throws Exception {
        fake.onJobs("v0.0.41", answering(200, jobs(UID + " 5 RUNNING")));
        fake.onJobs("v0.0.39", answering(200, jobs()));

        try (Slurmrestd client = client(fake.properties())) {
            assertThat(client.jobs()).hasSize(1);
            int asked = fake.requests.size();
            client.jobs();

            assertThat(fake.requests.subList(asked, fake.requests.size()))
                    .containsExactly("GET /slurm/v0.0.41/jobs");
        }
        assertThat(fake.most).hasValue(1);
    }

    @Test
    void afterAnUpgradeTheVersionIsFoundAgain() throws Exception {
        fake.onJobs("v0.0.39", answering(200, jobs()));

        try (Slurmrestd client = client(fake.properties())) {
            client.jobs();
            fake.onJobs("v0.0.39", answering(404, ""));
            fake.onJobs("v0.0.42", answering(200, jobs(UID + " 5 RUNNING")));

            assertThatExceptionOfType(SlurmrestdException.class).isThrownBy(client::jobs);
            assertThat(client.jobs()).hasSize(1);
        }
    }

    @Test
    void aVersionThatIsGivenIsTheOnlyOne() {
        fake.onJobs("v0.0.39", answering(200, jobs()));

        assertThat(failure(fake.properties("v0.0.38", null, null, false)))
                .contains("v0.0.38")
                .doesNotContain("v0.0.39");
    }

    @Test
    void theTokenMayChange() throws Exception {
        fake.onJobs("v0.0.38", answering(200, jobs()));
        Path token = Files.writeString(folder.resolve("token"), "SLURM_JWT=first.token\n");

        try (Slurmrestd client = client(fake.properties("v0.0.38", token, null, false))) {
            client.jobs();
            Files.writeString(token, "second.token");
            client.jobs();
        }

        assertThat(fake.requests)
                .containsExactly(
                        "GET /slurm/v0.0.38/jobs interlink first.token",
                        "GET /slurm/v0.0.38/jobs interlink second.token");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " \n", "two words", "line\nX-Injected: 1", "ümlaut"})
    void aFileWithoutATokenIsAFailureThatDoesNotShowIt(String content) throws Exception {
        Path token = Files.writeString(folder.resolve("token"), content);

        assertThat(failure(fake.properties("v0.0.38", token, null, false)))
                .isEqualTo("The file contains no token: " + token);
        assertThat(fake.requests).isEmpty();
    }

    @Test
    void aMissingTokenFileIsAFailure() {
        assertThat(failure(fake.properties("v0.0.38", folder.resolve("none"), null, false)))
                .contains("can't be read");
    }

    @Test
    void aTokenThatComesBackIsNotShown() throws Exception {
        fake.onJobs(
                "v0.0.38",
                exchange ->
                        answering(500, exchange.getRequestHeaders().getFirst("X-SLURM-USER-TOKEN"))
                                .handle(exchange));
        Path token = Files.writeString(folder.resolve("token"), "secret.token.marker");

        assertThat(failure(fake.properties("v0.0.38", token, null, false)))
                .doesNotContain("secret.token.marker");
    }

    @Test
    void slurmsMessageIsShown() {
        fake.onJobs(
                "v0.0.38",
                answering(
                        500,
                        "{\"errors\": [{\"description\": \"Failed while looking for jobs\","
                                + " \"error\": \"Unspecified error\"}], \"jobs\": []}"));

        assertThat(failure(fake.properties()))
                .isEqualTo("It responded with 500: Failed while looking for jobs");
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 302, 304, 401, 403, 502})
    void anotherStatusIsAFailure(int status) {
        fake.onJobs("v0.0.38", answering(status, ""));

        assertThat(failure(fake.properties())).startsWith("It responded with " + status);
    }

    @Test
    void redirectsAreNotFollowed() {
        fake.onJobs(
                "v0.0.38",
                exchange -> {
                    exchange.getResponseHeaders().add("Location", fake.address() + "/elsewhere");
                    exchange.sendResponseHeaders(302, -1);
                });

        failure(fake.properties("v0.0.38", null, null, false));

        assertThat(fake.requests).containsExactly("GET /slurm/v0.0.38/jobs");
    }

    @Test
    void anAnswerThatIsTooLargeIsAFailure() {
        fake.onJobs(
                "v0.0.38",
                answering(200, "{\"meta\": \"" + "x".repeat(600_000) + "\", \"jobs\": []}"));

        assertThat(failure(fake.properties()))
                .isEqualTo("Its response is larger than 524288 bytes.");
    }

    @Test
    void anAnswerThatBreaksOffIsAFailure() {
        fake.onJobs(
                "v0.0.38",
                exchange -> {
                    exchange.sendResponseHeaders(200, 1000);
                    exchange.getResponseBody().write("{\"jobs\": [".getBytes(UTF_8));
                    exchange.close();
                });

        assertThat(failure(fake.properties())).isNotEqualTo("none");
    }

    @Test
    void anAnswerThatDoesNotComeIsAFailureAfterTheTimeout() {
        CountDownLatch end = new CountDownLatch(1);
        fake.onJobs("v0.0.38", _ -> await(end));

        assertThat(failure(quick())).isEqualTo("It did not respond within 200 ms.");
        end.countDown();
    }

    @Test
    void anAnswerThatTricklesIsAFailureAfterTheTimeout() {
        CountDownLatch end = new CountDownLatch(1);
        fake.onJobs(
                "v0.0.38",
                exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().write("{\"jobs\": [".getBytes(UTF_8));
                    exchange.getResponseBody().flush();
                    await(end);
                });

        assertThat(failure(quick())).isEqualTo("It did not respond within 200 ms.");
        end.countDown();
    }

    private static void await(CountDownLatch end) {
        try {
            end.await();
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
        }
    }

    private SlurmrestdProperties quick() {
        return new SlurmrestdProperties(
                fake.address(),
                "v0.0.38",
                null,
                null,
                null,
                Duration.ofSeconds(1),
                Duration.ofMillis(200),
                DataSize.ofKilobytes(512),
                false,
                false);
    }

    @Test
    void anUnreachableServerIsAFailure() {
        SlurmrestdProperties properties = fake.properties();
        fake.close();

        assertThat(failure(properties)).startsWith("It can't be reached: ");
        assertThat(failure(properties("unix:" + folder.resolve("absent"), null, false)))
                .startsWith("It can't be reached: ");
    }

    @Test
    void aCertificateIsTrustedIfItsFileIsNamed() throws Exception {
        TestCertificate certificate = TestCertificate.create(folder, "dns:localhost");
        try (FakeSlurmrestd secure = new FakeSlurmrestd(certificate.context())) {
            secure.onJobs("v0.0.38", answering(200, jobs(UID + " 5 RUNNING")));

            try (Slurmrestd client =
                    client(secure.properties("v0.0.38", null, certificate.pem(), false))) {
                assertThat(client.jobs()).hasSize(1);
            }
            assertThat(failure(secure.properties("v0.0.38", null, null, false)))
                    .startsWith("It can't be reached: ");
        }
    }

    @Test
    void aCertificateForAnotherNameIsNot() throws Exception {
        TestCertificate certificate = TestCertificate.create(folder, "dns:slurm.example.org");
        try (FakeSlurmrestd secure = new FakeSlurmrestd(certificate.context())) {
            secure.onJobs("v0.0.38", answering(200, jobs(UID + " 5 RUNNING")));

            assertThat(failure(secure.properties("v0.0.38", null, certificate.pem(), false)))
                    .startsWith("It can't be reached: ");
            assertThat(secure.requests).isEmpty();
        }
    }

    @Test
    void aFileWithoutCertificatesStopsTheStart() throws IOException {
        Path empty = Files.writeString(folder.resolve("ca.pem"), "");

        assertThatIllegalStateException()
                .isThrownBy(() -> client(fake.properties(null, null, empty, false)));
        assertThatIllegalStateException()
                .isThrownBy(
                        () -> client(fake.properties(null, null, folder.resolve("absent"), false)));
    }

    @Test
    void aJobIsCancelled() throws Exception {
        fake.onJobs("v0.0.38", answering(200, jobs()));
        fake.on("DELETE /slurm/v0.0.38/job/5", answering(200, "{\"meta\": {}, \"errors\": []}"));

        try (Slurmrestd client = client(fake.properties())) {
            client.jobs();
            client.cancel("5");
        }

        assertThat(fake.requests).endsWith("DELETE /slurm/v0.0.38/job/5");
    }

    @Test
    void whyAJobIsNotCancelledIsShown() throws Exception {
        String refused =
                "{\"errors\": [{\"description\": \"unable to kill JobId=5 with signal 9: Access/"
                        + "permission denied\"}]}";
        fake.onJobs("v0.0.38", answering(200, jobs()));
        fake.on("DELETE /slurm/v0.0.38/job/5", answering(200, refused));
        fake.on("DELETE /slurm/v0.0.38/job/6", answering(500, refused));

        try (Slurmrestd client = client(fake.properties())) {
            client.jobs();

            for (String id : new String[] {"5", "6"}) {
                assertThatExceptionOfType(SlurmrestdException.class)
                        .isThrownBy(() -> client.cancel(id))
                        .withMessageContaining("permission denied");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost:6820",
                "ftp://localhost",
                "http://user:password@localhost",
                "http://localhost?x",
                "https:///jobs",
                "unix:",
                "unix:relative/socket"
            })
    void anotherAddressIsRefused(String address) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> properties(address, null, false))
                .satisfies(refused -> assertThat(refused.getMessage()).doesNotContain("password"));
    }

    @Test
    void aTokenIsNotSentForOthersToRead() {
        Path token = folder.resolve("token");

        assertThatIllegalArgumentException()
                .isThrownBy(() -> properties("http://slurm.example.org:6820", token, false));
        assertThat(properties("http://slurm.example.org:6820", token, true)).isNotNull();
        assertThat(properties("http://slurm.example.org:6820", null, false)).isNotNull();
        assertThat(properties("http://127.0.0.1:6820", token, false)).isNotNull();
        assertThat(properties("https://slurm.example.org:6820/", token, false)).isNotNull();
        assertThat(properties("unix:/run/slurmrestd", token, false)).isNotNull();
    }

    private static SlurmrestdProperties properties(
            String address, @Nullable Path tokenFile, boolean plainToken) {
        return new SlurmrestdProperties(
                address,
                "v0.0.38",
                tokenFile == null ? null : "interlink",
                tokenFile,
                null,
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                DataSize.ofMegabytes(128),
                plainToken,
                false);
    }
}
