package io.interlinkgateway.history.store;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/// A row that one replica holds for a time, by the database's clock.
final class Lease {

    private Lease() {}

    /// Takes a lease, or holds it for longer.
    ///
    /// @param table the table of such leases
    /// @param key the columns of its primary key, with their values
    /// @param holder who takes it
    /// @param period for how long
    /// @return false if another one holds it
    static boolean take(
            Database.Session session,
            String table,
            Map<String, String> key,
            String holder,
            Duration period) {
        Map<String, Object> values = new HashMap<>(key);
        values.put("holder", holder);
        values.put("seconds", Math.toIntExact(period.toSeconds()));
        String columns = String.join(", ", key.keySet());
        String names = key.keySet().stream().map(":"::concat).collect(Collectors.joining(", "));
        String until = "current_timestamp + cast(:seconds as integer) * interval '1' second";
        int inserted =
                session.client()
                        .sql(
                                "insert into %s (%s, holder, held_until) values (%s, :holder, %s) on conflict do nothing"
                                        .formatted(table, columns, names, until))
                        .params(values)
                        .update();
        String same =
                key.keySet().stream()
                        .map(column -> column + " = :" + column)
                        .collect(Collectors.joining(" and "));
        return inserted > 0
                || session.client()
                                .sql(
                                        "update %s set holder = :holder, held_until = %s where %s and (holder = :holder or held_until < current_timestamp)"
                                                .formatted(table, until, same))
                                .params(values)
                                .update()
                        > 0;
    }
}
