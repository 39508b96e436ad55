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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads a job's own record in its log, and writes it to the pod, where every gateway reads it.
///
/// A running job can print a forged end. So an end counts only if the plugin then ends a log request with `follow=true`
/// for each container by itself. It does so within 4 s after the container has ended, and never before (recordings
/// `follow-while-running`, `configuring-node`). Each request waits for the node's [LogBudget].
final class RecordReader {

    private static final Logger LOG = LoggerFactory.getLogger(RecordReader.class);

    /// How much of a log is read. The record is at its start; with a pre-exec, another record can follow anywhere.
    private static final long LONGEST_READ = 64 << 20;

    /// How long a log is read. A container that writes all the time has not ended.
    private static final Duration LONGEST_CONFIRMATION = Duration.ofSeconds(60);

    private final ApiServer apiServer;
    private final PodLog.Source logs;
    private final LogBudgets budgets;
    private final Duration longestSilence;
    private final StateLag lag;

    /// @param longestSilence the maximum time without data; more than the 4 s after which the plugin ends a request
    /// @param lag measures how late records are written
    RecordReader(
            ApiServer apiServer,
            PodLog.Source logs,
            LogBudgets budgets,
            Duration longestSilence,
            StateLag lag) {
        this.apiServer = apiServer;
        this.logs = logs;
        this.budgets = budgets;
        this.longestSilence = longestSilence;
        this.lag = lag;
    }

    /// The result of one reading.
    ///
    /// @param record the record; empty if the log is empty
    /// @param hasOutput whether output of a container follows the record
    record Found(Optional<JobRecord> record, boolean hasOutput) {}

    /// Reads the record from the log, whether genuine or forged.
    ///
    /// @param pod a job's pod
    /// @return the record in the log
    /// @throws IOException if the connection was lost
    /// @throws GatewayException if the log can't be read now
    /// @throws InterruptedException if the thread is interrupted
    Found read(Pod pod, LogBudget.Purpose purpose) throws IOException, InterruptedException {
        budget(pod).await(purpose);
        return readNow(pod, purpose);
    }

    /// Like [#read], if the node's budget has a request left.
    ///
    /// @return empty if it has none left
    Optional<Found> readIfSpare(Pod pod) throws IOException, InterruptedException {
        return budget(pod).takeSpare()
                ? Optional.of(readNow(pod, LogBudget.Purpose.ROUTINE))
                : Optional.empty();
    }

    private Found readNow(Pod pod, LogBudget.Purpose purpose)
            throws IOException, InterruptedException {
        ContainerLogs containerLogs = new ContainerLogs(pod, purpose);
        Optional<JobRecord> record = JobRecord.ofContainers(containers(pod), containerLogs);
        return new Found(record, containerLogs.hasOutput);
    }

    /// Reads one container's log after the other; only the first one's request was taken from the budget before.
    private final class ContainerLogs implements JobRecord.Reader {

        private final Pod pod;
        private final LogBudget.Purpose purpose;
        private boolean isFirst = true;
        private boolean hasOutput;

        ContainerLogs(Pod pod, LogBudget.Purpose purpose) {
            this.pod = pod;
            this.purpose = purpose;
        }

        @Override
        public Optional<JobRecord> record(String container)
                throws IOException, InterruptedException {
            if (!isFirst) {
                budget(pod).await(purpose);
            }
            isFirst = false;
            Found found = read(pod, container);
            hasOutput |= found.hasOutput;
            return found.record;
        }
    }

    private Found read(Pod pod, String container) throws IOException, InterruptedException {
        PluginLog log = PluginLog.of(PodReading.logContextOf(pod), container);
        OutputSink sink = new OutputSink(log);
        long length = 0;
        try (LogStream stream = open(pod, container, PodLog.Extent.WHOLE)) {
            while (!log.isDecided()) {
                switch (stream.next(longestSilence)) {
                    case LogStream.Part.Bytes part -> {
                        byte[] bytes = part.toByteArray();
                        length += bytes.length;
                        log.read(bytes, 0, bytes.length, sink);
                    }
                    case LogStream.Part.Quiet _ -> throw new IOException("The log stalled.");
                    case LogStream.Part.End _ -> {
                        log.end(sink);
                        return new Found(log.record(), sink.hasOutput);
                    }
                }
                if (length > LONGEST_READ) {
                    return new Found(log.record().map(JobRecord::withoutEnd), sink.hasOutput);
                }
            }
        }
        return new Found(log.record(), sink.hasOutput);
    }

    /// Notes whether the container wrote anything.
    static final class OutputSink implements PluginLog.Sink {

        private final PluginLog log;
        private boolean hasOutput;

        OutputSink(PluginLog log) {
            this.log = log;
        }

        /// @return whether there were bytes of the container after the record
        boolean hasOutput() {
            return hasOutput;
        }

