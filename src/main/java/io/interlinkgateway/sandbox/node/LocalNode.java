package io.interlinkgateway.sandbox.node;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.log.LogStream;
import io.interlinkgateway.pod.MetadataNames;
import io.interlinkgateway.sandbox.SandboxCredentials;
import io.interlinkgateway.sandbox.SandboxProperties;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.util.FileSystemUtils;

/// This machine in the part of a virtual kubelet with an HPC behind it. Each pod has its [PodRun].
///
/// All processes end when the gateway is stopped; they survive it if it is killed. Images, volumes, and
/// limits of CPU and memory have no effect here.
public final class LocalNode implements AutoCloseable {

    private static final Duration LONGEST_GRACE_AT_THE_END = Duration.ofSeconds(1);
    private static final Duration PATIENCE_AT_THE_END = Duration.ofSeconds(4);

    private final SandboxProperties properties;
    private final PodStore pods;
    private final SandboxCredentials credentials;
    private final Clock clock;
    private final Duration mountPatience;
    private final Path folder;
    private final Semaphore slots;
    private final AtomicLong lastJobId = new AtomicLong();
    private final Map<String, PodRun> runs = new ConcurrentHashMap<>();
    private volatile boolean closing;

    /// @param properties what is configured
    /// @param pods where pods and their statuses are kept
    /// @param credentials what jobs log in with
    /// @param clock the time of statuses
    public LocalNode(
            SandboxProperties properties,
            PodStore pods,
            SandboxCredentials credentials,
            Clock clock) {
        this(properties, pods, credentials, clock, Duration.ofMinutes(5));
    }

    /// @param mountPatience how long pods wait for what they mount; interLink's is five minutes
    public LocalNode(
            SandboxProperties properties,
            PodStore pods,
            SandboxCredentials credentials,
            Clock clock,
            Duration mountPatience) {
        this.mountPatience = mountPatience;
        this.properties = properties;
        this.pods = pods;
        this.credentials = credentials;
        this.clock = clock;
        this.slots = new Semaphore(properties.runningJobs(), true);
        try {
            this.folder = Files.createTempDirectory("interlink-gateway-sandbox-");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// Takes a pod that is stored, and runs it if it was sent to this node.
    public void run(Pod pod) {
        PodRun run = new PodRun(this, pod, folder.resolve(pod.getMetadata().getUid()));
        runs.put(pod.getMetadata().getUid(), run);
        if (isForThisNode(pod)) {
            run.start();
        } else {
            run.neverStart();
        }
        // Whoever deleted the pod before its run was known could not end it.
        pods.find(PodStore.Key.of(pod))
                .filter(current -> current.getMetadata().getDeletionTimestamp() != null)
                .ifPresent(_ -> run.end());
    }

    private boolean isForThisNode(Pod pod) {
        return properties
                .node()
                .equals(
                        Objects.requireNonNullElse(
                                        pod.getSpec().getNodeSelector(), Map.<String, String>of())
                                .get(MetadataNames.HOSTNAME));
    }

    /// Begins to end a pod, as a deletion does.
    ///
    /// @return the pod as it goes, unless it is gone already
    public Optional<Pod> end(Pod pod) {
        PodStore.Key key = PodStore.Key.of(pod);
        String uid = pod.getMetadata().getUid();
        pods.change(
                key,
                uid,
                current ->
                        PodStatuses.terminating(
                                current, clock.instant(), properties.terminationGrace()));
        Optional.ofNullable(runs.get(uid)).ifPresent(PodRun::end);
        return pods.find(key).filter(left -> left.getMetadata().getUid().equals(uid));
    }

    /// @throws IOException if it can't be read
    public LogStream log(Pod pod, String container, boolean follow) throws IOException {
        PodRun run = runs.get(pod.getMetadata().getUid());
        if (run == null) {
            throw new IOException("The pod is gone, or not here yet.");
        }
        return run.log(container, follow);
    }

    void forget(Pod pod) {
        runs.remove(pod.getMetadata().getUid());
        pods.remove(PodStore.Key.of(pod), pod.getMetadata().getUid());
    }

    PodStore pods() {
        return pods;
    }

    SandboxCredentials credentials() {
        return credentials;
    }

    Clock clock() {
        return clock;
    }

    Duration mountPatience() {
        return mountPatience;
    }

    Semaphore slots() {
        return slots;
    }

    String name() {
        return properties.node();
    }

    String nextJobId() {
        return Long.toString(lastJobId.incrementAndGet());
    }

    Optional<Map<String, String>> secret(Pod pod, String name) {
        return credentials.secret(new Workspace(pod.getMetadata().getNamespace()), name);
    }

    Duration grace() {
        Duration grace = properties.terminationGrace();
        return closing && grace.compareTo(LONGEST_GRACE_AT_THE_END) > 0
                ? LONGEST_GRACE_AT_THE_END
                : grace;
    }

    /// Ends all pods, within five seconds.
    @Override
    public void close() {
        closing = true;
        List<PodRun> all = List.copyOf(runs.values());
        all.forEach(PodRun::end);
        long deadline = System.nanoTime() + PATIENCE_AT_THE_END.toNanos();
        all.forEach(run -> run.awaitEnd(Duration.ofNanos(deadline - System.nanoTime())));
        try {
            FileSystemUtils.deleteRecursively(folder);
        } catch (IOException leftBehind) {
            // The folder for temporary files is somebody else's to clean.
            folder.toFile().deleteOnExit();
        }
    }
}
