package io.interlinkgateway.record;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.LocalDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.ser.std.ToStringSerializer;

/// A [JobRecord] as text for an annotation of its pod: compact JSON with a version and the pod's UID, so that a
/// copied pod has no record. Each record has exactly one text. Others can write the annotation as well, so any
/// other text is no record, even if it is the same JSON.
public final class RecordText {

    /// The longest text that is read, in UTF-16 characters.
    static final int LONGEST = 32_768;

    private static final int VERSION = 1;

    private static final JsonMapper JSON =
            JsonMapper.builder()
                    .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
                    .changeDefaultPropertyInclusion(inclusion ->
                            inclusion.withValueInclusion(JsonInclude.Include.NON_ABSENT))
                    // Without the seconds where they are zero, as the texts on existing pods.
                    .addModule(
                            new SimpleModule()
                                    .addSerializer(
                                            LocalDateTime.class, ToStringSerializer.instance))
                    .build();

    private RecordText() {}

    /// @param record any record
    /// @param uid the UID of its pod
    /// @return the annotation's value
    public static String of(JobRecord record, String uid) {
        ObjectNode json = JSON.createObjectNode().put("version", VERSION).put("uid", uid);
        json.setAll(JSON.<ObjectNode>valueToTree(record));
        return JSON.writeValueAsString(json);
    }

    /// @param text an annotation's value, if the pod has it
    /// @param uid the UID of the pod
    /// @return empty if the text is not a record of this pod
    public static Optional<JobRecord> parse(@Nullable String text, @Nullable String uid) {
        if (text == null || uid == null || text.length() > LONGEST) {
            return Optional.empty();
        }
        try {
            return JSON.readTree(text) instanceof ObjectNode json
                    ? Optional.of(recordIn(json)).filter(record -> text.equals(of(record, uid)))
                    : Optional.empty();
        } catch (JacksonException notARecord) {
            return Optional.empty();
        }
    }

    /// The comparison with the text checks version and UID.
    private static JobRecord recordIn(ObjectNode json) {
        json.remove("version");
        json.remove("uid");
        return JSON.treeToValue(json, JobRecord.class);
    }
}
