package io.interlinkgateway.history.store;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.springframework.jdbc.core.simple.JdbcClient;

/// All that a database of the history has.
public final class StoredTexts {

    private StoredTexts() {}

    /// @param directory the directory of an H2 database, which may be open in this process
    /// @return the texts of all rows, decompressed
    public static List<String> in(Path directory) {
        return in(JdbcClient.create(Connections.inDirectory(directory).forMigration()));
    }

    static List<String> in(JdbcClient client) {
        return client
                .sql(
                        """
                        select table_name from information_schema.tables
                        where lower(table_schema) = 'public' and table_name not like 'flyway%'\
                        """)
                .query(String.class)
                .list()
                .stream()
                .flatMap(table ->
                        client.sql("select * from \"" + table + "\"").query().listOfRows().stream())
                .map(Map::values)
                .flatMap(row -> row.stream())
                .map(StoredTexts::text)
                .toList();
    }

    private static String text(Object value) {
        if (!(value instanceof byte[] bytes)) {
            return String.valueOf(value);
        }
        try (GZIPInputStream gzip = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
            return new String(gzip.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException other) {
            throw new UncheckedIOException(other);
        }
    }
}
