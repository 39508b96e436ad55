package io.interlinkgateway.job;

import java.util.List;
import java.util.Random;

/// Bash text made from a seed: whole commands of every construct, nested, and as often with a fault in them.
final class ShellTexts {

    /// What opens, closes or joins something.
    private static final List<String> PIECES =
            List.of(
                    "'",
                    "\"",
                    "`",
                    "$'",
                    "$\"",
                    "\\",
                    "\\\n",
                    "\n",
                    "#",
                    " # ",
                    "$(",
                    "${",
                    "$((",
                    "((",
                    "))",
                    ")",
                    "(",
                    "[[ ",
                    " ]]",
                    "a=(",
                    "<(",
                    ">(",
                    "<<A",
                    "<<-'B'",
                    "\nA\n",
                    "\n\tB\n",
                    "<<<",
                    "if ",
                    "; then ",
                    "; elif ",
                    "; else ",
                    "; fi",
                    "while ",
                    "; do ",
                    "; done",
                    "for x ",
                    "for x in ",
                    "case x in ",
                    " in ",
                    "a) ",
                    ";;",
                    ";&",
                    "; esac",
                    " esac",
                    "{ ",
                    "; }",
                    "}",
                    "f() ",
                    "function f ",
                    "! ",
                    "time ",
                    "coproc ",
                    " && ",
                    " || ",
                    " | ",
                    " |& ",
                    " & ",
                    "; ",
                    ">",
                    " >f ",
                    " 2>&1 ",
                    "&>f ",
                    "exit",
                    "exec ",
                    "a[",
                    "]",
                    "=",
                    "$",
                    "$$",
                    "!",
                    "a",
                    " ",
                    "\t",
                    "]]",
                    "+=(",
                    "@(",
                    "\\(",
                    "\\'",
                    "\\\"",
                    "$[",
                    "<",
                    "&",
                    "|",
                    ";",
                    "'a'",
                    "\"b\"",
                    "\n\n",
                    "select y in ",
                    "until ",
                    "<&3 ",
                    ">&2 ");

    private final Random random;

    ShellTexts(long seed) {
        this.random = new Random(seed);
    }

    String next() {
        String text = list(3);
        int faults = random.nextInt(5) - 1;
        for (int fault = 0; fault < faults; fault++) {
            int at = random.nextInt(text.length() + 1);
            int to = Math.min(text.length(), at + random.nextInt(4));
            text =
                    switch (random.nextInt(4)) {
                        case 0 -> text.substring(0, at) + text.substring(to);
                        case 1 -> text.substring(0, at) + one(PIECES) + text.substring(to);
                        case 2 -> text.substring(0, at);
                        default -> text.substring(0, at) + one(PIECES) + text.substring(at);
                    };
        }
        return text;
    }

    private String one(List<String> list) {
        return list.get(random.nextInt(list.size()));
    }

    private String list(int depth) {
        StringBuilder text = new StringBuilder(command(depth));
        for (int more = random.nextInt(3); more > 0; more--) {
            text.append(
                            one(
                                    List.of(
                                            "\n",
                                            "\n",
                                            "; ",
                                            " && ",
                                            " || ",
                                            " | ",
                                            " & ",
                                            " &&\n",
                                            " |\n# c\n")))
                    .append(command(depth));
        }
        return text.append(one(List.of("", "", "", "\n", " # end", ";", " &"))).toString();
    }

    /// A list that ends so that a reserved word can follow.
    private String body(int depth) {
        return command(depth)
                + (random.nextInt(3) == 0
                        ? one(List.of("; ", "\n", " && ", " | ")) + command(depth)
                        : "")
                + one(List.of("; ", "\n", " & ", ";\n"));
    }

    /// Two parentheses in one piece may be arithmetic.
    private String apart(String commands) {
        return (commands.startsWith("(") ? " " : one(List.of("", " "))) + commands;
    }

