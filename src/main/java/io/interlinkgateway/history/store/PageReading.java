package io.interlinkgateway.history.store;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.history.ArchivedLog;
import io.interlinkgateway.history.HistoryPage;
import io.interlinkgateway.history.HistoryQuery;
import io.interlinkgateway.history.PastJob;
import io.interlinkgateway.job.JobPhase;
import io.interlinkgateway.job.JobReason;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// Reads a page of jobs. One filter selects an index, which is walked from the cursor on; the other filters are checked
/// for each row of it. A page that has walked 10,000 rows ends there with a cursor, full or not, so that its cost is
/// bounded whatever the filters are. A filter with several values walks the index of each and merges them.
final class PageReading {

    private static final int MAX_WALKED = 10_000;
    private static final int MAX_STEP = 1_000;
    private static final Pattern CURSOR = Pattern.compile("(-?\\d{1,18})\\.([!-~]{1,100})");

    private final HistoryQuery query;
    private final Map<String, Object> values = new HashMap<>();

    /// The rows that the index has for the page's filter, one condition for each value of it.
    private final List<String> walks = new ArrayList<>();

    /// The columns of the index before the time. H2 only reads in an index's order what is sorted by all its columns.
    private String index = "x.workspace, ";

    /// The conditions that are checked for each of them.
    private final List<String> checks = new ArrayList<>();

    /// A row of an index.
    private record Walked(Position position, boolean matches) {

        static Walked read(ResultSet row, int number) throws SQLException {
            return new Walked(
                    new Position(Times.at(row, "created_at"), row.getString("uid")),
                    row.getBoolean("matches"));
        }
    }

    /// A position in the order of all jobs.
    private record Position(Instant createdAt, String uid) {

        /// @throws GatewayException.CursorExpired if it is not a cursor
        static Position parse(String cursor) {
            try {
                Matcher parts =
                        CURSOR.matcher(
                                new String(
                                        Base64.getUrlDecoder().decode(cursor),
                                        StandardCharsets.UTF_8));
                if (parts.matches()) {
                    return new Position(
                            Times.stored(
                                    Instant.EPOCH.plus(
                                            Long.parseLong(parts.group(1)), ChronoUnit.MICROS)),
                            parts.group(2));
                }
            } catch (IllegalArgumentException _) {
                // not Base64
            }
            throw new GatewayException.CursorExpired();
        }

