package io.interlinkgateway.history.store;

import io.interlinkgateway.history.JobHistory;
import io.interlinkgateway.history.LogArchive;
import io.interlinkgateway.history.WorkspaceRedaction.Masks;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/// A history in a directory, for benchmarks: it stays there, and is used again.
public final class MeasuredDatabase implements AutoCloseable {

    private final Connections connections;
    private final Path directory;
    private final Clock clock;
    private final Database database;

    /// A PostgreSQL server in a directory.
    public record Server(EmbeddedPostgres process) implements AutoCloseable {

        /// @param directory of its data, created if it is not there
        /// @throws IOException if it does not start
        public static Server in(Path directory) throws IOException {
            Files.createDirectories(directory);
            return new Server(
                    EmbeddedPostgres.builder()
                            .setDataDirectory(directory)
                            .setCleanDataDirectory(false)
                            .setPGStartupWait(Duration.ofMinutes(2))
                            .setServerConfig("max_wal_size", "4GB")
                            .start());
        }

        /// @param name a database, created if it is not there
        /// @return its address
        public String url(String name) {
            JdbcClient postgres = JdbcClient.create(process.getPostgresDatabase());
            if (postgres.sql("select 1 from pg_database where datname = :name")
                    .param("name", name)
                    .query(Integer.class)
                    .optional()
                    .isEmpty()) {
                postgres.sql("create database " + name).update();
            }
            return "jdbc:postgresql://127.0.0.1:"
                    + process.getPort()
                    + "/"
                    + name
                    + "?sslmode=disable";
        }

        /// @param statement any statement of an administrator
        public void execute(String statement) {
            new JdbcTemplate(process.getPostgresDatabase()).execute(statement);
        }

        @Override
        public void close() throws IOException {
            process.close();
        }
    }

    private MeasuredDatabase(Connections connections, Path directory, Clock clock) {
        this.connections = connections;
        this.directory = directory;
        this.clock = clock;
        this.database = new Database(connections, clock);
    }

    /// @param server where it is; null for H2
    /// @param directory of H2's file
    /// @param name the database's name
    /// @param clock the time of statistics and reservations
    /// @return an open database
    public static MeasuredDatabase open(
            @Nullable Server server, Path directory, String name, Clock clock) {
        Path own = directory.resolve(name);
        return new MeasuredDatabase(
                server == null
                        ? Connections.inDirectory(own)
                        : Connections.postgresql(
                                new DatabaseProperties(server.url(name), "postgres", null),
                                () -> "postgres"),
                own,
                clock);
    }

    /// @return the jobs, without anything remembered of earlier requests
    public JobHistory jobs() {
        return new SqlJobHistory(database, _ -> Masks.of(Set.of()), clock);
    }

    /// @return the logs
    public LogArchive logs() {
        return new SqlLogArchive(database);
    }

    Database database() {
        return database;
    }

    boolean isPostgreSql() {
        return connections.kind() == Connections.Kind.POSTGRESQL;
    }

    /// @return the database's name, for people
    public String kind() {
        return isPostgreSql() ? "PostgreSQL" : "H2";
    }

    /// @return its size in bytes; of H2, once it is closed
    /// @throws IOException if the file can't be read
    public long size() throws IOException {
        return isPostgreSql()
                ? query("select pg_database_size(current_database())").orElseThrow()
                : Files.size(directory.resolve("history.mv.db"));
    }

    /// @param statement of one number
    /// @return the number; empty if there is no row
    public Optional<Long> query(String statement) {
        return database.read(
                session -> session.client().sql(statement).query(Long.class).optional());
    }

    /// Writes everything that is still in memory.
    public void checkpoint() {
        client().sql("checkpoint").update();
    }

    /// Collects statistics for plans.
    void analyze() {
        client().sql(isPostgreSql() ? "vacuum analyze" : "analyze").update();
    }

    /// @param statements in both databases' SQL, in one transaction
    void execute(String... statements) {
        DataSource source = connections.forMigration();
        new TransactionTemplate(new JdbcTransactionManager(source))
                .executeWithoutResult(_ ->
                        List.of(statements)
                                .forEach(statement ->
                                        JdbcClient.create(source).sql(statement).update()));
    }

    /// Statements may take longer than those of the history.
    private JdbcClient client() {
        return JdbcClient.create(connections.forMigration());
    }

    @Override
    public void close() {
        database.close();
    }
}
