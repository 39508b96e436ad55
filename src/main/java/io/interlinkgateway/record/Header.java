package io.interlinkgateway.record;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

/// The two lines that begin a job's record: `This pod … has been submitted to SLURM node vega1.` and
/// `To get more info, please run: scontrol show job 4711.`
final class Header {

    private static final Pattern NODE = Pattern.compile("[A-Za-z0-9._-]+\\.");
    private static final Pattern ANY_JOB_ID = Pattern.compile("\\d+\\.");
    private static final String HINT = "To get more info, please run: scontrol show job ";
    private static final byte[] HINT_BYTES = HINT.getBytes(StandardCharsets.UTF_8);

    private final String beginning;
    private final byte[] bytes;
    private final BytePattern pattern;
    private final Optional<String> jobId;

    Header(LogContext job) {
        this.beginning =
                "This pod " + job.pod() + "/" + job.uid() + " has been submitted to SLURM node ";
        this.bytes = beginning.getBytes(StandardCharsets.UTF_8);
        this.pattern = BytePattern.of(bytes);
        this.jobId = job.remoteJobId();
    }

    /// @return a search for the first line up to the node's name
    BytePattern.Search search() {
        return pattern.search();
    }

    /// @return the first byte that [#search] looks for
    byte first() {
        return pattern.first();
    }

    /// @return how many bytes [#search] looks for
    int length() {
        return bytes.length;
    }

    /// @return whether the node's name may have the byte
    static boolean isInNode(byte read) {
        return (read >= 'a' && read <= 'z')
                || (read >= 'A' && read <= 'Z')
                || (read >= '0' && read <= '9')
                || read == '.'
                || read == '_'
                || read == '-';
    }

    /// @param line the line whose beginning [#search] found
    boolean hasNode(String line) {
        return NODE.matcher(line.substring(beginning.length())).matches();
    }

    /// @param index of the byte in the second line
    /// @return whether the second line may have the byte there
    static boolean isInHint(int index, byte read) {
        return index >= HINT_BYTES.length || HINT_BYTES[index] == read;
    }

    /// @param line the second line
    boolean hasJobId(String line) {
        String id = line.startsWith(HINT) ? line.substring(HINT.length()) : "";
        return jobId.map(expected -> id.equals(expected + "."))
                .orElseGet(() -> ANY_JOB_ID.matcher(id).matches());
    }

    /// @return whether the pending bytes, at the beginning of a line, may become a header
    boolean mayBe(LookaheadBuffer pending) {
        return pending.isPrefixOf(bytes) || begins(pending);
    }

    /// @return whether the pending bytes begin as a header does
    boolean begins(LookaheadBuffer pending) {
        return pending.startsWith(bytes);
    }
}