        String toCursor() {
            String text = ChronoUnit.MICROS.between(Instant.EPOCH, createdAt) + "." + uid;
            return Base64.getUrlEncoder()
                    .withoutPadding()
                    .encodeToString(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    PageReading(HistoryQuery query) {
        this.query = query;
        values.put("workspace", query.filter().workspace().value());
        query.filter().name().ifPresent(name -> add("name", List.of(name.value())));
        addLabels();
        query.submittedBy()
                .ifPresent(caller ->
                        add(
                                "submitted_by",
                                List.of(StoredText.of(caller, StoredJob.MAX_SUBMITTER))));
        add("reason", query.reasons().stream().map(JobReason::name).toList());
        query.filter().node().ifPresent(node -> add("node", List.of(node.value())));
        add("phase", query.filter().states().stream().map(JobPhase::name).toList());
        query.text().ifPresent(this::addText);
    }

    /// The first filter selects the index, the others are checked.
    private void add(String column, List<String> wanted) {
        if (wanted.isEmpty()) {
            return;
        }
        List<String> names = new ArrayList<>();
        for (String value : new TreeSet<>(wanted)) {
            String name = "value" + values.size();
            values.put(name, value);
            names.add(":" + name);
        }
        if (walks.isEmpty()) {
            names.forEach(name -> walks.add(" and x." + column + " = " + name));
            index += "x." + column + ", ";
        } else {
            checks.add("j." + column + " in (" + String.join(", ", names) + ")");
        }
    }

    private void addLabels() {
        query.filter()
                .labels()
                .forEach((key, value) -> {
                    String name = "label" + values.size();
                    values.put(name + "key", key);
                    values.put(name + "value", value);
                    String same =
                            "label_key = :%1$skey and %%1$s.label_value = :%1$svalue"
                                    .formatted(name);
                    if (walks.isEmpty()) {
                        walks.add(" and x." + same.formatted("x"));
                        index += "x.label_key, x.label_value, ";
                    } else {
                        checks.add(
                                "exists (select 1 from job_label k where k.uid = j.uid and k."
                                        + same.formatted("k")
                                        + ")");
                    }
                });
    }

    private void addText(String text) {
        String wanted = StoredText.of(text, text.length()).toLowerCase(Locale.ROOT);
        if (wanted.indexOf('\n') >= 0) {
            // It separates the texts that are searched.
            checks.add("1 = 0");
            return;
        }
        values.put(
                "text",
                "%" + wanted.replace("!", "!!").replace("%", "!%").replace("_", "!_") + "%");
        checks.add("j.search_text like :text escape '!'");
    }

    private boolean walksLabels() {
        return !walks.isEmpty() && walks.getFirst().contains("label_key");
    }

    /// @return a statement that reads the next rows of the index, in order
    private String walk(boolean continued) {
        StringBuilder range = new StringBuilder("x.workspace = :workspace");
        query.since().ifPresent(_ -> range.append(" and x.created_at >= :since"));
        query.until().ifPresent(_ -> range.append(" and x.created_at < :until"));
        if (continued) {
            // The first condition is for H2, which does not use an index for the second.
            range.append(" and x.created_at <= :at and (x.created_at, x.uid) < (:at, :uid)");
        }
        String from = " from " + (walksLabels() ? "job_label" : "job") + " x where " + range;
        String keys = "select x.uid, x.created_at" + from;
        String order = " order by " + index + "x.created_at desc, x.uid desc limit :most";
        String walked =
                walks.size() <= 1
                        ? keys + String.join("", walks) + order
                        : walks.stream()
                                .map(value -> "(" + keys + value + order + ")")
                                .collect(
                                        Collectors.joining(
                                                " union all ",
                                                "",
                                                " order by created_at desc, uid desc limit :most"));
        if (checks.isEmpty()) {
            return "select w.uid, w.created_at, true as matches from ("
                    + walked
                    + ") w"
                    + " order by w.created_at desc, w.uid desc";
        }
        return "select w.uid, w.created_at, "
                + checks.stream().collect(Collectors.joining(") and (", "(", ")"))
                + " as matches from ("
                + walked
                + ") w join job j on j.uid = w.uid order by w.created_at desc, w.uid desc";
    }

    HistoryPage read(Database.Session session) {
        Optional<Position> position = query.cursor().map(Position::parse);
        query.since().ifPresent(since -> values.put("since", Times.of(since)));
        query.until().ifPresent(until -> values.put("until", Times.of(until)));
        List<Position> found = new ArrayList<>();
        int step = query.limit() + 1;
        int walked = 0;
        while (walked < MAX_WALKED) {
            List<Walked> rows = next(session, position, step);
            for (Walked row : rows) {
                if (row.matches && found.size() == query.limit()) {
                    return page(session, found, Optional.of(found.getLast()));
                }
                if (row.matches) {
                    found.add(row.position);
                }
            }
            if (rows.size() < step) {
                return page(session, found, Optional.empty());
            }
            position = Optional.of(rows.getLast().position);
            walked += step;
            // Few rows are enough for most filters.
            step = Math.min(Math.min(2 * step, MAX_STEP), MAX_WALKED - walked);
        }
        return page(session, found, position);
    }

    private List<Walked> next(Database.Session session, Optional<Position> position, int most) {
        Map<String, Object> all = new HashMap<>(values);
        all.put("most", most);
        position.ifPresent(from -> {
            all.put("at", Times.of(from.createdAt));
            all.put("uid", from.uid);
        });
        return session.client()
                .sql(walk(position.isPresent()))
                .params(all)
                .query(Walked::read)
                .list();
    }

    private static HistoryPage page(
            Database.Session session, List<Position> found, Optional<Position> next) {
        List<String> uids = found.stream().map(Position::uid).toList();
        Map<String, JobRow> jobs = new HashMap<>();
        if (!uids.isEmpty()) {
            session.client()
                    .sql("select " + JobRow.COLUMNS + " from job j where j.uid in (:uids)")
                    .param("uids", uids)
                    .query(row -> {
                        JobRow.read(row).ifPresent(job -> jobs.put(job.uid(), job));
                    });
        }
        Map<String, List<ArchivedLog>> logs = JobRow.logs(session, uids);
        List<PastJob> items =
                uids.stream()
                        .filter(jobs::containsKey)
                        .map(uid ->
                                Objects.requireNonNull(jobs.get(uid))
                                        .with(
                                                StoredDefinition.Known.NOTHING,
                                                logs.getOrDefault(uid, List.of())))
                        .toList();
        return new HistoryPage(items, next.map(Position::toCursor));
    }
}
