package io.interlinkgateway.record;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// The message that the plugin writes for each attempt to follow a log whose file does not exist yet. It has no
/// trailing newline.
final class RetryMessage {

    private static final String BEGINNING = "HTTP InterLink session GetLogs#";
    private static final String END = "sleeping before retrying...";
    private static final byte[] BEGINNING_BYTES = BEGINNING.getBytes(StandardCharsets.UTF_8);
    private static final byte[] END_BYTES = END.getBytes(StandardCharsets.UTF_8);

    private final Pattern whole;

    /// @param uid the UID of the job's pod
    /// @param container the container's name
    RetryMessage(String uid, String container) {
        this.whole =
                Pattern.compile(
                        BEGINNING
                                + "\\d+: Cannot open in follow mode the container logs [^\n]*"
                                + Pattern.quote(uid + "/run-" + container + ".out")
                                + " because it does not exist yet, "
                                + Pattern.quote(END));
    }

    /// @return whether the pending bytes are such a message
    boolean is(LookaheadBuffer pending) {
        return pending.endsWith(END_BYTES) && whole.matcher(pending.line()).matches();
    }

    /// @return whether the pending bytes may become such a message
    boolean mayBe(LookaheadBuffer pending) {
        return pending.isPrefixOf(BEGINNING_BYTES)
                || (pending.size() < LogFormat.LONGEST_LINE
                        && pending.startsWith(BEGINNING_BYTES)
                        && pending.last() != '\n');
    }
}
