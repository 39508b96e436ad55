package io.interlinkgateway.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.interlinkgateway.ProcessorTime;
import io.interlinkgateway.failure.InvalidValueException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT)
class ShellTextTests {

    private static final int LONG = 1 << 15;
    private static final int SHORT = LONG / 16;

    private static Arguments named(String name, String... lines) {
        return Arguments.of(name, String.join("\n", lines));
    }

    static Stream<Arguments> complete() {
        return Stream.of(
                named("nothing", ""),
                named("blank lines", "", "", ""),
                named("commands", "module load cuda", "nvidia-smi || true"),
                named("comment with a backslash", "a # don't \\"),
                named("quotes", "echo \"it's\" '\"' $'a\\'b' $\"c\" \"a\\\"b\" a#b"),
                named("backslashes", "echo \\' \\\" \\( \\", "  --more"),
                named(
                        "expansions",
                        "echo ${x:-'}'} ${#a[@]} $# $$ \"${x//\\//_}\" `a \"b` $((1+(2)))"),
                named("substitutions", "x=$(case y in a) echo $(b);; esac) diff <(a) <(b; c)"),
                named("here-document", "cat <<EOF >f", "if '$(", "EOF"),
                named("here-document, quoted", "cat <<'E F' | sh", "a\\", "E F"),
                named("here-document with tabs", "cat <<-A", "\tx", "\tA"),
                named("here-documents", "cat <<A <<\"B\"", "B", "A", "A", "B"),
                named("here-document in a substitution", "x=$(cat <<A", ")", "A", ")"),
                named("here-document before a pipe's end", "cat <<A |", "x", "A", "sort"),
                named("here-string", "cat <<<\"a b\" <<<c"),
                named("if", "if a; then b; elif (c) then d; else", "e", "fi >f 2>&1"),
                named("loops", "for x in a b; do while c; do until d; do e; done; done; done"),
                named("arithmetic for", "for ((i = 0; i < 3; i++)); do a; done", "((i++))"),
                named("select", "select x in a b; do break; done"),
                named("case", "case $x in", "(a|b) c ;;", "d) ;& # e", "*) f; esac"),
                named("test", "[[ $x =~ ^(a|b)+$ && ( -f y || $z == @(a|b)* ) ]] && a"),
                named("arrays", "a=(1 \"2\" [3]=4 # five", "5) b+=(c)", "declare -a d=(e)"),
                named("groups", "{ a; } 2>&1 | { b && { c; } } &"),
                named(
                        "functions",
                        "f() { exit 1; }",
                        "function g",
                        "{ return; }",
                        "h() ( exec a )"),
                named("words of the shell as arguments", "echo if then { } fi ! [[ case done"),
                named("prefixes", "! a | b; time -p { c; }; coproc { d; }"),
                named(
                        "conditional exits",
                        "a || exit 1; b && exit; if c; then exit; fi; (exit); d || { exit 2; }"),
                named("exits of other shells", "exit & exit | a; (return)"),
                named("redirections for good", "exec >f 2>&1 3<&-"),
                named("&& at the end", "echo pulling; false &&"),
                named("&& at the end and a comment", "a &&  # only then", ""),
                named(
                        "itwinai: pull",
                        "singularity pull /ceph/itwinai.sif docker://ghcr.io/intertwin-eu/itwinai"),
                named("itwinai: source", "export A=1 && source slurm.vega.sh "),
                named(
                        "itwinai: tests",
                        "trap 'export SINGULARITYENV_PRE_EXEC_RETURN_CODE=1' ERR && (set -e && cd"
                                + " /tmp && ./run-tests) ; trap - ERR"),
                named(
                        "interLink: mesh",
                        "cat <<'EOFMESH' > $TMPDIR/mesh.sh",
                        "trap \"x",
                        "EOFMESH",
                        "chmod +x $TMPDIR/mesh.sh"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("complete")
    void completeTextIsAccepted(String name, String text) {
        assertThat(ShellText.requireHarmless(text)).isEqualTo(text);
    }

    static Stream<Arguments> incomplete() {
        return Stream.of(
                named("here-document <<EOF", "a", "cat <<EOF", "", "abc"),
                named("here-document <<EOF", "a", "cat <<EOF", " EOF"),
                named("here-document <<EOF", "a", "cat <<EOF", "\\", "EOF "),
                named("here-document <<A", "a", "cat <<A <<B", "B"),
                named("here-document <<A", "a", "x=$(cat <<A)", "A"),
                named("'", "a", "echo 'b"),
                named("'", "a", "echo $'b\\'"),
                named("\"", "a", "echo \"b'"),
                named("`", "a", "echo \"`b\""),
                named("$( or <(", "a", "echo $(b"),
                named("$( or <(", "a", "echo $(b # )"),
                named("$( or <(", "a", "cat <(b"),
                named("${", "a", "echo ${b:-'}'"),
                named("bracket", "a", "echo $((1+2"),
                named("bracket", "a", "b[1"),
                named("[[", "a", "[[ b &&"),
                named("array (", "a", "b=(c"),
                named("(", "a", "(b"),
                named("{", "a", "{ b; c }"),
                named("if", "a", "if b; then c; fi; if d"),
                named("if", "a", "if b; then c; else d"),
                named("while or until", "a", "while b"),
                named("loop", "a", "for b in c; do d"),
                named("for or select", "a", "for b in do done"),
                named("case", "a", "case b in c)"),
                named("case", "a", "case b in c) d;;"),
                named("function", "a", "b()"),
                named("command with |", "a", "b |"),
                named("command with ||", "a", "b || # c"),
                named("command with |&", "a", "b |&", ""));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("incomplete")
    void anUnclosedConstructIsReportedWithItsLineAndAHint(String what, String text) {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> ShellText.requireHarmless(text))
                .withMessageStartingWith("The text ends inside of ")
                .withMessageContaining(" " + what + ", opened in line 2,")
                .satisfies(refusal -> assertThat(refusal.hint()).endsWith("."));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a \\",
                "a \\\n",
                "a \\ ",
                "fi",
                "a; ;",
                "a )",
                "}",
                "done",
                ";; a",
                "a | ! b",
                "( )",
                "if ; then a; fi",
                "((a); b)",
                "function f\n() { a; }",
                "((a)",
                "$((1+2)",
                "[[ b",
                "((x=${))3}))",
                "echo $[1]",
                "case x in {) ;; esac",
                "shopt -s extglob",
                "set -n",
                "alias a=b",
                "e\\\nxit",
                "cat <<A \"\n\"\nA",
                "x=\"${y:-'}'}\"",
                "[[ a == ]]",
                "for 1 in a; do b; done",
                "echo a=(b)",
                "cat <<\\\n",
                "a &&& b",
                "> ",
                "< ;",
                "${ a; }",
                "echo a(b)",
                "f() a",
                "cat <<$(a)\nx\n$(a)",
                "!"
            })
    void whatIsNotCertainIsRefused(String text) {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> ShellText.requireHarmless(text))
                .satisfies(refusal -> assertThat(refusal.hint()).endsWith("."));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a; exit",
                "exit 0 # b",
                "{ exit 1; }",
                "x=1 exit",
                "command exit",
                "exec a",
                "exec >f a",
                "return 1",
                "{ { exec a; } >f; } && b",
                "! exit",
                "exit || a",
                "time exit"
            })
    void whatAlwaysEndsTheScriptIsRefused(String text) {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> ShellText.requireHarmless(text))
                .withMessageContaining("always reached");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "#SBATCH -p x",
                " \t#SBATCH -p x",
                "a\n#SBATCH",
                "#SLURM -p x",
                "#SBATCHx",
                "a\n#PBS -q x",
                "cat <<A\n#BSUB -q x\nA",
                "a\r\nb",
                "\u000b#SBATCH -p x",
                "a\u007f"
            })
    void directivesAndControlCharactersAreRefused(String text) {
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(() -> ShellText.requireHarmless(text));
    }

    @Test
    void sixtyFourLevelsAreReadAndMoreAreRefused() {
        assertThatCode(() -> ShellText.requireHarmless("( ".repeat(64) + "a" + " )".repeat(64)))
                .doesNotThrowAnyException();
        assertThatExceptionOfType(InvalidValueException.class)
                .isThrownBy(
                        () -> ShellText.requireHarmless("( ".repeat(65) + "a" + " )".repeat(65)))
                .withMessageContaining("64 deep");
    }

    /// A text of 16 times the length costs about 16 times as much; quadratic time would be 256 times as much.
    @ParameterizedTest
    @ValueSource(
            strings = {
                "\n", " \n", "(", "$(", "`", "``", "<<A", "cat <<A\nA\n", "cat <<A <<B\nA\nB\n",
                        "'", "\"", "''", "\"\" ", "$((",
                "((", "a[", "a=(", "\\\n", "\\", "#", "a\n#\n", "${", "[[ a ]]\n", "<(", "a ", "{ ",
                        "if a; then ", "case a in ",
                "f() ", "a;", "a|", "a|\n", "a &&\n", "<<A;", "<<A $x\"y\"", "\t", "$'",
                        "${x:-'a'}", "\"${x:-'a'}\" ", "=("
            })
    void anythingTakesLinearTime(String piece) {
        for (String start :
                List.of(
                        "",
                        "$((",
                        "\"${x:-",
                        "cat <<A\n",
                        "cat <<A ",
                        "x=$(a ",
                        "[[ a =~ ",
                        "a=(")) {
            String longText = start + piece.repeat(LONG / piece.length());
            String shortText = start + piece.repeat(SHORT / piece.length());

            assertThat(ProcessorTime.ratio(() -> read(longText), () -> read(shortText)))
                    .as(start)
                    .isLessThan(64);
        }
    }

    private static void read(String text) {
        try {
            ShellText.requireHarmless(text);
        } catch (InvalidValueException refusal) {
            assertThat(refusal.getMessage()).hasSizeLessThan(300);
        }
    }
}
