package io.interlinkgateway.job;

import org.jspecify.annotations.Nullable;

/// An open construct in bash text, and the scanner's position in it.
final class ShellBlock {

    /// The kinds of constructs, each with its closing token.
    enum Kind {
        TEXT("text", ""),
        SUBSTITUTION("$( or <(", ")"),
        SUBSHELL("(", ")"),
        BRACES("{", "}"),
        IF("if", "then …; fi"),
        THEN("if", "fi"),
        ELSE("if", "fi"),
        WHILE("while or until", "do …; done"),
        DO("loop", "done"),
        /// `for` or `select` up to `do`.
        FOR("for or select", "do …; done"),
        /// `case` up to `in`.
        CASE("case", "in …; esac"),
        PATTERN("case", "esac"),
        /// The commands after a pattern of `case`.
        BRANCH("case", "esac"),
        TEST("[[", "]]"),
        ARRAY("array (", ")"),
        DOUBLE_QUOTES("\"", "\""),
        PARAMETER("${", "}"),
        /// Text that bash reads up to the matching bracket without interpreting it as commands: arithmetic, regular
        /// expressions.
        BRACKETS("bracket", "its partner");

        final String opening;
        final String closing;

        Kind(String opening, String closing) {
            this.opening = opening;
            this.closing = closing;
        }

        /// Whether it contains commands.
        boolean holdsCommands() {
            return switch (this) {
                case TEXT, SUBSTITUTION, SUBSHELL, BRACES, IF, THEN, ELSE, WHILE, DO, BRANCH ->
                        true;
                default -> false;
            };
        }

        /// The kind that it changes to after a reserved word at the start of a command.
        ///
        /// @return null if the word is not allowed here; [#TEXT] if the construct is closed
        @Nullable Kind after(String word) {
            return switch (word) {
                case "then" -> this == IF ? THEN : null;
                case "elif" -> this == THEN ? IF : null;
                case "else" -> this == THEN ? ELSE : null;
                case "fi" -> this == THEN || this == ELSE ? TEXT : null;
                case "do" -> this == WHILE ? DO : null;
                case "done" -> this == DO ? TEXT : null;
                case "esac" -> this == BRANCH ? TEXT : null;
                case "}" -> this == BRACES ? TEXT : null;
                default -> null;
            };
        }
    }

    /// The position within a command, or within the head of a `for`, a `case` or a test.
    enum Place {
        /// At the start of a command: the only place where reserved words are recognized.
        START,
        /// After assignments: the command's name can follow.
        ASSIGNMENTS,
        /// After redirections at the start: the command's name can follow.
        REDIRECTIONS,
        /// After the command's name.
        ARGUMENTS,
        /// After `fi`, `}` and the like.
        COMPOUND,
        /// After those and a redirection.
        COMPOUND_REDIRECTED,
        /// After `function`.
        FUNCTION_NAME,
        /// After `name()`.
        FUNCTION_BODY,
        /// Before a `for`'s variable, a `case`'s word or pattern, or a test's operand.
        WORD,
        /// Before `in`; after a pattern, before `)`; after a test's first word, before its operator.
        AFTER_WORD,
        /// The words of a `for`; a test's second operand.
        MORE_WORDS,
        /// Before `do`; after a test's complete expression.
        COMPLETE
    }

    Kind kind;
    final int from;

    /// Whether it is within double quotes of the same command.
    final boolean quoted;

    Place place;

    /// Whether the list has a command; for a `for`, whether a newline follows its variable.
    boolean filled;

    /// The operator or word after which a command must follow, or empty.
    String awaiting = "";

    /// The present command's name without quotes, or empty; `function` before and after the name of a function.
    String name = "";

    int words;

    /// Whether the present command has neither assignments before its name nor redirections.
    boolean bare;

    /// Whether the present command ends the shell, and its position.
    boolean ends;

    int endsAt;

    /// The command that ends the shell in this list, if there is one, and its position.
    String endedBy = "";

    int endedAt;

    /// Whether the present command runs in a subshell: in a pipeline, or after `coproc`.
    boolean apart;

    /// Whether the present command follows `&&` or `||`.
    boolean conditional;

    /// Whether a redirection's file must follow.
    boolean target;

    /// The position of the present word, or -1; whether it has no quotes and expansions, is split by a backslash, and
    /// has a subscript.
    int wordFrom = -1;

    boolean plain;
    boolean joined;
    boolean subscript;

    /// The brackets, how many of them are open, and whether two must close together.
    char open;

    char close;
    int depth;
    boolean twice;

    /// The number of `;` in the brackets.
    int semicolons;

    /// A test's last operator.
    String operator = "";

    /// Whether it is a function's body.
    boolean body;

    /// Whether it is what `coproc` runs.
    boolean coprocess;

    ShellBlock(Kind kind, int from, boolean quoted) {
        this.kind = kind;
        this.from = from;
        this.quoted = quoted;
        this.place = kind.holdsCommands() ? Place.START : Place.WORD;
    }

    /// Changes the kind, as `then` does for an `if`.
    void become(Kind next) {
        kind = next;
        filled = false;
        depth = 0;
        conditional = false;
        apart = false;
        nextCommand();
        place = next.holdsCommands() ? Place.START : Place.WORD;
    }

    void beginCommand(Place next) {
        filled = true;
        awaiting = "";
        place = next;
    }

    void nextCommand() {
        place = Place.START;
        name = "";
        words = 0;
        bare = false;
        ends = false;
    }

    void beginWord(int at) {
        if (wordFrom < 0) {
            wordFrom = at;
            plain = true;
            joined = false;
            subscript = false;
        }
    }
}
