package io.interlinkgateway.history.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.util.Credentials;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/// How a database is reached.
///
/// @param kind the database
/// @param url its address
/// @param setting the property that names it, for messages
/// @param shown its address for messages, without secrets
/// @param directory where this process writes the database's file, if it does
/// @param credentials user and password, read for each new connection
record Connections(
        Kind kind,
        String url,
        String setting,
        String shown,
        Optional<Path> directory,
        Supplier<Credentials> credentials) {

    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);
    private static final String H2_OPTIONS =
            ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH"
                + ";DB_CLOSE_DELAY=-1;TRACE_LEVEL_FILE=0;DB_CLOSE_ON_EXIT=FALSE;LOCK_TIMEOUT=5000;CACHE_SIZE=32768";

    /// How many connections a gateway has at most.
    static final int POOL = 8;

    private static final int WAIT_MILLIS = 2_000;
    private static final Map<String, String> POSTGRESQL_OPTIONS =
            Map.of(
                    "ApplicationName", "interlink-gateway",
                    "connectTimeout", "2",
                    "loginTimeout", "2",
                    "tcpKeepAlive", "true",
                    // A failed statement's message would have values of the row.
                    "logServerErrorDetail", "false");

    /// By default the locks of a replica whose machine fails in a transaction are held for two hours. Not in the
    /// options of the connection, which poolers refuse.
    private static final String POSTGRESQL_SETTINGS =
            "set lock_timeout = '5s';"
                    + " set idle_in_transaction_session_timeout = '30s';"
                    + " set tcp_keepalives_idle = 30;"
                    + " set tcp_keepalives_interval = 10;"
                    + " set tcp_keepalives_count = 3";

    /// A kind of database.
    enum Kind {
        /// In the gateway's process; it can't be away.
        H2("org.h2.Driver"),
        /// A server.
        POSTGRESQL("org.postgresql.Driver");

        private final String driver;

        Kind(String driver) {
            this.driver = driver;
        }
    }

    /// @return an empty database in memory, a new one at each call
    static Connections inMemory() {
        return h2(
                "mem:" + UUID.randomUUID(),
                "gateway.history.directory",
                "memory",
                Optional.empty());
    }

    /// @param directory where the database's file is or will be
    static Connections inDirectory(Path directory) {
        // An interrupted thread closes its file; this file system opens the file again.
        return h2(
                "retry:" + directory.toAbsolutePath().resolve("history"),
                "gateway.history.directory",
                directory.toString(),
                Optional.of(directory));
    }

    private static Connections h2(
            String name, String setting, String shown, Optional<Path> directory) {
        return new Connections(
                Kind.H2,
                "jdbc:h2:" + name + H2_OPTIONS,
                setting,
                shown,
                directory,
                () -> Credentials.of("", ""));
    }

    /// @param properties the address and the user
    /// @param password reads the password
    static Connections postgresql(DatabaseProperties properties, Supplier<String> password) {
        String user = properties.username() == null ? "" : properties.username();
        return new Connections(
                Kind.POSTGRESQL,
                String.valueOf(properties.url()),
                "spring.datasource.url",
                properties.publicUrl(),
                Optional.empty(),
                () -> Credentials.of(user, password.get()));
    }

    /// Reads a password at each call; the last one again while the file can't be read.
    ///
    /// @param file has the password in its first line
    static Supplier<String> passwordIn(Path file) {
        return new Supplier<>() {
            private volatile String last = "";

            @Override
            public String get() {
                try {
                    last = Files.readString(file).lines().findFirst().orElse("");
                } catch (IOException | UncheckedIOException failure) {
                    LOG.warn(
                            "gateway.history.password-file can't be read: {}",
                            failure.getClass().getSimpleName());
                }
                return last;
            }
        };
    }

    /// @return a pool whose connections fail fast
    HikariDataSource pool() {
        HikariConfig config = new HikariConfig();
        config.setPoolName("history");
        config.setDriverClassName(kind.driver);
        config.setJdbcUrl(url);
        config.setCredentialsProvider(credentials::get);
        config.setMaximumPoolSize(POOL);
        // H2 keeps its lock on the file for ever if it is opened while the disk is full: the pool
        // must not try that.
        config.setMinimumIdle(kind == Kind.H2 ? 0 : 1);
        config.setConnectionTimeout(WAIT_MILLIS);
        config.setValidationTimeout(WAIT_MILLIS);
        config.setInitializationFailTimeout(-1);
        if (kind == Kind.POSTGRESQL) {
            POSTGRESQL_OPTIONS.forEach(config::addDataSourceProperty);
            config.addDataSourceProperty("socketTimeout", "10");
            config.setConnectionInitSql(POSTGRESQL_SETTINGS);
        }
        return new HikariDataSource(config);
    }

    /// @return single connections for a migration, which may take longer than a request
    DataSource forMigration() {
        Properties options = new Properties();
        if (kind == Kind.POSTGRESQL) {
            options.putAll(POSTGRESQL_OPTIONS);
            options.setProperty("socketTimeout", "3600");
        }
        Credentials present = credentials.get();
        options.setProperty("user", present.getUsername());
        options.setProperty("password", present.getPassword());
        DriverManagerDataSource source = new DriverManagerDataSource(url, options);
        source.setDriverClassName(kind.driver);
        return source;
    }

    /// Hides the address, which may include a password, and the credentials.
    @Override
    public String toString() {
        return "Connections[" + shown + "]";
    }
}