        @Override
        public void own(byte[] bytes, int from, int to) {
            hasOutput |= from < to && log.isInOutput();
        }

        @Override
        public void plugin(byte[] bytes, int from, int to) {
            // Only the container's output is noted.
        }
    }

    /// Reads the record of a job whose end is recorded or reported.
    ///
    /// @return the record, without its end if the plugin does not confirm the end
    Optional<JobRecord> readConfirmed(Pod pod, LogBudget.Purpose purpose)
            throws IOException, InterruptedException {
        if (!haveEnded(pod, purpose)) {
            return read(pod, purpose).record().map(JobRecord::withoutEnd);
        }
        return read(pod, purpose)
                .record()
                .map(record ->
                        record instanceof JobRecord.NoHeader
                                ? new JobRecord.OtherPlugin()
                                : record);
    }

    /// The SLURM plugin writes its header before it starts a container, so if a container ended and there is no header,
    /// the log is from another plugin. After a failed pre-exec there is no header either, but no container ended
    /// (recording `pre-exec-fails`).
    private boolean haveEnded(Pod pod, LogBudget.Purpose purpose) throws InterruptedException {
        for (String container : containers(pod)) {
            budget(pod).await(purpose);
            if (!endsByItself(pod, container)) {
                return false;
            }
        }
        return true;
    }

    private boolean endsByItself(Pod pod, String container) throws InterruptedException {
        long deadline = System.nanoTime() + LONGEST_CONFIRMATION.toNanos();
        try (LogStream stream = open(pod, container, PodLog.Extent.FOLLOWED_FROM_END)) {
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
        } catch (IOException brokenOff) {
            return false;
        }
    }

    /// The result of one search.
    enum SearchResult {
        /// A record, which is now on the pod unless the pod has changed.
        FOUND,
        /// The log was read completely and is empty.
        EMPTY_LOG,
        /// The log can't be read now.
        UNREADABLE
    }

    /// Searches once for the record of a job whose pod's status reports an end. If the log can't be read, or the record
    /// is incomplete, the caller searches again later.
    ///
    /// @param pod a pod whose [PodReading#recordNeed] is [io.interlinkgateway.status.RecordNeed#SEARCH]
    /// @param purpose the purpose of the requests
    SearchResult search(Pod pod, LogBudget.Purpose purpose) throws InterruptedException {
        try {
            Optional<JobRecord> record = read(pod, purpose).record();
            if (record.filter(RecordReader::hasToBeConfirmed).isPresent()) {
                record = readConfirmed(pod, purpose);
            }
            if (record.isPresent()) {
                write(pod, record.get());
                return SearchResult.FOUND;
            }
            return SearchResult.EMPTY_LOG;
        } catch (IOException
                | GatewayException.ClusterUnavailable
                | GatewayException.NotFound unreadable) {
            LOG.debug("The log of a job can't be read now: {}", unreadable.getMessage());
            return SearchResult.UNREADABLE;
        }
    }

    private static boolean hasToBeConfirmed(JobRecord record) {
        return record instanceof JobRecord.Ended || record instanceof JobRecord.NoHeader;
    }

    /// Opens a container's log; the request was taken from the budget before.
    LogStream open(Pod pod, String container, PodLog.Extent extent) {
        return logs.open(
                pod.getMetadata().getNamespace(), pod.getMetadata().getName(), container, extent);
    }

    LogBudget budget(Pod pod) {
        return budgets.of(PodReading.nodeOf(pod));
    }

    static List<String> containers(Pod pod) {
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

    /// Writes a record to the pod unless the pod has it already. If the pod has changed since it was read, nothing is
    /// written, because this could overwrite another gateway's result, or affect another pod. An end is not written
    /// while the pod is being deleted, because the plugin then ends a followed log even if the container still runs.
    ///
    /// @return whether the pod now has this record
    boolean write(Pod pod, JobRecord record) {
        if (Optional.of(record).equals(PodReading.recordOf(pod))) {
            return true;
        }
        if (record instanceof JobRecord.Ended && pod.getMetadata().getDeletionTimestamp() != null) {
            return false;
        }
        boolean written = patch(pod, record);
        if (written) {
            lag.written(pod, record);
        }
        return written;
    }

    /// Writes the record that a pod has here to the pod on the API server, which has lost it.
    ///
    /// @param pod the pod as it was reported last, with the record that it had before
    void restore(Pod pod) {
        PodReading.recordOf(pod).ifPresent(record -> patch(pod, record));
    }

    private boolean patch(Pod pod, JobRecord record) {
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
        // 404, 409: the pod is deleted, or has changed.
        if (!answer.successful() && answer.code() != 404 && answer.code() != 409) {
            LOG.warn("A job's record can't be written to its pod: {}", answer.body());
        }
        return answer.successful();
    }
}
