package io.interlinkgateway.log;

import io.interlinkgateway.job.Jobs;
import io.interlinkgateway.log.feed.LogTimings;
import java.time.Clock;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class LogConfiguration {

    @Bean
    LogReaders logReaders(JobLogs logs, Jobs jobs, LogProperties properties, Clock clock) {
        return new LogReaders(logs, jobs::find, LogTimings.of(properties), clock);
    }

    @Bean
    SmartLifecycle endOfFollowing(LogReaders readers) {
        return new EndOfFollowing(readers);
    }

    /// Comes before the web server waits for its requests to end, which a followed log would not.
    private static final class EndOfFollowing implements SmartLifecycle {

        private final LogReaders readers;
        private volatile boolean running;

        EndOfFollowing(LogReaders readers) {
            this.readers = readers;
        }

        @Override
        public void start() {
            running = true;
        }

        @Override
        public void stop() {
            running = false;
            readers.close();
        }

        @Override
        public boolean isRunning() {
            return running;
        }
    }
}
