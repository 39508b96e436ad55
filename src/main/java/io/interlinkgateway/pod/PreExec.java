package io.interlinkgateway.pod;

import io.interlinkgateway.job.ImageReference;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The shell text that runs on the HPC before the container, and its part that pulls a missing image.
///
/// The plugin puts its job script after the text: after a newline in the recorded version, after a blank in older
/// ones. Text that ends with a newline works in both.
final class PreExec {

    /// Pulls an image once, even if many jobs start at the same time. The lock is a folder, because `mkdir` is atomic
    /// on every shared file system and `flock` often is not. The job that has the lock writes a growing counter into
    /// it. A waiting job that sees no progress for two minutes by its own clock takes the lock over with a rename,
    /// and deletes the incomplete file. If two jobs take it over at the same time, both pull, each to its own file. A
    /// rename makes the complete image visible, so it is never incomplete.
    private static final String PULL =
            """
            ( image='@IMAGE@'; source='@SOURCE@'; lock="$image.gateway-lock"; part="$image.gateway-part.$(hostname).$$"
              fail() { echo "interlink-gateway: the image $image could not be pulled from $source: $1" >&2; exit 1; }
              [ -e "$image" ] && exit 0
              seen=; still=0; refused=0
              until mkdir "$lock" 2>/dev/null; do
                [ -e "$image" ] && exit 0
                if [ ! -d "$lock" ]; then
                  refused=$((refused + 1))
                  [ "$refused" -lt 5 ] || fail "the folder $(dirname "$image") is missing or can't be written"
                fi
                now=$(cat "$lock/progress" 2>/dev/null)
                if [ "$now" = "$seen" ]; then still=$((still + 1)); else still=0; seen=$now; fi
                if [ "$still" -ge 60 ]; then
                  left=${now% *}
                  case "${left#"$image.gateway-part."}" in */*|"$left") ;; *) rm -f "$left" ;; esac
                  mv "$lock" "$lock.stale.$(hostname).$$" 2>/dev/null && rm -rf "$lock.stale.$(hostname).$$"
                  still=0
                fi
                sleep 2
              done
              ( count=0; while [ -d "$lock" ]; do echo "$part $count" > "$lock/progress"; count=$((count + 1)); sleep 5; done ) >/dev/null 2>&1 &
              beat=$!
              trap 'kill "$beat" 2>/dev/null; rm -rf "$lock" "$part"' EXIT
              trap 'exit 143' TERM INT
              [ -e "$image" ] && exit 0
              runtime=$(command -v singularity || command -v apptainer) || fail "neither singularity nor apptainer is installed"
              "$runtime" pull "$part" "$source" || fail "$runtime pull ended with status $?"
              mv "$part" "$image" || fail "it could not be moved into place"
            ) || exit 1
            # interlink-gateway: the image is there
            """;

    private static final String END = "# interlink-gateway: the image is there\n";

    /// Both placeholders are replaced in one pass, because a path may contain the text of the other placeholder.
    private static final Pattern PLACEHOLDER = Pattern.compile("@IMAGE@|@SOURCE@");

    private PreExec() {}

    /// The text with exactly one newline added, which [#ownPart] removes again.
    static Optional<String> textFor(ImageReference image, Optional<String> preExec) {
        String pull = image.pullFrom().map(source -> pull(image.value(), source)).orElse("");
        String own = preExec.map(text -> text + "\n").orElse("");
        return Optional.of(pull + own).filter(text -> !text.isEmpty());
    }

    /// The caller's text, also if an older gateway wrote another pull before it.
    static Optional<String> ownPart(ImageReference image, Optional<String> text) {
        return text.map(whole -> image.pullFrom().isPresent() ? afterPull(whole) : whole)
                .map(own -> own.endsWith("\n") ? own.substring(0, own.length() - 1) : own)
                .filter(own -> !own.isEmpty());
    }

    private static String afterPull(String whole) {
        int end = whole.indexOf(END);
        return end < 0 ? whole : whole.substring(end + END.length());
    }

    private static String pull(String image, String source) {
        return PLACEHOLDER
                .matcher(PULL)
                .replaceAll(place ->
                        Matcher.quoteReplacement(place.group().equals("@IMAGE@") ? image : source));
    }
}
