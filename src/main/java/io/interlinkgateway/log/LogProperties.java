package io.interlinkgateway.log;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/// How logs are followed.
///
/// @param buffer how much of a followed log is buffered in memory for its readers, at least 32KB; a reader that is
///     further behind reads from the node again
/// @param heartbeat how often an event stream of a log without output sends a heartbeat
/// @param unconfirmedWait how long followers wait for the first output of a job that interLink reports as succeeded
///     while its log is empty. interLink does so for jobs whose compute node is still powering up
@ConfigurationProperties("gateway.log")
public record LogProperties(
        @DefaultValue("32KB") DataSize buffer,
        @DefaultValue("15s") Duration heartbeat,
        @DefaultValue("15m") Duration unconfirmedWait) {

    static final DataSize MIN_BUFFER = DataSize.ofKilobytes(32);

    public LogProperties {
        if (buffer.compareTo(MIN_BUFFER) < 0) {
            throw new IllegalArgumentException("gateway.log.buffer must be 32KB or more.");
        }
    }
}
