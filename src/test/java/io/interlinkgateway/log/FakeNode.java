package io.interlinkgateway.log;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.pod.MetadataNames;
import io.interlinkgateway.record.PluginLog;
import io.interlinkgateway.status.PodReading;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// One job on a node whose plugin gives logs as it was recorded (`follow-*.json`), only faster: `job.out` stands
/// before the container's output and is given as it is when the log is opened; a follower gets the rest in
/// bursts, complaints if it comes too early, and the end once the container has left its exit code. On request
/// it fails in all the ways that were seen.
final class FakeNode {

    static final Workspace WORKSPACE = new Workspace("default");
    static final JobName NAME = new JobName("train");
    private static final String FOLDER = "/ceph/interlink/default-";

    private final Duration poll;
    private final ByteArrayOutputStream jobOut = new ByteArrayOutputStream();
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final Queue<Failure> failures = new ArrayDeque<>();
    private Pod pod;
    private boolean started;
    private boolean exited;
    private boolean gone;
    private boolean down;
    private List<String> secrets = List.of();
    final AtomicInteger follows = new AtomicInteger();
    final AtomicInteger mostFollows = new AtomicInteger();
    final AtomicInteger opened = new AtomicInteger();
    final AtomicLong bytes = new AtomicLong();

    /// What goes wrong with the next log that is opened.
    ///
    /// @param after how many bytes it gives before
    /// @param kind what then happens
    record Failure(int after, Kind kind) {}

    enum Kind {
        /// The connection breaks.
        CUT,
        /// It ends as if that were all, as when the plugin is restarted.
        CLEAN_END,
        /// It is not even opened.
        REFUSED
    }

    FakeNode(Duration poll) {
        this(poll, "6f0e4ad5-1111-4222-8333-444455556666", false);
    }

    FakeNode(Duration poll, String uid, boolean preExec) {
        this.poll = poll;
        // spotless:off
        this.pod = new PodBuilder()
                .withNewMetadata()
                    .withName(NAME.value())
                    .withNamespace(WORKSPACE.value())
                    .withUid(uid)
                    .withCreationTimestamp(Instant.now().minusSeconds(3600).toString())
                    .addToAnnotations(MetadataNames.JOB_ID, "27")
                .endMetadata()
                .withNewSpec()
                    .withNodeName("vega-new-vk")
                    .addNewContainer()
                        .withName("main").withImage("/images/a.sif").withCommand("true")
                    .endContainer()
                .endSpec()
                .withNewStatus().withPhase("Pending").endStatus()
                .build();
        // spotless:on
        if (preExec) {
            pod.getMetadata().getAnnotations().put(MetadataNames.PRE_EXEC, "singularity pull");
        }
    }

    synchronized Optional<Job> find(Workspace workspace, JobName name) {
        return gone || !workspace.equals(WORKSPACE) || !name.equals(NAME)
                ? Optional.empty()
                : Optional.of(PodReading.jobFrom(pod, Instant.now()));
    }

    ContainerLog log(Workspace workspace, JobName name, Optional<String> container) {
        String uid =
                find(workspace, name)
                        .orElseThrow(() -> new GatewayException.NotFound("job", name.value()))
                        .uid();
        ContainerLog.Key key = new ContainerLog.Key(workspace, name, uid, container.orElse("main"));
        return new ContainerLog() {
            @Override
            public Key key() {
                return key;
            }

            @Override
            public Opened open(boolean follow) {
                return FakeNode.this.open(key, follow);
            }
        };
    }

    private synchronized ContainerLog.Opened open(ContainerLog.Key key, boolean follow) {
        if (gone) {
            throw new GatewayException.NotFound("job", NAME.value());
        }
        opened.incrementAndGet();
        Optional<Failure> failure = Optional.ofNullable(failures.poll());
        if (down || failure.map(next -> next.kind == Kind.REFUSED).orElse(false)) {
            throw new GatewayException.ClusterUnavailable("The plugin answered 500.");
        }
        return new ContainerLog.Opened(
                new Stream(follow, failure),
                PluginLog.of(PodReading.logContextOf(pod), key.container()),
                Redaction.of(secrets));
    }

    /// What must not be seen in the log.
    synchronized void hide(String... values) {
        secrets = List.of(values);
    }

    /// SLURM starts the job.
    synchronized void start() {
        beginRecord();
        continueRecord();
    }

    /// The script of the job writes the first line of its record.
    synchronized void beginRecord() {
        phase("Running");
        record(
                "This pod train/"
                        + pod.getMetadata().getUid()
                        + " has been submitted to SLURM node node1.");
    }

    /// The script writes the rest, and starts the containers.
    synchronized void continueRecord() {
        record("To get more info, please run: scontrol show job 27.");
        record("2026-11-23T23:56:53+00:00 Running in background main pid 30024...");
        record("2026-11-23T23:56:53+00:00 Waiting for container main pid 30024...");
        started = true;
        notifyAll();
    }

    /// Another kind of plugin starts the job.
    synchronized void startWithoutRecord() {
        phase("Running");
        started = true;
        notifyAll();
    }

    synchronized void exitWithoutRecord() {
        exited = true;
        notifyAll();
    }

