package io.interlinkgateway.history.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PostgreSqlHistoryTests extends HistoryContract {

    @Override
    protected Connections newDatabase() {
        return TestPostgreSql.newDatabase();
    }

    @ParameterizedTest
    @CsvSource({
        "lock_timeout, 5s",
        "idle_in_transaction_session_timeout, 30s",
        "tcp_keepalives_count, 3"
    })
    void locksOfAReplicaThatFailedEndSoon(String setting, String value) {
        try (Database database = new Database(newDatabase(), Clock.systemUTC())) {
            assertThat(
                            database.<String>read(session ->
                                    session.client()
                                            .sql("show " + setting)
                                            .query(String.class)
                                            .single()))
                    .isEqualTo(value);
        }
    }
}
