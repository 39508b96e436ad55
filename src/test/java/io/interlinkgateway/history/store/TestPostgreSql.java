package io.interlinkgateway.history.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/// A PostgreSQL server, started once and stopped with the process.
final class TestPostgreSql {

    private static final class Server {
        static final EmbeddedPostgres INSTANCE = start();

        private static EmbeddedPostgres start() {
            try {
                return EmbeddedPostgres.builder().start();
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    private TestPostgreSql() {}

    /// @return an empty database, a new one at each call
    static Connections newDatabase() {
        String name = "history_" + UUID.randomUUID().toString().replace("-", "");
        JdbcClient.create(Server.INSTANCE.getPostgresDatabase())
                .sql("create database " + name)
                .update();
        return Connections.postgresql(
                new DatabaseProperties(
                        Server.INSTANCE.getJdbcUrl("postgres", name), "postgres", null),
                () -> "postgres");
    }
}
