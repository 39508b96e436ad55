package io.interlinkgateway.history;

import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A time in a query: a time of ISO 8601 with its offset (`2026-11-24T09:00:00Z`), or how long ago it was, as a duration
/// of ISO 8601 (`P7D`, `PT12H`) or a number and a unit (`7d`, `12h`, `30m`).
final class TimeParameter {

    private static final Pattern SHORT = Pattern.compile("([0-9]{1,6})([mhd])");
    private static final Instant FIRST = Instant.EPOCH;
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");
    private static final int LONGEST = 40;

    private TimeParameter() {}

    /// @param name the parameter's name
    /// @param text its value
    /// @param now the present time
    /// @return the time
    /// @throws InvalidValueException if the text has another form, or the time is not in the years 1970 to 9999
    static Instant parse(String name, String text, Instant now) {
        Instant time;
        try {
            time = text.length() > LONGEST ? null : instant(text, now);
        } catch (DateTimeException | ArithmeticException _) {
            time = null;
        }
        if (time == null || time.isBefore(FIRST) || time.isAfter(LAST)) {
            throw new InvalidValueException(
                    "\"" + Text.shown(text) + "\" is not a time that " + name + " accepts.",
                    "Write a time such as 2026-11-24T09:00:00Z, or how long ago it was, such as P7D"
                            + " or 12h. A + in an address is percent-encoded.");
        }
        return time;
    }

    private static Instant instant(String text, Instant now) {
        Matcher amount = SHORT.matcher(text);
        if (amount.matches()) {
            return now.minus(
                    Duration.of(
                            Long.parseLong(amount.group(1)),
                            switch (amount.group(2)) {
                                case "m" -> ChronoUnit.MINUTES;
                                case "h" -> ChronoUnit.HOURS;
                                default -> ChronoUnit.DAYS;
                            }));
        }
        return text.startsWith("P") || text.startsWith("p")
                ? now.minus(Duration.parse(text))
                : OffsetDateTime.parse(text).toInstant();
    }
}
