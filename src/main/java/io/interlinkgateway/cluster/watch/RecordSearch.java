package io.interlinkgateway.cluster.watch;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.cluster.api.ApiServer;
import io.interlinkgateway.cluster.api.PodLog;
import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.log.LogStream;
import io.interlinkgateway.pod.MetadataNames;
import io.interlinkgateway.pod.PodTranslation;
import io.interlinkgateway.record.JobRecord;
import io.interlinkgateway.record.PluginLog;
import io.interlinkgateway.status.PodReading;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Looks for a job's own record in its log, and writes what it finds to the pod, where every gateway reads it.
///
/// An end is believed only when the plugin ends a log request with `follow=true` of each container by itself,
/// which it does within 4 s once the container has ended and never before (recordings `follow-while-running`,
/// `configuring-node`): else a running job could print an end of its own.
public final class RecordSearch {

    private static final Logger LOG = LoggerFactory.getLogger(RecordSearch.class);
    private static final Duration LONGEST_FOLLOW = Duration.ofSeconds(60);

    /// The record stands first; with a pre-exec all of the log may hold another one.
    private static final long LONGEST_READ = 64 << 20;

    private static final PluginLog.Sink IGNORED =
            new PluginLog.Sink() {
                @Override
                public void own(byte[] bytes, int from, int to) {
                    // Only the record is asked for.
                }

                @Override
                public void plugin(byte[] bytes, int from, int to) {
                    // It is read by the log itself.
                }
            };

    private final ApiServer apiServer;
    private final PodLog.Source logs;
    private final Duration longestSilence;

    /// @param longestSilence more than the 4 s after which the plugin ends a request
    public RecordSearch(ApiServer apiServer, PodLog.Source logs, Duration longestSilence) {
        this.apiServer = apiServer;
        this.logs = logs;
        this.longestSilence = longestSilence;
    }

    /// Looks once. What can't be read now, or says nothing yet, is looked for again by who calls.
    ///
    /// @param pod a job's that needs its record
    public void look(Pod pod) throws InterruptedException {
        try {
            Optional<JobRecord> found = found(pod);
            if (found.isPresent() && !found.equals(PodReading.recordOf(pod))) {
                write(pod, found.get());
            }
        } catch (IOException
                | GatewayException.ClusterUnavailable
                | GatewayException.NotFound unreadable) {
            // The log is on the HPC, behind two services: later, then.
            return;
        }
    }

    private Optional<JobRecord> found(Pod pod) throws IOException, InterruptedException {
        Optional<JobRecord> first = read(pod);
        if (first.isEmpty() || !hasToBeConfirmed(first.get())) {
            return first;
        }
        for (String container : containers(pod)) {
            if (!endsByItself(pod, container)) {
                return first.map(JobRecord::withoutEnd);
            }
        }
        return read(pod)
                .map(confirmed ->
                        confirmed instanceof JobRecord.NoHeader
                                ? new JobRecord.OtherPlugin()
                                : confirmed);
    }

    /// The SLURM plugin writes its header before it starts a container, so a container that ended without one
    /// is another plugin's. A pre-exec that fails leaves no header, and no container that has ended either
    /// (recording `pre-exec-fails`).
    private static boolean hasToBeConfirmed(JobRecord record) {
        return record instanceof JobRecord.Ended || record instanceof JobRecord.NoHeader;
    }

    /// The record is the same in every container's log, but for why a container was not started.
    private Optional<JobRecord> read(Pod pod) throws IOException, InterruptedException {
        List<JobRecord> records = new ArrayList<>();
        for (String container : containers(pod)) {
            read(pod, container).ifPresent(records::add);
            boolean mayHaveFault =
                    !records.isEmpty()
                            && records.getLast() instanceof JobRecord.Ended ended
                            && ended.fault().isEmpty();
            if (!mayHaveFault) {
                break;
            }
        }
        return records.isEmpty() ? Optional.empty() : Optional.of(records.getLast());
    }

    private Optional<JobRecord> read(Pod pod, String container)
            throws IOException, InterruptedException {
        PluginLog log = PluginLog.of(PodReading.logContextOf(pod), container);
        long length = 0;
        try (LogStream stream = open(pod, container, false)) {
            while (!log.isDecided()) {
                switch (stream.next(longestSilence)) {
                    case LogStream.Part.Bytes(ByteBuffer buffer) -> {
                        byte[] bytes = new byte[buffer.remaining()];
                        buffer.get(bytes);
                        length += bytes.length;
                        log.read(bytes, 0, bytes.length, IGNORED);
                    }
                    case LogStream.Part.Quiet _ -> throw new IOException("The log fell silent.");
                    case LogStream.Part.End _ -> {
                        log.end(IGNORED);
                        return log.record();
                    }
                }
                if (length > LONGEST_READ) {
                    return log.record().map(JobRecord::withoutEnd);
                }
            }
        }
        return log.record();
    }

    private boolean endsByItself(Pod pod, String container) throws InterruptedException {
        long deadline = System.nanoTime() + LONGEST_FOLLOW.toNanos();
        try (LogStream stream = open(pod, container, true)) {
            while (System.nanoTime() < deadline) {
                switch (stream.next(longestSilence)) {
                    case LogStream.Part.Bytes _ -> {}
                    case LogStream.Part.Quiet _ -> {
                        return false;
                    }
                    case LogStream.Part.End _ -> {
                        return true;
                    }
                }
            }
            return false;
        } catch (IOException stillOpen) {
            return false;
        }
    }

    private LogStream open(Pod pod, String container, boolean follow) {
        return logs.open(
                pod.getMetadata().getNamespace(), pod.getMetadata().getName(), container, follow);
    }

    private static List<String> containers(Pod pod) {
        return pod.getSpec().getContainers().stream()
                .map(Container::getName)
                .flatMap(Stream::ofNullable)
                .toList();
    }

    private static String path(Pod pod) {
        return "/api/v1/namespaces/"
                + pod.getMetadata().getNamespace()
                + "/pods/"
                + pod.getMetadata().getName();
    }

    /// Only on the pod as it was when it was looked at: else what another gateway found since, or another
    /// pod's state, would be overwritten.
    private void write(Pod pod, JobRecord record) {
        ApiServer.Answer answer =
                apiServer.patch(
                        path(pod) + "?fieldManager=" + PodTranslation.MANAGER,
                        Map.of(
                                "metadata",
                                Map.of(
                                        "uid",
                                        pod.getMetadata().getUid(),
                                        "resourceVersion",
                                        pod.getMetadata().getResourceVersion(),
                                        "annotations",
                                        Map.of(
                                                MetadataNames.JOB_RECORD,
                                                PodReading.recordAnnotation(pod, record)))));
        // 404, 409: the pod is gone, or not as it was.
        if (!answer.successful() && answer.code() != 404 && answer.code() != 409) {
            LOG.warn("A job's record can't be written to its pod: {}", answer.body());
        }
    }
}
