package io.interlinkgateway.history.store;

import io.interlinkgateway.bench.PostgreSql;

/// Databases of the tests' PostgreSQL server.
final class TestPostgreSql {

    private TestPostgreSql() {}

    /// @return an empty database, a new one at each call
    static Connections newDatabase() {
        return newDatabaseBehind(PostgreSql.port());
    }

    /// @param port leads to the server
    /// @return an empty database, a new one at each call
    static Connections newDatabaseBehind(int port) {
        return Connections.postgresql(
                new DatabaseProperties(
                        PostgreSql.address(port, PostgreSql.newDatabase()), PostgreSql.USER, null),
                () -> "postgres");
    }
}
