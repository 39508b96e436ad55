package io.interlinkgateway.bench;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/// A PostgreSQL server on this machine, started once and stopped with the process: a container where a Docker engine of
/// this machine answers, else a process. It accepts [#USER] with any password.
public final class PostgreSql {

    public static final String USER = "postgres";

    private static final class Server {

        static final int PORT = isDockerHere() ? container() : process();

        private static boolean isDockerHere() {
            return ControlPlane.dockerAnswers()
                    && DockerClientFactory.instance().dockerHostIpAddress().equals("localhost");
        }

        // Closed with the JVM by Testcontainers itself.
        @SuppressWarnings("resource")
        private static int container() {
            PostgreSQLContainer container =
                    new PostgreSQLContainer(DockerImageName.parse("postgres:18-alpine"))
                            .withUsername(USER)
                            .withEnv("POSTGRES_HOST_AUTH_METHOD", "trust");
            container.setCommand("postgres", "-c", "fsync=off", "-c", "max_connections=300");
            container.start();
            return container.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT);
        }

        private static int process() {
            try {
                // Its default of ten seconds is too short for a busy machine.
                return EmbeddedPostgres.builder()
                        .setPGStartupWait(Duration.ofMinutes(2))
                        .start()
                        .getPort();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    private PostgreSql() {}

    /// @return the server's port
    public static int port() {
        return Server.PORT;
    }

    /// @return the name of an empty database, a new one at each call
    public static String newDatabase() {
        String name = "history_" + UUID.randomUUID().toString().replace("-", "");
        administrator("postgres").sql("create database " + name).update();
        return name;
    }

    /// @param port leads to the server
    /// @param database its name
    /// @return its address
    public static String address(int port, String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?sslmode=disable";
    }

    /// @param database its name
    /// @return a client with all rights
    public static JdbcClient administrator(String database) {
        return JdbcClient.create(
                new DriverManagerDataSource(address(port(), database), USER, "any"));
    }
}
