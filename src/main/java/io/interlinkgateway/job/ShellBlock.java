package io.interlinkgateway.job;

import org.jspecify.annotations.Nullable;

/// What is open at a place in bash text, and how far it was read.
final class ShellBlock {

    /// The kinds, each with what closes it.
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
        /// What a pattern of `case` leads to.
        BRANCH("case", "esac"),
        TEST("[[", "]]"),
        ARRAY("array (", ")"),
        DOUBLE_QUOTES("\"", "\""),
        PARAMETER("${", "}"),
        /// What bash reads up to the bracket's partner, whatever stands between: arithmetic, regular expressions.
        BRACKETS("bracket", "its partner");

        final String opening;
        final String closing;

        Kind(String opening, String closing) {
            this.opening = opening;
            this.closing = closing;
        }

        /// Whether commands stand in it.
        boolean holdsCommands() {
            return switch (this) {
                case TEXT, SUBSTITUTION, SUBSHELL, BRACES, IF, THEN, ELSE, WHILE, DO, BRANCH ->
                        true;
                default -> false;
            };
        }

        /// What a reserved word makes of it where a command could begin.
        ///
        /// @return nothing if the word does not belong here; [#TEXT] if it closes
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

    /// Where in a command, or in the head of a `for`, a `case` or a test, the reading is.
    enum Place {
        /// A command can begin: the only place where words are reserved.
        START,
        /// After assignments: a command's name can follow.
        ASSIGNMENTS,
        /// After redirections at the beginning: a command's name can follow.
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
        /// A `for`'s variable, a `case`'s word or pattern, a test's operand is due.
        WORD,
        /// `in` is due; after a pattern, `)`; after a test's first word, its operator.
        AFTER_WORD,
        /// The words of a `for`; a test's second operand.
        MORE_WORDS,
        /// `do` is due; a test's expression is complete.
        COMPLETE
    }

    Kind kind;
    final int from;

    /// Whether double quotes stand around it, within the same command.
    final boolean quoted;

    Place place;

    /// Whether the list has a command; for a `for`, whether a newline follows its variable.
    boolean filled;

    /// The operator or word that a command has to follow, or nothing.
    String awaiting = "";

    /// The present command's name without quotes, or nothing; `function` where the name of one is due or read.
    String name = "";

    int words;

    /// Whether the present command has neither assignments before its name nor redirections.
    boolean bare;

    /// Whether the present command ends the shell, and where it stands.
    boolean ends;

    int endsAt;

    /// What ends the shell in this list, if anything, and where it stands.
    String endedBy = "";

    int endedAt;

    /// Whether the present command is no part of this shell: one of several in a pipeline, or after `coproc`.
    boolean apart;

    /// Whether `&&` or `||` stand before the present command.
    boolean conditional;

    /// Whether a redirection's file is due.
    boolean target;

    /// Where the present word begins, or -1; whether it has no quotes and expansions, is broken by a backslash,
    /// and has a subscript.
    int wordFrom = -1;

    boolean plain;
    boolean joined;
    boolean subscript;

    /// The brackets, how many of them are open, and whether two have to close at once.
    char open;

    char close;
    int depth;
    boolean twice;

    /// How many `;` stand in the brackets.
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

    /// Goes on as another kind, as `then` goes on an `if`.
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
