package io.interlinkgateway.bench;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;

/// A PostgreSQL server, started once and stopped with the process. It accepts [#USER] with any password.
public final class PostgreSql {

    public static final String USER = "postgres";

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

    private PostgreSql() {}

    /// @return the server's port
    public static int port() {
        return Server.INSTANCE.getPort();
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
        return JdbcClient.create(Server.INSTANCE.getDatabase(USER, database));
    }
}
