package io.interlinkgateway.caller;

import com.github.benmanes.caffeine.cache.Ticker;
import io.github.bucket4j.TimeMeter;

/// One time for caches and for buckets.
///
/// @param ticker the time
public record TickerMeter(Ticker ticker) implements TimeMeter {

    @Override
    public long currentTimeNanos() {
        return ticker.read();
    }

    @Override
    public boolean isWallClockBased() {
        return false;
    }
}
