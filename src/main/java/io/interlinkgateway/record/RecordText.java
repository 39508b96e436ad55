package io.interlinkgateway.record;

import io.interlinkgateway.job.Job.ContainerExit;
import io.interlinkgateway.record.JobRecord.Fault;
import io.interlinkgateway.record.JobRecord.FaultKind;
import io.interlinkgateway.record.JobRecord.KillCause;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// A [JobRecord] as the annotation [MetadataNames#JOB_RECORD]: compact JSON with its version and the pod's UID,
/// so that a copied pod carries nothing. The same record always gives the same text. Others can write the
/// annotation, too: what is not exactly such a text is none.
public final class RecordText {

    /// The longest text that is written or read, in characters.
    static final int LONGEST = 32_768;

    private static final int VERSION = 1;
    private static final int LONGEST_WORDS = 1024;
    private static final JsonMapper JSON = new JsonMapper();

    private RecordText() {}

    /// @param record any record
    /// @param uid its pod's
    /// @return the annotation's value
    public static String of(JobRecord record, String uid) {
        ObjectNode json = JSON.createObjectNode();
        json.put("version", VERSION).put("uid", uid);
        switch (record) {
            case JobRecord.NoHeader _ -> json.put("kind", "headless");
            case JobRecord.Contradictory _ -> json.put("kind", "contradictory");
            case JobRecord.OtherPlugin _ -> json.put("kind", "other-plugin");
            case JobRecord.Started started -> {
                json.put("kind", "started");
                started.startedAt().ifPresent(at -> json.put("startedAt", at.toString()));
            }
            case JobRecord.Ended ended -> write(ended, json);
            case JobRecord.Killed killed -> {
                json.put("kind", "killed");
                killed.startedAt().ifPresent(at -> json.put("startedAt", at.toString()));
                killed.killedAt().ifPresent(at -> json.put("killedAt", at.toString()));
                json.put("killer", killed.killer().name()).put("words", cut(killed.words()));
            }
        }
        return JSON.writeValueAsString(json);
    }

    private static void write(JobRecord.Ended ended, ObjectNode json) {
        json.put("kind", "ended")
                .put("startedAt", ended.startedAt().toString())
                .put("finishedAt", ended.finishedAt().toString())
                .put("exitCode", ended.exitCode());
        ArrayNode containers = json.putArray("containers");
        ended.containers()
                .forEach(exit ->
                        containers
                                .addObject()
                                .put("name", exit.name())
                                .put("exitCode", exit.exitCode())
                                .put("finishedAt", exit.finishedAt().toString()));
        json.put("memoryKill", ended.memoryKill());
        ended.fault()
                .ifPresent(fault ->
                        json.put("fault", fault.kind().name()).put("words", cut(fault.words())));
    }

    private static String cut(String words) {
        return words.length() <= LONGEST_WORDS ? words : words.substring(0, LONGEST_WORDS);
    }

    /// @param text an annotation's value, if there is one
    /// @param uid the pod's
    /// @return the record, unless the text is none of this pod
    public static Optional<JobRecord> parse(@Nullable String text, @Nullable String uid) {
        if (text == null || uid == null || text.length() > LONGEST) {
            return Optional.empty();
        }
        try {
            return JSON.readTree(text) instanceof ObjectNode json
                            && uid.equals(string(json, "uid"))
                            && number(json, "version") == VERSION
                    ? Optional.of(recordIn(json))
                    : Optional.empty();
        } catch (JacksonException | DateTimeException | IllegalArgumentException broken) {
            return Optional.empty();
        }
    }

    private static JobRecord recordIn(ObjectNode json) {
        return switch (string(json, "kind")) {
            case "headless" -> only(json, Set.of(), new JobRecord.NoHeader());
            case "contradictory" -> only(json, Set.of(), new JobRecord.Contradictory());
            case "other-plugin" -> only(json, Set.of(), new JobRecord.OtherPlugin());
            case "started" ->
                    only(json, Set.of("startedAt"), new JobRecord.Started(startedAt(json)));
            case "ended" ->
                    only(
                            json,
                            Set.of(
                                    "startedAt",
                                    "finishedAt",
                                    "exitCode",
                                    "containers",
                                    "memoryKill",
                                    "fault",
                                    "words"),
                            ended(json));
            case "killed" ->
                    only(
                            json,
                            Set.of("startedAt", "killedAt", "killer", "words"),
                            new JobRecord.Killed(
                                    startedAt(json),
                                    json.has("killedAt")
                                            ? Optional.of(
                                                    LocalDateTime.parse(string(json, "killedAt")))
                                            : Optional.empty(),
                                    KillCause.valueOf(string(json, "killer")),
                                    words(json)));
            default -> throw new IllegalArgumentException("kind");
        };
    }

    private static JobRecord.Ended ended(ObjectNode json) {
        List<ContainerExit> containers = new ArrayList<>();
        if (!(json.get("containers") instanceof ArrayNode exits)) {
            throw new IllegalArgumentException("containers");
        }
        for (JsonNode exit : exits) {
            if (!(exit instanceof ObjectNode object)) {
                throw new IllegalArgumentException("containers");
            }
            containers.add(
                    new ContainerExit(
                            string(object, "name"), exitCode(object), time(object, "finishedAt")));
        }
        if (!json.path("memoryKill").isBoolean()) {
            throw new IllegalArgumentException("memoryKill");
        }
        return new JobRecord.Ended(
                time(json, "startedAt"),
                time(json, "finishedAt"),
                exitCode(json),
                containers,
                json.path("memoryKill").booleanValue(),
                json.has("fault")
                        ? Optional.of(
                                new Fault(FaultKind.valueOf(string(json, "fault")), words(json)))
                        : Optional.empty());
    }

    private static <T> T only(ObjectNode json, Set<String> fields, T record) {
        Set<String> unknown = new TreeSet<>(json.propertyNames());
        unknown.removeAll(fields);
        unknown.removeAll(Set.of("version", "uid", "kind"));
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("unknown fields");
        }
        return record;
    }

    private static Optional<Instant> startedAt(ObjectNode json) {
        return json.has("startedAt") ? Optional.of(time(json, "startedAt")) : Optional.empty();
    }

    private static Instant time(ObjectNode json, String field) {
        return Instant.parse(string(json, field));
    }

    private static int exitCode(ObjectNode json) {
        int code = number(json, "exitCode");
        if (code < 0 || code > 255) {
            throw new IllegalArgumentException("exitCode");
        }
        return code;
    }

    private static String words(ObjectNode json) {
        String words = string(json, "words");
        if (words.length() > LONGEST_WORDS) {
            throw new IllegalArgumentException("words");
        }
        return words;
    }

    private static int number(ObjectNode json, String field) {
        if (!json.path(field).canConvertToInt() || !json.path(field).isIntegralNumber()) {
            throw new IllegalArgumentException(field);
        }
        return json.path(field).intValue();
    }

    private static String string(ObjectNode json, String field) {
        if (!json.path(field).isString()) {
            throw new IllegalArgumentException(field);
        }
        return json.path(field).stringValue();
    }
}
