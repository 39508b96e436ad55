package io.interlinkgateway.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.failure.InvalidValueException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Holds [ShellText] against the real bash, which reads (`bash -n`) and does not run. A text is complete if bash reads
/// it without a word when nothing follows it, and if of a line after it bash refuses exactly the last token: in
/// `if :; then :; fi; )` the `if` is reserved only where a command begins, and the `)` is an error only where no
/// parenthesis is open. Quotes, blocks and lists that are still open are errors in the first reading; here-documents
/// are warnings.
@Execution(ExecutionMode.CONCURRENT)
class ShellTextBashTests {

    private static final long SEED = Long.getLong("shelltext.seed", 1);
    private static final int TEXTS = Integer.getInteger("shelltext.texts", 1000);
    private static final String LINE = "if :; then :; fi; )";

    @TempDir private Path folder;

    @Test
    void whatIsAcceptedLeavesTheNextLineACommandOfItsOwn() throws Exception {
        ShellTexts source = new ShellTexts(SEED);
        List<String> texts = Stream.generate(source::next).limit(TEXTS).toList();
        List<Boolean> complete = complete(texts);
        List<String> accepted = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        List<String> needless = new ArrayList<>();
        for (int index = 0; index < TEXTS; index++) {
            String text = texts.get(index);
            String refusal = refusal(text);
            if (refusal.isEmpty()) {
                accepted.add(text);
                if (!complete.get(index)) {
                    wrong.add(text);
                }
            } else if (complete.get(index) && !refusal.contains("always reached")) {
                needless.add(text + "\n=> " + refusal);
            }
        }
        long whole = complete.stream().filter(one -> one).count();
        System.out.printf(
                "seed %d: %d texts, complete %d, accepted %d, refused needlessly %d%n",
                SEED, TEXTS, whole, accepted.size(), needless.size());

        // A text that ends with && is complete without it.
        List<String> heads = wrong.stream().map(ShellTextBashTests::withoutLastAnd).toList();
        assertThat(wrong)
                .isNotEmpty()
                .zipSatisfy(complete(heads), (text, well) -> assertThat(well).as(text).isTrue());
        assertThat(whole).isBetween(TEXTS / 5L, TEXTS * 4L / 5);
        assertThat(needless).hasSizeLessThan((int) (whole * 3 / 100));
    }

    private static String refusal(String text) {
        try {
            ShellText.requireHarmless(text);
            return "";
        } catch (InvalidValueException refusal) {
            return String.valueOf(refusal.getMessage());
        }
    }

    private static String withoutLastAnd(String text) {
        int and = text.replaceFirst("\\s#[^\n]*\\s*$", "").lastIndexOf("&&");
        return and < 0 ? text : text.substring(0, and) + text.substring(and + 2);
    }

    private List<Boolean> complete(List<String> texts) throws IOException, InterruptedException {
        for (int index = 0; index < texts.size(); index++) {
            Files.writeString(folder.resolve(index + ".a"), texts.get(index) + "\n");
            Files.writeString(folder.resolve(index + ".b"), texts.get(index) + "\n" + LINE + "\n");
        }
        String judge =
                """
                for ((i = 0; i < $1; i++)); do
                  bash -n $i.a >a 2>&1 && [ ! -s a ] || { echo; continue; }
                  bash -n $i.b >b 2>&1; read -r first <b; echo "$first"
                done
                """;
        Path output = folder.resolve("output");
        ProcessBuilder program =
                new ProcessBuilder("bash", "-c", judge, "judge", String.valueOf(texts.size()))
                        .directory(folder.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .redirectOutput(output.toFile());
        program.environment().put("LC_ALL", "C");
        Process process = program.start();
        assertThat(process.waitFor(3, TimeUnit.MINUTES)).isTrue();
        List<String> verdicts = Files.readAllLines(output);
        return IntStream.range(0, texts.size())
                .mapToObj(index ->
                        verdicts.get(index)
                                .equals(
                                        "%d.b: line %d: syntax error near unexpected token `)'"
                                                .formatted(
                                                        index,
                                                        texts.get(index).split("\n", -1).length
                                                                + 1)))
                .toList();
    }
}
