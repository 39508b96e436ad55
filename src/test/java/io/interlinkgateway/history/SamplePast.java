package io.interlinkgateway.history;

import io.interlinkgateway.event.JobObserver;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.JobState;
import io.interlinkgateway.job.JobState.FailureReason;
import io.interlinkgateway.job.JobState.Moment;
import io.interlinkgateway.job.JobState.Precision;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.job.Workspace;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.zip.GZIPOutputStream;

/// Jobs that ended and whose pods were removed, written to a history as the recorder does.
public record SamplePast(JobHistory history, LogArchive archive, Workspace workspace) {

    /// When the jobs were created.
    public static final Instant CREATED = Instant.parse("2026-11-24T09:00:00Z");

    /// The container of the jobs.
    public static final String CONTAINER = "main";

    /// The pod of the jobs.
    public static final PodManifest POD =
            new PodManifest(
                    Map.of(
                            "apiVersion",
                            "v1",
                            "kind",
                            "Pod",
                            "metadata",
                            Map.of(
                                    "name",
                                    "sample",
                                    "annotations",
                                    Map.of("slurm-job.vk.io/flags", "-p gpu --time=00:55:00")),
                            "spec",
                            Map.of(
                                    "containers",
                                    List.of(
                                            Map.of(
                                                    "name",
                                                    CONTAINER,
                                                    "image",
                                                    "docker://ghcr.io/intertwin-eu/train@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                                                    "command",
                                                    List.of("true"),
                                                    "resources",
                                                    Map.of(
                                                            "limits",
                                                            Map.of("cpu", "1", "memory", "1Gi")))),
                                    "nodeSelector",
                                    Map.of("kubernetes.io/hostname", "sandbox"))));

    /// A job that waited a minute and ran for two.
    ///
    /// @param uid its UID
    /// @param name its name
    /// @param minute how many minutes after [#CREATED] it was created
    /// @param labels its labels
    public void removed(String uid, String name, int minute, Map<String, String> labels) {
        history.write(
                List.of(
                        observed(1, uid, name, minute, labels, false),
                        observed(2, uid, name, minute, labels, true)));
    }

    /// A job whose pod exists, as far as the history knows.
    ///
    /// @param uid its UID
    /// @param name its name
    public void live(String uid, String name) {
        history.write(List.of(observed(1, uid, name, 0, Map.of(), false)));
    }

    /// A job whose definition the history does not have.
    ///
    /// @param uid its UID
    /// @param name its name
    public void withoutDefinition(String uid, String name) {
        Observation known = observed(1, uid, name, 0, Map.of(), false);
        history.write(
                List.of(
                        new Observation(
                                known.version(),
                                known.seenAt(),
                                known.job(),
                                Observation.Presence.REMOVED,
                                () -> {
                                    throw new IllegalStateException("damaged");
                                })));
    }

    private Observation observed(
            long version,
            String uid,
            String name,
            int minute,
            Map<String, String> labels,
            boolean gone) {
        Instant created = CREATED.plusSeconds(60L * minute);
        Moment started = new Moment(created.plusSeconds(60), Precision.SECOND);
        JobState state =
                gone
                        ? new JobState.Failed(
                                Optional.of(started),
                                Optional.of(new Moment(created.plusSeconds(180), Precision.SECOND)),
                                OptionalInt.of(3),
                                FailureReason.EXIT_CODE,
                                "The container ended with the exit code 3.")
                        : new JobState.Running(Optional.of(started));
        Instant seen = created.plusSeconds(gone ? 190 : 70);
        Job job =
                new Job(
                        new JobName(name),
                        workspace,
                        uid,
                        Optional.of(new NodeName("sandbox")),
                        state,
                        new Job.Evidence(Job.Source.JOB_RECORD, seen, true),
                        Optional.empty(),
                        List.of(),
                        Optional.of("4711"),
                        Optional.empty(),
                        Optional.empty(),
                        created,
                        "gateway",
                        Optional.of("https://issuer.example.org/#ada"),
                        labels,
                        Optional.empty());
        return new Observation(
                version,
                seen,
                job,
                gone ? Observation.Presence.REMOVED : Observation.Presence.LIVE,
                () -> new JobObserver.Origin(POD, POD));
    }

    /// Archives a log in two chunks.
    ///
    /// @param uid the job's UID
    /// @param text the log
    /// @param completeness whether it is whole
    public void log(String uid, String text, ArchivedLog.Completeness completeness) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int middle = bytes.length / 2;
        archive.store(
                uid,
                new ArchivedLog(
                        CONTAINER,
                        completeness,
                        completeness == ArchivedLog.Completeness.COMPLETE
                                ? Optional.empty()
                                : Optional.of("The node did not respond in 10 s."),
                        bytes.length,
                        bytes.length,
                        bytes.length == 0 ? Optional.empty() : Optional.of(sha256(bytes)),
                        CREATED.plusSeconds(200)),
                bytes.length == 0
                        ? List.of()
                        : List.of(chunk(bytes, 0, middle), chunk(bytes, middle, bytes.length)));
    }

    /// Archives a log of which the first half is damaged in the database.
    ///
    /// @param uid the job's UID
    /// @param text the log
    public void damagedLog(String uid, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int middle = bytes.length / 2;
        archive.store(
                uid,
                new ArchivedLog(
                        CONTAINER,
                        ArchivedLog.Completeness.COMPLETE,
                        Optional.empty(),
                        bytes.length,
                        bytes.length,
                        Optional.of(sha256(bytes)),
                        CREATED.plusSeconds(200)),
                List.of(
                        new LogArchive.Chunk(
                                0, 0, middle, ByteBuffer.wrap(new byte[middle]).asReadOnlyBuffer()),
                        chunk(bytes, middle, bytes.length)));
    }

    /// Archives what the archiver keeps of a long log.
    ///
    /// @param uid the job's UID
    /// @param text the log, of ASCII characters, longer than what is kept
    /// @param maxSize how many bytes of it are kept at most
    /// @return the archived text
    public String shortened(String uid, String text, int maxSize) {
        LogCompressor compressor = new LogCompressor(maxSize);
        compressor.add(text.getBytes(StandardCharsets.US_ASCII));
        LogCompressor.Compressed kept = compressor.finish();
        archive.store(
                uid,
                new ArchivedLog(
                        CONTAINER,
                        ArchivedLog.Completeness.SHORTENED,
                        Optional.of("The log is too long."),
                        kept.size(),
                        kept.kept(),
                        Optional.of(kept.sha256()),
                        CREATED.plusSeconds(200)),
                kept.chunks());
        int head = maxSize / 2;
        int tail = Math.toIntExact(kept.kept()) - head;
        return text.substring(0, head)
                + LogCompressor.marker(kept.size() - kept.kept())
                + text.substring(text.length() - tail);
    }

    private static LogArchive.Chunk chunk(byte[] bytes, int from, int to) {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(bytes, from, to - from);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        long lines = 0;
        for (int at = 0; at < from; at++) {
            lines += bytes[at] == '\n' ? 1 : 0;
        }
        return new LogArchive.Chunk(
                from,
                lines,
                to - from,
                ByteBuffer.wrap(compressed.toByteArray()).asReadOnlyBuffer());
    }

    /// @param bytes any
    /// @return their SHA-256 in hexadecimal digits
    public static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
