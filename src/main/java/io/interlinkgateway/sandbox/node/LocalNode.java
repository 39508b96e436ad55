package io.interlinkgateway.sandbox.node;

import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.job.GracePeriod;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.log.LogStream;
import io.interlinkgateway.pod.MetadataNames;
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

/// This machine as a virtual node: it does what a virtual kubelet and its HPC do. Each pod has a [PodRun].
///
/// All processes are ended when the gateway is stopped; they keep running if it is killed. Images, volumes and limits
/// of CPU and memory have no effect.
public final class LocalNode implements AutoCloseable {

    private static final Duration SHUTDOWN_GRACE = Duration.ofSeconds(1);
    private static final Duration SHUTDOWN_TIMEOUT = Duration.ofSeconds(4);

    private final Settings settings;
    private final PodStore pods;
    private final SecretStore secrets;
    private final Clock clock;
    private final Duration mountTimeout;
    private final Path folder;
    private final Semaphore slots;
    private final AtomicLong lastJobId = new AtomicLong();
    private final Map<String, PodRun> runs = new ConcurrentHashMap<>();
    private volatile boolean closing;

    /// How a node runs pods.
    ///
    /// @param name the node's name
    /// @param slots the maximum number of pods that run at the same time, at least 1
    /// @param terminationGrace how long processes may take to end after SIGTERM
    public record Settings(String name, int slots, Duration terminationGrace) {}

    /// @param settings how pods are run
    /// @param pods stores pods and their statuses
    /// @param secrets the Secrets that pods can refer to
    /// @param clock gives the times in statuses
    public LocalNode(Settings settings, PodStore pods, SecretStore secrets, Clock clock) {
        this(settings, pods, secrets, clock, Duration.ofMinutes(5));
    }

    /// @param mountTimeout how long pods wait for the Secrets that they mount; five minutes with interLink
    public LocalNode(
            Settings settings,
            PodStore pods,
            SecretStore secrets,
            Clock clock,
            Duration mountTimeout) {
        this.mountTimeout = mountTimeout;
        this.settings = settings;
        this.pods = pods;
        this.secrets = secrets;
        this.clock = clock;
        this.slots = new Semaphore(settings.slots(), true);
        try {
            this.folder = Files.createTempDirectory("interlink-gateway-sandbox-");
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /// Runs a stored pod if it is assigned to this node.
    public void run(Pod pod) {
        PodRun run = new PodRun(this, pod, folder.resolve(pod.getMetadata().getUid()));
        runs.put(pod.getMetadata().getUid(), run);
        if (isForThisNode(pod)) {
            run.start();
        } else {
            run.rejectAsUnschedulable();
        }
        // The pod may have been deleted before its run was registered.
        pods.find(PodStore.Key.of(pod))
                .filter(current -> current.getMetadata().getDeletionTimestamp() != null)
                .ifPresent(_ -> run.end());
    }

    private boolean isForThisNode(Pod pod) {
        return settings.name()
                .equals(
                        Objects.requireNonNullElse(
                                        pod.getSpec().getNodeSelector(), Map.<String, String>of())
                                .get(MetadataNames.HOSTNAME));
    }

    /// Starts to delete a pod. As with interLink, the grace period does not change how its processes are ended.
    ///
    /// @param gracePeriod how long the pod is to stay according to its metadata; empty for the node's own
    /// @return the pod while it is being deleted; empty if it no longer exists
    public Optional<Pod> end(Pod pod, Optional<GracePeriod> gracePeriod) {
        PodStore.Key key = PodStore.Key.of(pod);
        String uid = pod.getMetadata().getUid();
        pods.change(
                key,
                uid,
                current ->
                        PodStatuses.terminating(
                                current,
                                clock.instant(),
                                gracePeriod
                                        .map(named -> Duration.ofSeconds(named.seconds()))
                                        .orElse(settings.terminationGrace())));
        Optional.ofNullable(runs.get(uid)).ifPresent(PodRun::end);
        return pods.find(key).filter(current -> current.getMetadata().getUid().equals(uid));
    }

    /// @throws IOException if the log can't be read
    public LogStream log(Pod pod, String container, boolean follow) throws IOException {
        PodRun run = runs.get(pod.getMetadata().getUid());
        if (run == null) {
            throw new IOException("The pod was deleted, or does not run here yet.");
        }
        return run.log(container, follow);
    }

    void remove(Pod pod) {
        runs.remove(pod.getMetadata().getUid());
        pods.remove(PodStore.Key.of(pod), pod.getMetadata().getUid());
    }

    PodStore pods() {
        return pods;
    }

    SecretStore secrets() {
        return secrets;
    }

    Clock clock() {
        return clock;
    }

    Duration mountTimeout() {
        return mountTimeout;
    }

    Semaphore slots() {
        return slots;
    }

    String name() {
        return settings.name();
    }

    String nextJobId() {
        return Long.toString(lastJobId.incrementAndGet());
    }

    Optional<Map<String, String>> secret(Pod pod, String name) {
        return secrets.secret(new Workspace(pod.getMetadata().getNamespace()), name);
    }

    Duration grace() {
        Duration grace = settings.terminationGrace();
        return closing && grace.compareTo(SHUTDOWN_GRACE) > 0 ? SHUTDOWN_GRACE : grace;
    }

    /// Ends all pods, within five seconds.
    @Override
    public void close() {
        closing = true;
        List<PodRun> all = List.copyOf(runs.values());
        all.forEach(PodRun::end);
        long deadline = System.nanoTime() + SHUTDOWN_TIMEOUT.toNanos();
        all.forEach(run -> run.awaitEnd(Duration.ofNanos(deadline - System.nanoTime())));
        try {
            FileSystemUtils.deleteRecursively(folder);
        } catch (IOException _) {
            // The system cleans up its folder for temporary files.
            folder.toFile().deleteOnExit();
        }
    }
}
