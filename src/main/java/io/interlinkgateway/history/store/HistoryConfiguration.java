package io.interlinkgateway.history.store;

import io.interlinkgateway.history.HistoryHealth;
import io.interlinkgateway.history.HistoryProperties;
import io.interlinkgateway.history.JobHistory;
import io.interlinkgateway.history.LogArchive;
import io.interlinkgateway.history.WorkspaceRedaction;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.core.env.Profiles;

/// The history's database: PostgreSQL, H2 in a directory, H2 in memory in the sandbox, or none.
@Configuration(proxyBeanMethods = false)
class HistoryConfiguration {

    private static final String POSTGRESQL = "jdbc:postgresql:";

    /// The ports, all of the same database.
    record Stored(JobHistory jobs, LogArchive logs, HistoryHealth health, Runnable end)
            implements DisposableBean {

        @Override
        public void destroy() {
            end.run();
        }
    }

    /// @throws InvalidConfigurationPropertyValueException if the database is not usable, or named twice
    @Bean
    Stored storedHistory(
            HistoryProperties properties,
            DatabaseProperties postgresql,
            Environment environment,
            WorkspaceRedaction redaction,
            Clock clock) {
        return connections(properties, postgresql, environment)
                .map(connections -> open(connections, properties, redaction, clock))
                .orElseGet(() ->
                        new Stored(
                                new SwitchedOffHistory(),
                                new SwitchedOffArchive(),
                                HistoryHealth.Off::new,
                                () -> {}));
    }

    @Bean
    JobHistory jobHistory(Stored history) {
        return history.jobs;
    }

    @Bean
    LogArchive logArchive(Stored history) {
        return history.logs;
    }

    /// Closed with the others.
    @Bean(destroyMethod = "")
    HistoryHealth historyHealth(Stored history) {
        return history.health;
    }

    private static Stored open(
            Connections connections,
            HistoryProperties properties,
            WorkspaceRedaction redaction,
            Clock clock) {
        Database database = new Database(connections, clock);
        Retention retention = new Retention(database, properties, clock);
        retention.start();
        return new Stored(
                new SqlJobHistory(database, redaction::of, clock),
                new SqlLogArchive(database),
                database,
                () -> {
                    retention.close();
                    database.close();
                });
    }

    private static Optional<Connections> connections(
            HistoryProperties properties, DatabaseProperties postgresql, Environment environment) {
        if (postgresql.url() != null && !postgresql.url().isBlank()) {
            requireUsable(properties, postgresql);
            Supplier<String> password =
                    properties.passwordFile() == null
                            ? () -> Optional.ofNullable(postgresql.password()).orElse("")
                            : Connections.passwordIn(properties.passwordFile());
            return Optional.of(Connections.postgresql(postgresql, password));
        }
        if (properties.directory() != null) {
            return Optional.of(Connections.inDirectory(properties.directory()));
        }
        return environment.acceptsProfiles(Profiles.of("sandbox"))
                ? Optional.of(Connections.inMemory())
                : Optional.empty();
    }

    private static void requireUsable(HistoryProperties properties, DatabaseProperties postgresql) {
        if (!String.valueOf(postgresql.url()).startsWith(POSTGRESQL)) {
            throw new InvalidConfigurationPropertyValueException(
                    "spring.datasource.url",
                    postgresql.publicUrl(),
                    "It must start with " + POSTGRESQL + ".");
        }
        if (!isAddress(String.valueOf(postgresql.url()))) {
            throw new InvalidConfigurationPropertyValueException(
                    "spring.datasource.url",
                    postgresql.publicUrl(),
                    "It must be jdbc:postgresql://HOST:PORT/DATABASE.");
        }
        if (properties.directory() != null) {
            throw new InvalidConfigurationPropertyValueException(
                    "gateway.history.directory",
                    properties.directory(),
                    "spring.datasource.url is set too. The history has one database.");
        }
        if (properties.passwordFile() != null && postgresql.password() != null) {
            throw new InvalidConfigurationPropertyValueException(
                    "gateway.history.password-file",
                    properties.passwordFile(),
                    "spring.datasource.password is set too. Set one of them.");
        }
    }

    private static boolean isAddress(String url) {
        try {
            DriverManager.getDriver(url);
            return true;
        } catch (SQLException _) {
            return false;
        }
    }
}
