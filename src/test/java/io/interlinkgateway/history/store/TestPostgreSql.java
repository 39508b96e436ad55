package io.interlinkgateway.history.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/// A PostgreSQL server, started once and stopped with the process.
final class TestPostgreSql {

    private static final class Server {
        static final EmbeddedPostgres INSTANCE = start();

        private static EmbeddedPostgres start() {
            try {
                // Its default of ten seconds is too short for a busy machine.
                return EmbeddedPostgres.builder().setPGStartupWait(Duration.ofMinutes(2)).start();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    private TestPostgreSql() {}

    /// @return the server's port
    static int port() {
        return Server.INSTANCE.getPort();
    }

    /// @return an empty database, a new one at each call
    static Connections newDatabase() {
        return newDatabaseBehind(port());
    }

    /// @param port leads to the server
    /// @return an empty database, a new one at each call
    static Connections newDatabaseBehind(int port) {
        String name = "history_" + UUID.randomUUID().toString().replace("-", "");
        JdbcClient.create(Server.INSTANCE.getPostgresDatabase())
                .sql("create database " + name)
                .update();
        return Connections.postgresql(
                new DatabaseProperties(
                        "jdbc:postgresql://127.0.0.1:" + port + "/" + name + "?sslmode=disable",
                        "postgres",
                        null),
                () -> "postgres");
    }
}
