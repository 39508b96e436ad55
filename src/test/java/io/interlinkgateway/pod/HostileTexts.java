package io.interlinkgateway.pod;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/// Texts with hostile pieces in them.
final class HostileTexts {

    /// What acts somewhere on the way: in a shell, in sbatch, in the plugin, in the container runtime, in the gateway.
    private static final List<String> HOSTILE =
            List.of(
                    "; touch pwned",
                    ";id",
                    "|id",
                    "&",
                    "$(touch pwned)",
                    "`touch pwned`",
                    "\n#SBATCH --uid=0\n",
                    "\ntouch pwned\n",
                    "\r\ntouch pwned",
                    "\u2028#SBATCH --uid=0",
                    "\u0085touch pwned",
                    " && touch pwned",
                    "|touch pwned",
                    "&touch pwned&",
                    " > pwned",
                    "<(touch pwned)",
                    "'; touch pwned; '",
                    "\"; touch pwned; \"",
                    "'",
                    "\"",
                    "\\",
                    "\\\n",
                    "\t",
                    " ",
                    "  ",
                    "\u00a0",
                    "\0",
                    "\ud800",
                    "#",
                    " # ",
                    "${IFS}touch${IFS}pwned",
                    "$HOME",
                    "${PRE}",
                    "$$",
                    "$(A)",
                    "$((1+1))",
                    "{a,b}",
                    "*",
                    "?",
                    "[a-z]",
                    "~",
                    "~root",
                    "!!",
                    "=",
                    ",",
                    ":",
                    "-",
                    "--",
                    " -- ",
                    " --wrap=id",
                    " --wrap id",
                    " -o /x",
                    "-D/x",
                    " --outpu=/x",
                    " --export=BASH_ENV=/x",
                    " --uid=0",
                    " --env-file",
                    " --bind",
                    " --bind /",
                    " /x.sif",
                    " -B",
                    " -eB /a",
                    "@IMAGE@",
                    "@SOURCE@",
                    "# interlink-gateway: the image is there\n",
                    "EOF\n",
                    "<<EOF",
                    "\u00e9\u20ac\ud83d\ude00",
                    "a".repeat(300));

    private final Random random;

    HostileTexts(Random random) {
        this.random = random;
    }

    /// @param calm of so many one is hostile
    String text(String usual, int calm) {
        if (random.nextInt(calm) != 0) {
            return usual;
        }
        StringBuilder text = new StringBuilder(usual);
        for (int count = random.nextInt(5) / 3; count >= 0; count--) {
            text.insert(
                    random.nextInt(3) == 0 ? random.nextInt(text.length() + 1) : text.length(),
                    HOSTILE.get(random.nextInt(HOSTILE.size())));
        }
        return text.toString();
    }

    List<String> list(Supplier<String> text) {
        List<String> texts = new ArrayList<>();
        for (int count = random.nextInt(4); count > 0; count--) {
            texts.add(text.get());
        }
        return texts;
    }

    Map<String, String> map(Supplier<String> name, Supplier<String> value) {
        Map<String, String> map = new LinkedHashMap<>();
        for (int count = random.nextInt(3); count > 0; count--) {
            map.put(name.get(), value.get());
        }
        return map;
    }
}
