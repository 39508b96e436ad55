package io.interlinkgateway.history.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.interlinkgateway.bench.PostgreSql;
import io.interlinkgateway.failure.GatewayException.HistoryUnavailable;
import io.interlinkgateway.history.HistoryHealth;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.jdbc.core.simple.JdbcClient;

class DatabaseTests {

    private static final Clock CLOCK = Clock.systemUTC();

    @TempDir private Path directory = Path.of("none");

    private static long jobs(Database database) {
        return database.read(session ->
                session.client().sql("select count(*) from job").query(Long.class).single());
    }

    @Test
    void aDirectoryKeepsItsJobs() {
        try (Database database = new Database(Connections.inDirectory(directory), CLOCK)) {
            database.write(session ->
                    session.client()
                            .sql(
                                    "insert into lease (name, holder, held_until)"
                                            + " values ('x', 'y', current_timestamp)")
                            .update());
        }

        try (Database database = new Database(Connections.inDirectory(directory), CLOCK)) {
            assertThat(
                            database.<Long>read(session ->
                                    session.client()
                                            .sql("select count(*) from lease")
                                            .query(Long.class)
                                            .single()))
                    .isEqualTo(1);
        }
    }

    @Test
    void aSecondGatewayOnADirectoryIsRefused() throws Exception {
        Process other =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-cp",
                                System.getProperty("java.class.path"),
                                OpenDatabase.class.getName(),
                                directory.toString())
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try (BufferedReader output = other.inputReader(UTF_8)) {
            assertThat(output.lines().anyMatch("open"::equals)).isTrue();

            assertThatThrownBy(() -> new Database(Connections.inDirectory(directory), CLOCK))
                    .isInstanceOfSatisfying(
                            InvalidConfigurationPropertyValueException.class,
                            refusal -> {
                                assertThat(refusal.getName())
                                        .isEqualTo("gateway.history.directory");
                                assertThat(refusal.getReason())
                                        .isEqualTo(
                                                "Another gateway uses the database in this"
                                                    + " directory. Several replicas need PostgreSQL"
                                                    + " (spring.datasource.url).");
                            });
        } finally {
            other.destroy();
            other.waitFor();
        }
    }

    @Test
    void aDirectoryThatCantBeUsedIsRefused() throws IOException {
        Path file = Files.writeString(directory.resolve("file"), "");

        assertThatThrownBy(() -> new Database(Connections.inDirectory(file), CLOCK))
                .isInstanceOfSatisfying(
                        InvalidConfigurationPropertyValueException.class,
                        refusal ->
                                assertThat(refusal.getReason())
                                        .startsWith(
                                                "The database in this directory can't be opened:"
                                                        + " "));
    }

    @Test
    void aMigrationThatFailsIsRefused() {
        Connections connections = TestPostgreSql.newDatabase();
        JdbcClient client = JdbcClient.create(connections.forMigration());
        client.sql("create table job (other integer)").update();

        assertThatThrownBy(() -> new Database(connections, CLOCK))
                .isInstanceOfSatisfying(
                        InvalidConfigurationPropertyValueException.class,
                        refusal -> {
                            assertThat(refusal.getName()).isEqualTo("spring.datasource.url");
                            assertThat(String.valueOf(refusal.getValue()))
                                    .startsWith("jdbc:postgresql:")
                                    .doesNotContain("?", "user", "password");
                            assertThat(refusal.getReason())
                                    .startsWith(
                                            "The history's tables can't be migrated, and nothing"
                                                    + " was changed: ");
                        });
        assertThat(
                        client.sql(
                                        "select count(*) from information_schema.tables"
                                                + " where table_schema = 'public'")
                                .query(Long.class)
                                .single())
                .isEqualTo(1);
    }

    @Test
    void aDatabaseThatIsAwayIsTriedAgain() throws IOException {
        int port = Relay.unusedPort();
        try (Database database = new Database(TestPostgreSql.newDatabaseBehind(port), CLOCK)) {
            assertThat(database.condition()).isInstanceOf(HistoryHealth.Down.class);
            assertThatThrownBy(() -> jobs(database)).isInstanceOf(HistoryUnavailable.class);

            try (Relay _ = new Relay(port, PostgreSql.port())) {
                await().atMost(Duration.ofMinutes(1))
                        .untilAsserted(() ->
                                assertThat(database.condition()).isEqualTo(new HistoryHealth.Up()));
                assertThat(jobs(database)).isZero();
            }

            assertThatThrownBy(() -> jobs(database))
                    .isInstanceOf(HistoryUnavailable.class)
                    .hasMessage("The history's database does not respond.");
            assertThat(database.condition()).isInstanceOf(HistoryHealth.Down.class);
            AtomicInteger attempts = new AtomicInteger();
            for (int request = 0; request < 50; request++) {
                assertThatThrownBy(() ->
                                database.read(session -> {
                                    attempts.incrementAndGet();
                                    return session.client()
                                            .sql("select 1")
                                            .query(Long.class)
                                            .single();
                                }))
                        .isInstanceOf(HistoryUnavailable.class);
            }
            assertThat(attempts).hasValueLessThan(10);

            try (Relay _ = new Relay(port, PostgreSql.port())) {
                await().atMost(Duration.ofMinutes(1))
                        .ignoreExceptions()
                        .untilAsserted(() -> assertThat(jobs(database)).isZero());
                assertThat(database.condition()).isEqualTo(new HistoryHealth.Up());
            }
        }
    }

    @Test
    void thePasswordIsReadForEachConnection() throws IOException {
        Path file = Files.writeString(directory.resolve("password"), "first\n");
        Connections connections =
                Connections.postgresql(
                        new DatabaseProperties("jdbc:postgresql://db/history", "ada", null),
                        Connections.passwordIn(file));

        assertThat(connections.credentials().get().getPassword()).isEqualTo("first");
        Files.writeString(file, "second");
        assertThat(connections.credentials().get().getPassword()).isEqualTo("second");
        Files.delete(file);
        assertThat(connections.credentials().get().getPassword()).isEqualTo("second");
    }

    @Test
    void secretsAreNotShown() {
        DatabaseProperties properties =
                new DatabaseProperties(
                        "jdbc:postgresql://db/history?password=s3cret", "ada", "s3cret");

        assertThat(properties.toString()).contains("db/history", "ada").doesNotContain("s3cret");
        assertThat(Connections.postgresql(properties, () -> "s3cret").toString())
                .contains("db/history")
                .doesNotContain("s3cret");
    }
}
