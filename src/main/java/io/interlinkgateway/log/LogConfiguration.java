package io.interlinkgateway.log;

import io.interlinkgateway.job.Jobs;
import io.interlinkgateway.log.feed.LogTimings;
import io.interlinkgateway.web.OpenStreams;
import java.time.Clock;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class LogConfiguration {

    @Bean
    LogReaders logReaders(
            JobLogs logs, Jobs jobs, LogProperties properties, Clock clock, OpenStreams open) {
        LogReaders readers = new LogReaders(logs, jobs::find, LogTimings.of(properties), clock);
        open.register(readers::close);
        return readers;
    }
}
