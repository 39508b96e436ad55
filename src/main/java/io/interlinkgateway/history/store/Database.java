package io.interlinkgateway.history.store;

import com.zaxxer.hikari.HikariDataSource;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.history.HistoryHealth;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.QueryTimeoutException;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.jdbc.core.namedparam.SqlParameterSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionException;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.unit.DataSize;

/// The history's database: its connections, its migration, and whether it responds.
final class Database implements HistoryHealth, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Database.class);

    /// How often a transaction that conflicts with others is tried.
    private static final int ATTEMPTS = 5;

    /// How many texts one statement names.
    private static final int SLICE = 500;

    private static final int LONGEST_PAUSE_MILLIS = 100;
    private static final Duration RETRY = Duration.ofSeconds(5);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /// How many connections requests of callers read with at the same time. Fewer than the pool has, so that what is
    /// observed, and logs, can always be written.
    static final int REQUESTS = Connections.POOL / 2;

    /// How long a request waits for others.
    private static final Duration TURN = Duration.ofSeconds(2);

    /// How much room the disk of an H2 file must have for a write: more than a log has and what H2 writes later in the
    /// background. If H2 itself meets a full disk it closes the database, and loses what it has not written.
    static final DataSize ROOM = DataSize.ofMegabytes(64);

    private static final String NO_RESPONSE = "The history's database does not respond.";

    /// H2: "Database may be already in use".
    private static final int H2_IN_USE = 90020;

    private final Connections connections;
    private final Clock clock;
    private final HikariDataSource pool;
    private final Session session;
    private final TransactionTemplate transaction;
    private final Semaphore requests = new Semaphore(REQUESTS, true);
    private final Thread migration =
            Thread.ofVirtual().name("history").unstarted(this::migrateLater);
    private volatile boolean migrated;

    /// Whether the last statement failed, so that an H2 file may have to be opened again.
    private volatile boolean lastFailed;

    private final AtomicReference<Optional<Down>> failure = new AtomicReference<>(Optional.empty());

    /// The time (System.nanoTime) of the next attempt after a failure to reach the database; 0 after a success.
    private final AtomicLong nextAttempt = new AtomicLong();

    /// What executes statements.
    ///
    /// @param client single statements
    /// @param batches statements for many rows
    record Session(JdbcClient client, NamedParameterJdbcTemplate batches) {

        /// Executes a statement once for each row, if there are any.
        void batch(String statement, List<SqlParameterSource> rows) {
            if (!rows.isEmpty()) {
                batches.batchUpdate(statement, rows.toArray(SqlParameterSource[]::new));
            }
        }
    }

    /// @return the texts in lists that are short enough for one statement
    static List<List<String>> slices(Collection<String> texts) {
        List<String> all = List.copyOf(texts);
        List<List<String>> slices = new ArrayList<>();
        for (int from = 0; from < all.size(); from += SLICE) {
            slices.add(all.subList(from, Math.min(from + SLICE, all.size())));
        }
        return slices;
    }

    /// Opens the database and migrates it. One that does not respond is tried again in the background.
    ///
    /// @throws InvalidConfigurationPropertyValueException if another process uses it, or it can't be migrated
    Database(Connections connections, Clock clock) {
        this.connections = connections;
        this.clock = clock;
        Optional<Down> away = migrate();
        pool = connections.pool();
        NamedParameterJdbcTemplate batches = new NamedParameterJdbcTemplate(pool);
        session = new Session(JdbcClient.create(batches), batches);
        transaction = new TransactionTemplate(new JdbcTransactionManager(pool));
        failure.set(away);
        if (away.isPresent()) {
            LOG.warn("The history's database is not available: {}", away.get().problem());
            migration.start();
        }
    }

    /// @return why the database does not respond; empty if it is migrated
    private Optional<Down> migrate() {
        if (hasLessRoomThan(ROOM.toBytes())) {
            return Optional.of(full());
        }
        DataSource source = connections.forMigration();
        try (Connection _ = source.getConnection()) {
            // It is only opened: Flyway reports a refused connection like any other failure.
        } catch (SQLException refusal) {
            if (connections.kind() == Connections.Kind.H2) {
                throw refused(
                        refusal.getErrorCode() == H2_IN_USE
                                ? "Another gateway uses the database in this directory. Several"
                                        + " replicas need PostgreSQL (spring.datasource.url)."
                                : "The database in this directory can't be opened: "
                                        + firstLine(refusal),
                        refusal);
            }
            return Optional.of(new Down(clock.instant(), firstLine(refusal)));
        }
        try {
            Flyway.configure()
                    .dataSource(source)
                    .locations("classpath:db/migration")
                    .loggers("slf4j")
                    .load()
                    .migrate();
        } catch (FlywayException defect) {
            if (isConnectionFailure(defect)) {
                return Optional.of(new Down(clock.instant(), firstLine(defect)));
            }
            throw refused(
                    (connections.kind() == Connections.Kind.POSTGRESQL
                                    ? "The history's tables can't be migrated, and nothing was"
                                            + " changed: "
                                    : "The history's tables can't be migrated: ")
                            + firstLine(defect),
                    defect);
        }
        migrated = true;
        return Optional.empty();
    }

    private InvalidConfigurationPropertyValueException refused(String reason, Exception cause) {
        LOG.debug("The history's database is refused.", cause);
        return new InvalidConfigurationPropertyValueException(
                connections.setting(), connections.shown(), reason);
    }

    private static boolean isConnectionFailure(Throwable failure) {
        for (@Nullable Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException refusal
                    && refusal.getSQLState() != null
                    && refusal.getSQLState().matches("08.*|57P.*|53300")) {
                return true;
            }
        }
        return false;
    }

    private String firstLine(Throwable failure) {
        Throwable cause = failure;
        while (cause.getCause() != null) {
            cause = cause.getCause();
        }
        // Drivers name the address, whose parameters can include a password.
        return String.valueOf(cause.getMessage())
                .lines()
                .findFirst()
                .orElse("")
                .replace(connections.url(), connections.shown());
    }

    private void migrateLater() {
        try {
            while (!migrated) {
                Thread.sleep(RETRY);
                try {
                    migrate().ifPresentOrElse(this::failed, this::succeeded);
                } catch (InvalidConfigurationPropertyValueException refused) {
                    failed(new Down(clock.instant(), String.valueOf(refused.getReason())));
                }
            }
        } catch (InterruptedException _) {
            // The gateway ends.
        }
    }

    /// Executes statements that change nothing.
    ///
    /// @throws GatewayException.HistoryUnavailable if the database does not respond in time
    <T> T read(Function<Session, T> statements) {
        if (lastFailed) {
            requireRoom(ROOM.toBytes());
        }
        return attempt(() -> statements.apply(session));
    }

    /// Executes statements that change nothing, for a request of a caller. It waits a short time if many others read.
    ///
    /// @throws GatewayException.HistoryUnavailable if the database does not respond in time, or others read for too long
    <T> T readForRequest(Function<Session, T> statements) {
        try {
            if (!requests.tryAcquire(TURN.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new GatewayException.HistoryUnavailable(
                        "The history's database is busy with other requests.");
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            throw new GatewayException.HistoryUnavailable("The gateway is stopping.");
        }
        try {
            return read(statements);
        } finally {
            requests.release();
        }
    }

    /// Executes statements in one transaction. It is repeated if it conflicts with others.
    ///
    /// @throws GatewayException.HistoryUnavailable if the database does not respond in time
    /// @throws DataIntegrityViolationException if the database does not accept a value
    <T extends @Nullable Object> T write(Function<Session, T> statements) {
        requireRoom(ROOM.toBytes());
        return attempt(() -> transaction.execute(_ -> statements.apply(session)));
    }

    /// Removes rows in one transaction, which makes room. It is repeated if it conflicts with others.
    ///
    /// @throws GatewayException.HistoryUnavailable if the database does not respond in time
    <T extends @Nullable Object> T remove(Function<Session, T> statements) {
        requireRoom(ROOM.toBytes() / 2);
        return attempt(() -> transaction.execute(_ -> statements.apply(session)));
    }

    /// @throws GatewayException.HistoryUnavailable if the disk of an H2 file has less room
    private void requireRoom(long bytes) {
        if (hasLessRoomThan(bytes)) {
            failed(full());
            throw new GatewayException.HistoryUnavailable(
                    "The disk of the history's database is full.");
        }
    }

    private Down full() {
        return new Down(
                clock.instant(),
                "The disk of the database has less than " + ROOM.toMegabytes() + " MB of room.");
    }

    private boolean hasLessRoomThan(long bytes) {
        return connections
                .directory()
                .filter(directory -> {
                    try {
                        return Files.getFileStore(directory).getUsableSpace() < bytes;
                    } catch (IOException _) {
                        // H2 reports what is wrong.
                        return false;
                    }
                })
                .isPresent();
    }

    private <T extends @Nullable Object> T attempt(Supplier<T> statements) {
        if (!migrated) {
            throw new GatewayException.HistoryUnavailable(
                    "The history's database is not available yet.");
        }
        if (!isDue()) {
            throw new GatewayException.HistoryUnavailable(NO_RESPONSE);
        }
        for (int attempt = 1; ; attempt++) {
            try {
                T result = statements.get();
                succeeded();
                return result;
            } catch (ConcurrencyFailureException | QueryTimeoutException conflict) {
                if (attempt == ATTEMPTS) {
                    throw unavailable(conflict);
                }
                pause();
            } catch (DataIntegrityViolationException refused) {
                throw refused;
            } catch (DataAccessException | TransactionException problem) {
                throw unavailable(problem);
            }
        }
    }

    /// An attempt takes seconds while the database is away. Requests for jobs that do not exist, and deletions, read the
    /// history; so only one attempt begins each second, and the others fail at once.
    private boolean isDue() {
        long next = nextAttempt.get();
        return next == 0
                || (System.nanoTime() - next >= 0 && nextAttempt.compareAndSet(next, afterPause()));
    }

    private static long afterPause() {
        return (System.nanoTime() + PAUSE.toNanos()) | 1;
    }

    private static void pause() {
        try {
            Thread.sleep(ThreadLocalRandom.current().nextInt(1, LONGEST_PAUSE_MILLIS));
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private GatewayException unavailable(RuntimeException problem) {
        LOG.debug("A statement failed.", problem);
        lastFailed = true;
        if (problem instanceof DataAccessResourceFailureException
                || problem instanceof CannotCreateTransactionException) {
            nextAttempt.set(afterPause());
        }
        failed(new Down(clock.instant(), firstLine(problem)));
        return new GatewayException.HistoryUnavailable(NO_RESPONSE);
    }

    private void failed(Down now) {
        Optional<Down> before =
                failure.getAndUpdate(known ->
                        Optional.of(
                                new Down(
                                        known.map(Down::since).orElse(now.since()),
                                        now.problem())));
        if (before.isEmpty()) {
            LOG.warn("The history's database is not available: {}", now.problem());
        }
    }

    private void succeeded() {
        lastFailed = false;
        if (nextAttempt.get() != 0) {
            nextAttempt.set(0);
        }
        // A full disk can be read.
        if (failure.get().isPresent()
                && !hasLessRoomThan(ROOM.toBytes())
                && failure.getAndSet(Optional.empty()).isPresent()) {
            LOG.info("The history's database is available again.");
        }
    }

    @Override
    public Condition condition() {
        return failure.get().<Condition>map(down -> down).orElseGet(Up::new);
    }

    @Override
    public void close() {
        migration.interrupt();
        if (connections.kind() == Connections.Kind.H2 && migrated) {
            try {
                session.client().sql("shutdown").update();
            } catch (DataAccessException failure) {
                LOG.warn("The history's database was not closed: {}", firstLine(failure));
            }
        }
        pool.close();
    }
}
