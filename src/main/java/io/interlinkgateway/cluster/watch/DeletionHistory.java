package io.interlinkgateway.cluster.watch;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.WatchEvent;
import io.interlinkgateway.cluster.api.ApiServer;
import io.interlinkgateway.cluster.api.StreamedResponse;
import io.interlinkgateway.event.JobFeed;
import io.interlinkgateway.job.Job;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds the jobs of a workspace that were deleted before its watch started. The API server's history of changes covers
/// some minutes, and nothing before the API server's own start.
final class DeletionHistory {

    private static final Logger LOG = LoggerFactory.getLogger(DeletionHistory.class);

    /// The duration of the watch. The API server sends a bookmark two seconds before its end, after all changes so far.
    private static final int SECONDS = 4;

    private final ApiServer apiServer;
    private final String path;
    private final Predicate<Pod> isJob;
    private final Function<Pod, Job> removal;

    /// The versions after which callers need the deletions. One request serves all of them.
    private final ConcurrentSkipListSet<Long> wanted = new ConcurrentSkipListSet<>();

    /// @param path the path of the pods with a query, which may be empty
    /// @param removal converts the last pod of a removed job to the job
    DeletionHistory(
            ApiServer apiServer, String path, Predicate<Pod> isJob, Function<Pod, Job> removal) {
        this.isJob = isJob;
        this.apiServer = apiServer;
        this.path = path;
        this.removal = removal;
    }

    /// Adds the deletions since a version to a feed, if the API server's history covers them.
    void remember(JobFeed feed, long since) throws InterruptedException {
        wanted.add(since);
        try {
            synchronized (this) {
                Long first = wanted.ceiling(0L);
                if (since < feed.deletionsSince() && first != null) {
                    read(feed, first);
                }
                if (since < feed.deletionsSince()) {
                    read(feed, since);
                }
            }
        } finally {
            wanted.remove(since);
        }
    }

    private void read(JobFeed feed, long since) throws InterruptedException {
        between(since, feed.deletionsSince()).ifPresent(ends -> feed.remember(since, ends));
    }

    private Optional<List<JobFeed.Deletion>> between(long since, long until)
            throws InterruptedException {
        String watch =
                path
                        + "&watch=true&allowWatchBookmarks=true&timeoutSeconds="
                        + SECONDS
                        + "&resourceVersion="
                        + since;
        List<JobFeed.Deletion> ends = new ArrayList<>();
        try (StreamedResponse stream = StreamedResponse.open(apiServer, watch)) {
            while (stream.code() == 200) {
                Optional<WatchEvent> event =
                        stream.nextLine(apiServer.deadline()).map(ResourceWatch::event);
                if (event.isEmpty() || !(event.get().getObject() instanceof Pod pod)) {
                    return Optional.empty();
                }
                long version = ResourceWatch.version(pod);
                if (version <= until
                        && "DELETED".equals(event.get().getType())
                        && isJob.test(pod)) {
                    ends.add(JobFeed.Deletion.of(version, removal.apply(pod)));
                }
                if (version >= until) {
                    return Optional.of(ends);
                }
            }
        } catch (IOException broken) {
            LOG.info("Past deletions of {} can't be read: {}", path, broken.getMessage());
        }
        return Optional.empty();
    }
}
