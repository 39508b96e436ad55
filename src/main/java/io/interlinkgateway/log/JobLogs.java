package io.interlinkgateway.log;

import io.interlinkgateway.job.GatewayException;
import io.interlinkgateway.job.InvalidValueException;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Text;
import io.interlinkgateway.job.Workspace;
import java.io.InputStream;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/// What jobs write.
public interface JobLogs {

    /// Opens a job's log. Closing the stream frees everything behind it.
    ///
    /// @param workspace where to look
    /// @param name the job's name
    /// @param options what of it
    /// @return the bytes as they come; with follow, the end of the stream is the end of the container
    /// @throws GatewayException.NotFound if there is no such job
    /// @throws GatewayException.ClusterUnavailable if the log can't be read now
    InputStream open(Workspace workspace, JobName name, Options options);

    /// What of a log to read.
    ///
    /// @param follow whether to go on until the container ends
    /// @param tailLines only this many lines before now
    /// @param container which container; empty for the only one, or the first
    record Options(boolean follow, OptionalInt tailLines, Optional<String> container) {

        private static final Pattern CONTAINER =
                Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");

        /// @throws InvalidValueException if the number is negative, or no container can have that name
        public Options {
            if (tailLines.isPresent() && tailLines.getAsInt() < 0) {
                throw new InvalidValueException(
                        "A log has no " + tailLines.getAsInt() + " lines.",
                        "Give tailLines as 0 or more.");
            }
            if (container.isPresent() && !CONTAINER.matcher(container.get()).matches()) {
                throw new InvalidValueException(
                        "No container is named \"" + Text.shown(container.get()) + "\".",
                        "See the job's manifest for its containers.");
            }
        }
    }
}