    /// SLURM starts the job again after its compute node failed.
    synchronized void restart() {
        jobOut.reset();
        start();
    }

    synchronized void prepare(String text) {
        jobOut.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    synchronized void record(String line) {
        prepare(line + "\n");
    }

    synchronized void write(byte[] text) {
        output.writeBytes(text);
    }

    void write(String text) {
        write(text.getBytes(StandardCharsets.UTF_8));
    }

    /// The container ends; interLink has not noticed yet.
    synchronized void exit(int code) {
        write("\nreal\t0m20.151s\nuser\t0m0.062s\nsys\t0m0.067s\n");
        String file = FOLDER + pod.getMetadata().getUid() + "/run-main.status";
        record(
                "2026-11-23T23:57:13+00:00 Container main pid 30024 ended with status "
                        + code
                        + ".");
        record("2026-11-23T23:57:13+00:00 Checking if file exists: " + file + " ...");
        record("2026-11-23T23:57:13+00:00 attempt 1/60 file found " + file);
        record("2026-11-23T23:57:13+00:00 End of script, highest exit code " + code + "...");
        exited = true;
        notifyAll();
    }

    /// SLURM kills the job: nothing is left that ends the log.
    synchronized void kill() {
        record(
                "slurmstepd-node1: error: *** JOB 27 ON node1 CANCELLED AT 2026-11-23T23:49:27 DUE"
                        + " TO TIME LIMIT ***");
    }

    /// interLink says something.
    synchronized void phase(String phase) {
        pod = new PodBuilder(pod).editStatus().withPhase(phase).endStatus().build();
    }

    synchronized void delete() {
        gone = true;
        notifyAll();
    }

    synchronized void fail(Failure... next) {
        failures.addAll(List.of(next));
    }

    /// @return whether all failures that were asked for have happened
    synchronized boolean hasFailed() {
        return failures.isEmpty();
    }

    synchronized void down(boolean now) {
        down = now;
    }

    /// What the container wrote.
    synchronized byte[] output() {
        return output.toByteArray();
    }

    private final class Stream implements LogStream {

        private final boolean follow;
        private final Optional<Failure> failure;
        private ByteBuffer ready;
        private int outputRead;
        private int given;
        private long nextPoll = System.nanoTime();
        private boolean closed;
        private boolean over;

        Stream(boolean follow, Optional<Failure> failure) {
            this.follow = follow;
            this.failure = failure;
            byte[] all = output.toByteArray();
            this.outputRead = all.length;
            this.ready =
                    ByteBuffer.allocate(jobOut.size() + all.length)
                            .put(jobOut.toByteArray())
                            .put(all)
                            .flip();
            if (follow) {
                mostFollows.accumulateAndGet(follows.incrementAndGet(), Math::max);
            } else {
                withoutLastLineEnd();
            }
        }

        /// A snapshot's last line may lack its end.
        private void withoutLastLineEnd() {
            int last = ready.limit() - 1;
            if (last >= 0 && ready.get(last) == '\n') {
                ready.limit(last);
            }
        }

        private void readOutput() {
            byte[] all = output.toByteArray();
            ready = ByteBuffer.wrap(all, outputRead, all.length - outputRead).slice();
            outputRead = all.length;
        }

        @Override
        public Part next(Duration patience) throws IOException, InterruptedException {
            synchronized (FakeNode.this) {
                long deadline = System.nanoTime() + patience.toNanos();
                while (true) {
                    if (ready.hasRemaining()) {
                        return give();
                    }
                    if (over || !follow) {
                        return new Part.End();
                    }
                    if (gone || down) {
                        over = true;
                        continue;
                    }
                    long now = System.nanoTime();
                    if (now >= nextPoll) {
                        nextPoll = now + poll.toNanos();
                        poll();
                        continue;
                    }
                    if (now >= deadline) {
                        return new Part.Quiet();
                    }
                    TimeUnit.NANOSECONDS.timedWait(
                            FakeNode.this, Math.min(deadline, nextPoll) - now + 1000);
                }
            }
        }

        private void poll() {
            if (!started) {
                ready =
                        ByteBuffer.wrap(
                                ("HTTP InterLink session GetLogs#65457: Cannot open in follow mode"
                                                + " the container logs "
                                                + FOLDER
                                                + pod.getMetadata().getUid()
                                                + "/run-main.out because it does not exist yet,"
                                                + " sleeping before retrying...")
                                        .getBytes(StandardCharsets.UTF_8));
                return;
            }
            boolean last = exited;
            readOutput();
            over = last;
        }

        private Part give() throws IOException {
            int length = Math.min(ready.remaining(), 5000);
            if (failure.isPresent() && given + length > failure.get().after) {
                length = Math.max(0, failure.get().after - given);
                if (length == 0) {
                    if (failure.get().kind == Kind.CUT) {
                        throw new IOException("reset");
                    }
                    ready = ByteBuffer.allocate(0);
                    over = true;
                    return new Part.End();
                }
            }
            given += length;
            bytes.addAndGet(length);
            ByteBuffer part = ready.slice(ready.position(), length);
            ready.position(ready.position() + length);
            return new Part.Bytes(part);
        }

        @Override
        public void close() {
            if (follow && !closed) {
                follows.decrementAndGet();
            }
            closed = true;
        }
    }
}
