package io.interlinkgateway.slurm;

import io.interlinkgateway.failure.Text;
import java.io.FilterReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.JacksonIOException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The response to the request for all jobs, in any version of the API. Up to v0.0.38 a state is one string, an exit code
/// is a wait status and a time is a number of seconds. v0.0.39 and v0.0.40 changed them to lists and objects
/// (`{"set", "infinite", "number"}`). Each field is accepted in all of its forms.
///
/// Only jobs whose name is a UID are kept. Unknown fields of these are ignored; a known field of a wrong type makes the
/// whole response invalid.
final class JobsAnswer {

    /// More than any SLURM has.
    private static final int MOST_JOBS = 200_000;

    /// In characters; more than any job has. A larger part could fill the memory.
    private static final int LONGEST_PART = 1 << 20;

    private static final int LONGEST_TEXT = 200;

    private static final JsonMapper JSON =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                                    .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxNestingDepth(100)
                                                    .maxStringLength(LONGEST_PART)
                                                    .maxNumberLength(100)
                                                    .build())
                                    .build())
                    .build();

    private final Instant observedAt;
    private final List<SlurmJob> jobs = new ArrayList<>();
    private final Set<String> ids = new HashSet<>();

    private JobsAnswer(Instant observedAt) {
        this.observedAt = observedAt;
    }

    /// Reads a response to its end.
    ///
    /// @param body the response
    /// @param observedAt when the request was sent
    /// @return the jobs that can be jobs of pods
    /// @throws SlurmrestdException if it is invalid, or reports an error
    /// @throws IOException if it is incomplete
    static List<SlurmJob> read(InputStream body, Instant observedAt)
            throws SlurmrestdException, IOException {
        JobsAnswer answer = new JobsAnswer(observedAt);
        BoundedReader reader = new BoundedReader(body);
        try (JsonParser parser = JSON.createParser(reader)) {
            answer.read(parser, reader);
        } catch (JacksonIOException incomplete) {
            if (reader.left < 0) {
                throw new SlurmrestdException(
                        "A part of the response is larger than " + LONGEST_PART + " characters.");
            }
            throw incomplete.getCause();
        } catch (JacksonException invalid) {
            throw new SlurmrestdException(
                    "The response is not valid JSON: "
                            + Text.shown(invalid.getOriginalMessage(), LONGEST_TEXT));
        }
        return answer.jobs;
    }

    /// Stops when more than [#LONGEST_PART] characters were read since the last job began. Users of the HPC choose some
    /// texts, and SLURM accepts bytes there that are not UTF-8: these are replaced.
    private static final class BoundedReader extends FilterReader {

        private long left = LONGEST_PART;

        BoundedReader(InputStream body) {
            super(new InputStreamReader(body, StandardCharsets.UTF_8));
        }

        @Override
        public int read(char[] characters, int from, int most) throws IOException {
            int read = super.read(characters, from, most);
            left -= Math.max(read, 0);
            if (left < 0) {
                throw new IOException("too long");
            }
            return read;
        }
    }

    /// The error that a response reports.
    ///
    /// @param body a whole response
    /// @return the first error's description; empty if there is none or the response is no JSON
    static Optional<String> errorIn(byte[] body) {
        try {
            return firstError(JSON.readTree(body).path("errors"));
        } catch (JacksonException otherAnswer) {
            return Optional.empty();
        }
    }

    private static Optional<String> firstError(JsonNode errors) {
        return errors.valueStream()
                .findFirst()
                .map(error ->
                        error.path("description")
                                .asStringOpt()
                                .filter(text -> !text.isEmpty())
                                .or(() -> error.path("error").asStringOpt())
                                .orElse("an error without a description"))
                .map(text -> Text.shown(text, LONGEST_TEXT));
    }

    private void read(JsonParser parser, BoundedReader reader) throws SlurmrestdException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new SlurmrestdException("The response is not a JSON object.");
        }
        boolean listed = false;
        Optional<String> error = Optional.empty();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String field = parser.currentName();
            JsonToken value = parser.nextToken();
            switch (field) {
                case "jobs" -> {
                    if (value != JsonToken.START_ARRAY) {
                        throw new SlurmrestdException("The response's jobs are not a list.");
                    }
                    listed = true;
                    readJobs(parser, reader);
                }
                case "errors" -> error = firstError(parser.readValueAsTree());
                default -> parser.skipChildren();
            }
        }
        if (error.isPresent()) {
            throw new SlurmrestdException("SLURM: " + error.get());
        }
        if (!listed) {
            throw new SlurmrestdException("The response has no list of jobs.");
        }
        if (parser.nextToken() != null) {
            throw new SlurmrestdException("The response continues after its end.");
        }
    }

    private void readJobs(JsonParser parser, BoundedReader reader) throws SlurmrestdException {
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw new SlurmrestdException("A job in the response is not a JSON object.");
            }
            reader.left = LONGEST_PART;
            JobFields fields = new JobFields(parser.readValueAsTree());
            if (fields.isOfPod()) {
                add(fields.job(observedAt));
            }
        }
    }

    private void add(SlurmJob job) throws SlurmrestdException {
        if (!ids.add(job.job().id())) {
            throw new SlurmrestdException("The response has the job " + job.job().id() + " twice.");
        }
        if (jobs.size() == MOST_JOBS) {
            throw new SlurmrestdException(
                    "The response has more than " + MOST_JOBS + " jobs with UIDs as names.");
        }
        jobs.add(job);
    }
}
