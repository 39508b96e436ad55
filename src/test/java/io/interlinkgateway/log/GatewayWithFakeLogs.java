package io.interlinkgateway.log;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.interlinkgateway.GatewayApplication;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.log.feed.LogTimings;
import io.interlinkgateway.pod.MetadataNames;
import io.interlinkgateway.record.PluginLog;
import io.interlinkgateway.status.PodReading;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.SpringApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Primary;

/// The gateway for [LogBenchmark], with jobs that all write the same, from the moment at which the first client
/// of each has come. A burst comes each second. No annotation marks it, or each test would find it.
class GatewayWithFakeLogs {

    static final int BURSTS = 40;
    static final int BURST = 5000;

    /// All that a job writes.
    static final byte[] OUTPUT = output();

    private static final AtomicInteger FOLLOWS = new AtomicInteger();
    private static volatile long begin = Long.MAX_VALUE;

    public static void main(String[] arguments) {
        SpringApplication.run(
                new Class<?>[] {GatewayApplication.class, GatewayWithFakeLogs.class}, arguments);
        begin = System.nanoTime() + Duration.ofSeconds(Long.getLong("begin.after")).toNanos();
        System.out.println("ready");
    }

    private static byte[] output() {
        StringBuilder text = new StringBuilder();
        for (int line = 0; text.length() < BURSTS * BURST; line++) {
            text.append("epoch ")
                    .append(line)
                    .append(": loss ")
                    .append(line * 31 % 977)
                    .append('\n');
        }
        return text.substring(0, BURSTS * BURST).getBytes(StandardCharsets.US_ASCII);
    }

    @Bean
    @Primary
    LogReaders fakeLogReaders(LogProperties properties) {
        return new LogReaders(
                (workspace, name, _) -> new FakeLog(pod(workspace, name)),
                (workspace, name) -> Optional.of(job(workspace, name)),
                LogTimings.of(properties),
                Clock.systemUTC());
    }

    private static Job job(Workspace workspace, JobName name) {
        return PodReading.jobFrom(pod(workspace, name), Instant.now());
    }

    private static Pod pod(Workspace workspace, JobName name) {
        // spotless:off
        return new PodBuilder()
                .withNewMetadata()
                    .withName(name.value()).withNamespace(workspace.value()).withUid("uid-" + name)
                    .withCreationTimestamp("2026-11-25T00:00:00Z")
                    .addToAnnotations(MetadataNames.JOB_ID, "27")
                .endMetadata()
                .withNewSpec()
                    .addNewContainer().withName("main").withImage("/images/a.sif").endContainer()
                .endSpec()
                .withNewStatus().withPhase("Running").endStatus()
                .build();
        // spotless:on
    }

    private record FakeLog(Pod pod) implements ContainerLog {

        @Override
        public Key key() {
            return new Key(
                    new Workspace(pod.getMetadata().getNamespace()),
                    new JobName(pod.getMetadata().getName()),
                    pod.getMetadata().getUid(),
                    "main");
        }

        @Override
        public Opened open(boolean follow) {
            if (follow) {
                System.out.println("upstream follows: " + FOLLOWS.incrementAndGet());
            }
            return new Opened(
                    new Stream(pod, follow),
                    PluginLog.of(PodReading.logContextOf(pod), "main"),
                    Redaction.of(List.of()));
        }
    }

    /// `job.out`, then the output so far, then a burst a second.
    private static final class Stream implements LogStream {

        private final boolean follow;
        private final byte[] head;
        private boolean headGiven;
        private int given;

        Stream(Pod pod, boolean follow) {
            this.follow = follow;
            this.head = head(pod).getBytes(StandardCharsets.US_ASCII);
        }

        private static String head(Pod pod) {
            String start =
                    "This pod %s/%s has been submitted to SLURM node node1.\n"
                                    .formatted(
                                            pod.getMetadata().getName(), pod.getMetadata().getUid())
                            + "To get more info, please run: scontrol show job 27.\n"
                            + "2026-11-23T23:56:53+00:00 Running in background main pid 30024...\n"
                            + "2026-11-23T23:56:53+00:00 Waiting for container main pid 30024...\n";
            return written() < OUTPUT.length
                    ? start
                    : start
                            + "2026-11-23T23:57:13+00:00 Container main pid 30024 ended with status"
                            + " 0.\n"
                            + "2026-11-23T23:57:13+00:00 Checking if file exists:"
                            + " /ceph/interlink/default-"
                            + pod.getMetadata().getUid()
                            + "/run-main.status ...\n"
                            + "2026-11-23T23:57:13+00:00 attempt 1/60 file found"
                            + " /ceph/interlink/default-"
                            + pod.getMetadata().getUid()
                            + "/run-main.status\n"
                            + "2026-11-23T23:57:13+00:00 End of script, highest exit code 0...\n";
        }

        private static int written() {
            long bursts = Math.max(0, (System.nanoTime() - begin) / 1_000_000_000L);
            return (int) Math.min(OUTPUT.length, bursts * BURST);
        }

        @Override
        public Part next(Duration patience) throws InterruptedException {
            if (!headGiven) {
                headGiven = true;
                return new Part.Bytes(ByteBuffer.wrap(head));
            }
            int written = written();
            if (given == written && follow && given < OUTPUT.length) {
                Thread.sleep(patience);
                written = written();
                if (given == written) {
                    return new Part.Quiet();
                }
            }
            if (given == written) {
                return new Part.End();
            }
            ByteBuffer part = ByteBuffer.wrap(OUTPUT, given, written - given).slice();
            given = written;
            return new Part.Bytes(part);
        }

        @Override
        public void close() {
            if (follow) {
                FOLLOWS.decrementAndGet();
            }
        }
    }
}
