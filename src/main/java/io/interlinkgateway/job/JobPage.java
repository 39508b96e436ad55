package io.interlinkgateway.job;

import io.interlinkgateway.failure.GatewayException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// A page of jobs.
///
/// @param items the jobs, sorted by name
/// @param nextCursor the position of the next page; empty on the last page
public record JobPage(List<Job> items, Optional<String> nextCursor) {

    /// How many bytes of jobs are read for one page at most. A job can have a megabyte, and a page 500 jobs.
    private static final int MAX_BYTES = 4 << 20;

    /// Copies the list.
    public JobPage {
        items = List.copyOf(items);
    }

    /// A job that may be listed on a page.
    ///
    /// @param name its name
    /// @param bytes how many bytes are read for it
    /// @param job reads it
    public record Candidate(JobName name, int bytes, Supplier<Job> job) {}

    /// Reads jobs until the page is full. A page that is full by its bytes may have no job.
    ///
    /// @param query which jobs
    /// @param candidates jobs after the query's cursor that may match the query, sorted by name
    /// @return the page
    public static JobPage read(JobQuery query, Iterator<Candidate> candidates) {
        List<Job> items = new ArrayList<>();
        long bytes = 0;
        @Nullable JobName last = null;
        while (candidates.hasNext()) {
            Candidate next = candidates.next();
            bytes += next.bytes;
            if (last != null && bytes > MAX_BYTES) {
                return new JobPage(items, Optional.of(cursorAt(last)));
            }
            last = next.name;
            Job job = next.job.get();
            if (query.matches(job)) {
                if (items.size() == query.limit()) {
                    return new JobPage(items, Optional.of(cursorAt(items.getLast().name())));
                }
                items.add(query.definitions() ? job : job.withoutDefinition());
            }
        }
        return new JobPage(items, Optional.empty());
    }

    private static String cursorAt(JobName last) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(last.value().getBytes(StandardCharsets.UTF_8));
    }

    static JobName nameAt(String cursor) {
        try {
            byte[] name = Base64.getUrlDecoder().decode(cursor);
            return new JobName(new String(name, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException _) {
            throw new GatewayException.CursorExpired();
        }
    }
}
