package io.interlinkgateway.log;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// How logs are followed.
///
/// @param buffer how much of a followed log is kept in memory for its readers, at least 32KB; a reader that falls
///     further behind reads from the node again
/// @param heartbeat how often a silent event stream of a log sends a heartbeat
/// @param unconfirmedWait how long followers wait for the first output of a job that interLink reports as succeeded
///     while its log is empty: it does so for jobs whose compute node is still powering up
@ConfigurationProperties("gateway.log")
public record LogProperties(
        @DefaultValue("32KB") DataSize buffer,
        @DefaultValue("15s") Duration heartbeat,
        @DefaultValue("15m") Duration unconfirmedWait) {

    static final DataSize SMALLEST_BUFFER = DataSize.ofKilobytes(32);

    public LogProperties {
        if (buffer.compareTo(SMALLEST_BUFFER) < 0) {
            throw new IllegalArgumentException("gateway.log.buffer must be 32KB or more.");
        }
    }
}