    private String command(int depth) {
        if (depth == 0) {
            return simple(0);
        }
        int inner = depth - 1;
        return switch (random.nextInt(24)) {
            case 0 -> "if " + body(inner) + "then " + body(inner) + "fi";
            case 1 ->
                    "if "
                            + body(inner)
                            + "then "
                            + body(inner)
                            + "elif "
                            + body(inner)
                            + "then\n"
                            + body(inner)
                            + "else "
                            + body(inner)
                            + "fi >f";
            case 2 -> one(List.of("while ", "until ")) + body(inner) + "do " + body(inner) + "done";
            case 3 -> "for x in " + word(inner) + " b; do " + body(inner) + "done";
            case 4 ->
                    one(
                                    List.of(
                                            "for x\ndo ",
                                            "for x; do ",
                                            "select x in a\ndo ",
                                            "for ((i=0; i<(3); i++)); do "))
                            + body(inner)
                            + "done 2>&1";
            case 5 ->
                    "case "
                            + word(inner)
                            + " in a) "
                            + list(inner)
                            + "\n;; (b|"
                            + word(inner)
                            + ") "
                            + list(inner)
                            + "\n;;& *) ;; esac";
            case 6 -> "case x in a) " + body(inner) + "esac";
            case 7 -> "{ " + body(inner) + "}" + one(List.of("", " >f", " 2>&1 &"));
            case 8 -> "(" + apart(body(inner)) + one(List.of("", " ")) + ")";
            case 9 ->
                    one(List.of("f() ", "f ( )\n", "function g ", "function g() "))
                            + "{ exit 1; "
                            + body(inner)
                            + "}";
            case 10 ->
                    one(List.of("! ", "time ", "time -p ", "coproc ")) + "{ " + body(inner) + "}";
            case 11 -> "[[ " + condition(inner) + " ]]";
            case 12 -> "((" + one(List.of("a+1", "(1)*(2)", "a[1]=2", "a < b", "x=${y:-3}")) + "))";
            case 13 ->
                    one(List.of("a", "b+", "declare -a c")).replace("+", "+")
                            + "=("
                            + word(inner)
                            + " [2]=x"
                            + one(List.of("\n", " ", " # c\n", "  ", " "))
                            + word(inner)
                            + ")";
            case 14 ->
                    "cat <<"
                            + one(List.of("A", "'A'", "\"A\"", "\\A"))
                            + one(List.of("", " >f", " | wc", " && b"))
                            + "\n"
                            + document()
                            + "A\n"
                            + simple(inner);
            case 15 -> "cat <<-A <<B\n" + document() + "\t\tA\n" + document() + "B\n:";
            case 16 -> "x=$(cat <<A\n" + document() + "A\n)";
            case 17 ->
                    one(
                            List.of(
                                    "false || exit 1",
                                    "a && exit",
                                    "(exit 2)",
                                    "exec 3>&1 >f",
                                    "exit 1 | b"));
            case 18 -> "a[1]=2 b=" + word(inner) + " c " + word(inner);
            default -> simple(inner);
        };
    }

    private String simple(int depth) {
        StringBuilder text =
                new StringBuilder(
                        one(
                                List.of(
                                        "echo",
                                        "a",
                                        "module load",
                                        "export A=1",
                                        "x=1 b",
                                        "[ -e f ]",
                                        "source ~/x")));
        for (int more = random.nextInt(3); more > 0; more--) {
            text.append(one(List.of(" ", " ", "  ", " \\\n  "))).append(word(depth));
        }
        return text.append(
                        one(
                                List.of(
                                        "",
                                        "",
                                        "",
                                        "",
                                        " >f",
                                        " 2>&1",
                                        " <<<" + word(depth),
                                        " < <(a b)",
                                        " &>>f")))
                .toString();
    }

    private String word(int depth) {
        if (depth > 0 && random.nextInt(3) == 0) {
            int inner = depth - 1;
            return switch (random.nextInt(5)) {
                case 0 -> "$(" + apart(list(inner)) + "\n)";
                case 1 -> "\"$(" + apart(body(inner)) + ")\"";
                case 2 -> "\"x ${y:-" + word(0).replaceAll("['\\s]", "") + "}\"";
                case 3 -> "<(" + apart(body(inner)) + ")";
                default ->
                        "\"" + one(List.of("a $b", "it's", "\\\"", "`a b`", "$((1+(2)))")) + "\"$x";
            };
        }
        return one(
                List.of(
                        "a",
                        "b-c",
                        "--d=e",
                        "$x",
                        "${x}",
                        "${x:-y z}",
                        "${#x}",
                        "${x//\\//_}",
                        "'a b'",
                        "'\"'",
                        "\"a'b\"",
                        "$'a\\'b'",
                        "$\"c\"",
                        "`a b`",
                        "\\(",
                        "\\ ",
                        "a#b",
                        "$#",
                        "$$",
                        "$((1+2))",
                        "*.[ch]",
                        "{a,b}",
                        "~",
                        "if",
                        "done",
                        "}",
                        "'(' ",
                        "\"(\"",
                        "-f",
                        "!",
                        "=",
                        "[x]",
                        "\"${a[@]}\"",
                        "${x:+\"y\"}",
                        "${x#'}'}",
                        "\u00e9"));
    }

    private String condition(int depth) {
        String one =
                one(
                        List.of(
                                "-f x",
                                "$a == b*",
                                "a",
                                "$x =~ ^(a|b)+$",
                                "a < b",
                                "! -n $y",
                                "( a || b )",
                                "$a == @(b|c)",
                                "\"$a\" != 'x y'",
                                "$n -gt 3"));
        return random.nextInt(3) == 0 && depth > 0
                ? one + one(List.of(" && ", " || ", " &&\n")) + condition(depth - 1)
                : one;
    }

    private String document() {
        return one(
                List.of("", "x\n", "$(\n", "if 'a\n", "a \\\\\n", "AA\n A\n", "\\\nb\n", "`x`\n"));
    }
}
