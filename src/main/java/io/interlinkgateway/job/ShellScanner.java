package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import io.interlinkgateway.job.ShellBlock.Kind;
import io.interlinkgateway.job.ShellBlock.Place;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/// Reads bash text once, from left to right, to determine whether a line after it would be a separate command. It
/// reads the text as bash reads a script: not interactive, without aliases, and without extended patterns outside of
/// `[[`. It refuses text that it can't read with certainty for all versions of bash since 4.2.
///
/// It is not recursive: nested constructs are on a stack of at most 64 elements. Each character is read a limited
/// number of times.
final class ShellScanner {

    private static final int MAX_DEPTH = 64;

    private static final Map<String, Kind> OPENING =
            Map.of(
                    "{", Kind.BRACES,
                    "if", Kind.IF,
                    "while", Kind.WHILE,
                    "until", Kind.WHILE,
                    "for", Kind.FOR,
                    "select", Kind.FOR,
                    "case", Kind.CASE,
                    "[[", Kind.TEST);
    private static final Set<String> RESERVED =
            Set.of(
                    "then",
                    "elif",
                    "else",
                    "fi",
                    "do",
                    "done",
                    "esac",
                    "}",
                    "in",
                    "]]",
                    "!",
                    "time",
                    "coproc",
                    "function");
    private static final Set<String> DECLARING =
            Set.of("declare", "export", "local", "readonly", "typeset");
    private static final Set<String> COMPARING =
            Set.of(
                    "=", "==", "!=", "=~", "-nt", "-ot", "-ef", "-eq", "-ne", "-lt", "-le", "-gt",
                    "-ge");
    private static final List<String> REDIRECTING =
            List.of("&>>", "&>", "<<<", "<<-", "<<", "<>", "<&", "<", ">>", ">&", ">|", ">");
    private static final List<String> JOINING = List.of("&&", "||", "|&", "|", "&", ";");

    private static final Pattern IDENTIFIER = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*+");
    private static final Pattern FUNCTION = Pattern.compile("[A-Za-z_][A-Za-z0-9_.:-]*+");
    private static final Pattern ASSIGNMENT =
            Pattern.compile("[A-Za-z_][A-Za-z0-9_]*+(\\[[^\\]]*+\\])?\\+?=");
    private static final Pattern ARRAY_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*+\\+?=");
    private static final Pattern FILE_DESCRIPTOR =
            Pattern.compile("[0-9]++|\\{[A-Za-z_][A-Za-z0-9_]*+\\}");
    private static final Pattern ONE_OPERAND = Pattern.compile("-[abcdefghknoprstuvwxzGLNORS]");

    /// Commands that change how bash reads the rest of the text, or whether it does.
    private static final Pattern CHANGING =
            Pattern.compile(
                    "set ([-+][A-Za-z]*n[A-Za-z]*|noexec|posix)|shopt (extglob|expand_aliases)");

    /// A here-document whose text starts on the next line.
    ///
    /// @param end the line that ends it
    /// @param raw whether its delimiter was quoted
    /// @param tabs whether leading tabs are ignored
    /// @param from where it was opened
    /// @param owner the substitution that contains it, or the whole text
    private record HereDocument(
            String end, boolean raw, boolean tabs, int from, ShellBlock owner) {}

    private final String text;

    /// The position after the last character that is not blank.
    private final int end;

    private final List<ShellBlock> blocks = new ArrayList<>();
    private final Deque<HereDocument> documents = new ArrayDeque<>();
    private int at;

    ShellScanner(String text) {
        this.text = text + "\n";
        this.end = text.stripTrailing().length();
    }

    /// @throws InvalidValueException if it is not certain that a line after the text is a separate command, or the
    ///     last command of a list with `&&`, and that the text does not end the shell before it
    void requireComplete() {
        push(Kind.TEXT);
        while (at < text.length()) {
            ShellBlock block = blocks.getLast();
            switch (block.kind) {
                case DOUBLE_QUOTES, PARAMETER, BRACKETS -> inBrackets(block);
                default -> inCommands(block);
            }
        }
        ShellBlock open = blocks.getLast();
        if (open.kind != Kind.TEXT) {
            throw open(open.kind.opening, open.from, "Close it with " + open.kind.closing + ".");
        }
        if (open.place != Place.START) {
            throw open("function", open.endsAt, "Give it a body: { …; }.");
        }
        if (!open.awaiting.isEmpty() && !open.awaiting.equals("&&")) {
            throw open(
                    "command with " + open.awaiting,
                    end,
                    "End the text with a complete command, or with && if the containers shall only"
                            + " start after its success.");
        }
    }

    // Quotes and brackets.

    private void inBrackets(ShellBlock block) {
        char c = text.charAt(at);
        if (c == '\\') {
            skipTo(Math.min(at + 2, text.length()));
        } else if (c == '$') {
            dollar(block);
        } else if (c == '`') {
            skipTo(closing('`'));
        } else if (block.kind == Kind.DOUBLE_QUOTES && c != '"') {
            skipTo(at + 1);
        } else if (c == block.close && --block.depth == 0) {
            blocks.removeLast();
            at++;
            ShellBlock around = blocks.getLast();
            if (around.kind == Kind.FOR && around.wordFrom < 0 && block.semicolons != 2) {
                throw refused("for (( without two ;", block.from, "Write for ((…; …; …)).");
            }
            if (block.twice && text.charAt(at++) != ')') {
                throw refused(
                        "(( without )) in one piece", block.from, "Put a blank between both (.");
            }
        } else if (c == '"') {
            pushBrackets(Kind.DOUBLE_QUOTES, '\0', '"', 1);
        } else if (c == '\'') {
            singleQuotes(block);
        } else if (isSubstitution(c) && block.close != ')') {
            throw refused(
                    c + "( inside of " + block.kind.opening, at, "Assign it to a variable first.");
        } else if (block.kind == Kind.PARAMETER
                && (c == '(' || c == ')')
                && blocks.get(blocks.size() - 2).kind == Kind.BRACKETS) {
            throw refused(c + " inside of ${ in brackets", at, "Assign it to a variable first.");
        } else {
            block.depth += c == block.open ? 1 : 0;
            block.semicolons += c == ';' ? 1 : 0;
            skipTo(at + 1);
        }
    }

    private void dollar(ShellBlock block) {
        char next = peek(1);
        char third = peek(2);
        if (next == '\\' && third == '\n') {
            throw broken(at);
        }
        switch (next) {
            case '(' -> {
                if (third == '\\' && peek(3) == '\n') {
                    throw broken(at);
                }
                if (third == '(') {
                    pushBrackets(Kind.BRACKETS, '(', ')', 3).twice = true;
                } else {
                    push(Kind.SUBSTITUTION);
                    at += 2;
                }
            }
            case '{' -> {
                if (" \t\n|(\\".indexOf(third) >= 0) {
                    throw refused("${ without a name", at, "Write ${NAME}.");
                }
                pushBrackets(Kind.PARAMETER, '\0', '}', 2);
            }
            case '[' -> throw refused("$[", at, "Write $(( … )), or \\$ if a dollar is meant.");
            case '$' -> {
                if ("({['".indexOf(third) >= 0) {
                    throw refused("$$ before a bracket or quote", at, "Write ${$} in place of $$.");
                }
                at += 2;
            }
            case '\'' -> {
                if (block.kind == Kind.DOUBLE_QUOTES) {
                    at++;
                } else if (block.quoted) {
                    throw refused("$' in double quotes", at, "Assign it to a variable first.");
                } else {
                    at++;
                    skipTo(closing('\''));
                }
            }
            default -> at++;
        }
    }

    /// In brackets within double quotes, single quotes are sometimes quotes and sometimes plain characters. So they
    /// may only contain text that means the same in both cases.
    private void singleQuotes(ShellBlock block) {
        int from = at;
        int close = text.indexOf('\'', at + 1);
        if (close < 0) {
            throw open("'", from, "Close it with '.");
        }
        skipTo(close + 1);
        if (block.quoted
                && text.substring(from + 1, close)
                        .chars()
                        .anyMatch(c -> "\"$`\\{}()[]<>".indexOf(c) >= 0)) {
            throw refused("' in double quotes", from, "Assign it to a variable first.");
        }
    }

    /// @return the position after the closing quote
    private int closing(char quote) {
        for (int place = at + 1; place < text.length(); place++) {
            char c = text.charAt(place);
            if (c == quote) {
                return place + 1;
            }
            place += c == '\\' ? 1 : 0;
        }
        throw open(String.valueOf(quote), at, "Close it with " + quote + ".");
    }

    // Words.

    private void inCommands(ShellBlock block) {
        char c = text.charAt(at);
        if (c == '\\') {
            backslash(block);
        } else if (isSubstitution(c)) {
            if (block.wordFrom >= 0 && "0123456789}".indexOf(text.charAt(at - 1)) >= 0) {
                throw refused("a word with " + c + "(", at, "Put a blank before it.");
            }
            if (peek(2) == '(' || peek(2) == '\\') {
                throw refused(c + "( before " + peek(2), at, "Put a blank after " + c + "(.");
            }
            block.beginWord(at);
            block.plain = false;
            push(Kind.SUBSTITUTION);
            at += 2;
        } else if (bracketInWord(block, c)) {
            block.plain = false;
        } else if (" \t\n;&|()<>".indexOf(c) < 0) {
            inWord(block, c);
        } else if (block.wordFrom >= 0) {
            endWord(block);
        } else if (c == ' ' || c == '\t') {
            at++;
        } else if (c == '\n') {
            newline(block);
        } else if (block.target) {
            throw unexpected(c, at);
        } else {
            operator(block, c);
        }
    }

    private void backslash(ShellBlock block) {
        if (at == end - 1) {
            throw new InvalidValueException(
                    "The text ends with a backslash, which would join it with the line that starts"
                            + " the job.",
                    "Remove the last backslash.");
        }
        if (block.kind == Kind.ARRAY) {
            requireSimple(block);
        }
        if (peek(1) == '\n') {
            block.joined = true;
        } else {
            block.beginWord(at);
            block.plain = false;
        }
        at += 2;
    }

    /// Within a substitution, bash 5.2 does not treat an array with newlines or backslashes as an array.
    private void requireSimple(ShellBlock array) {
        if (owner().kind != Kind.TEXT) {
            throw refused(
                    "a newline or backslash in an array in a substitution",
                    array.from,
                    "Write the array on one line, or outside of the substitution.");
        }
    }

    private void inWord(ShellBlock block, char c) {
        if (c == '#' && block.wordFrom < 0) {
            if (block.kind == Kind.TEST) {
                throw unexpected(c, at);
            }
            at = text.indexOf('\n', at);
            return;
        }
        block.beginWord(at);
        block.plain &= "'\"`$".indexOf(c) < 0;
        switch (c) {
            case '\'' -> singleQuotes(block);
            case '"' -> pushBrackets(Kind.DOUBLE_QUOTES, '\0', '"', 1);
            case '`' -> skipTo(closing('`'));
            case '$' -> dollar(block);
            default -> at++;
        }
    }

    /// Brackets that are part of a word: `a=(`, `a[`, and those of patterns after `=~` and `==`.
    private boolean bracketInWord(ShellBlock block, char c) {
        if (block.target || "([|".indexOf(c) < 0) {
            return false;
        }
        if (block.kind == Kind.TEST && block.place == Place.MORE_WORDS) {
            boolean regular = block.operator.equals("=~");
            if (c == '|' && regular) {
                block.beginWord(at++);
                return true;
            }
            boolean pattern =
                    block.wordFrom >= 0
                            && "@?*+!".indexOf(text.charAt(at - 1)) >= 0
                            && text.charAt(at - 2) != '\\'
                            && Set.of("=", "==", "!=").contains(block.operator);
            if (c == '(' && (regular || pattern)) {
                block.beginWord(at);
                pushBrackets(Kind.BRACKETS, '(', ')', 1);
                return true;
            }
            return false;
        }
        boolean begins =
                Set.of(Place.START, Place.ASSIGNMENTS, Place.REDIRECTIONS).contains(block.place);
        if (c == '(' && block.wordFrom >= 0 && text.charAt(at - 1) == '=' && block.plain) {
            boolean declares =
                    block.place == Place.ARGUMENTS && block.bare && DECLARING.contains(block.name);
            refuseAtStartOfCoprocess(block);
            if (((begins && block.place != Place.REDIRECTIONS) || declares)
                    && ARRAY_NAME.matcher(text).region(block.wordFrom, at).matches()) {
                push(Kind.ARRAY);
                at++;
                return true;
            }
            return false;
        }
        if (c == '['
                && (block.kind == Kind.ARRAY
                        ? block.wordFrom < 0
                        : begins
                                && block.wordFrom >= 0
                                && block.plain
                                && IDENTIFIER.matcher(text).region(block.wordFrom, at).matches())) {
            refuseAtStartOfCoprocess(block);
            block.beginWord(at);
            block.subscript = true;
            pushBrackets(Kind.BRACKETS, '[', ']', 1);
            return true;
        }
        return false;
    }

    /// bash 5.2 does not recognize assignments in the first command after `coproc {`.
    private void refuseAtStartOfCoprocess(ShellBlock block) {
        if (!block.filled && block.coprocess) {
            throw refused(
                    "an array in the first command of a coproc",
                    at,
                    "Assign it in a line of its own before.");
        }
    }

    private void endWord(ShellBlock block) {
        int from = block.wordFrom;
        String raw = text.substring(from, at);
        String word = block.plain ? raw : "";
        char next = text.charAt(at);
        boolean descriptor =
                (next == '<' || next == '>') && FILE_DESCRIPTOR.matcher(word).matches();
        block.wordFrom = -1;
        if (block.joined
                && block.kind != Kind.ARRAY
                && block.place != Place.ARGUMENTS
                && block.place != Place.MORE_WORDS) {
            throw broken(from);
        }
        block.joined = false;
        if (block.target) {
            block.target = false;
            if (descriptor) {
                throw unexpected(next, at);
            }
            return;
        }
        switch (block.kind) {
            case ARRAY -> {}
            case FOR -> wordOfFor(block, word, from);
            case CASE -> {
                if (block.place == Place.WORD) {
                    block.place = Place.AFTER_WORD;
                } else if (word.equals("in")) {
                    block.become(Kind.PATTERN);
                } else {
                    throw unexpected(word, from);
                }
            }
            case PATTERN -> {
                if (block.place != Place.WORD) {
                    throw unexpected(word, from);
                }
                if (word.equals("esac") && block.depth == 0) {
                    blocks.removeLast();
                } else if (Set.of("esac", "{", "}").contains(word)) {
                    throw unexpected(word, from);
                } else {
                    block.place = Place.AFTER_WORD;
                }
            }
            case TEST -> wordOfTest(block, word, from);
            default -> {
                if (!descriptor) {
                    wordOfCommand(block, word, raw, from);
                }
            }
        }
    }

    private void wordOfFor(ShellBlock block, String word, int from) {
        switch (block.place) {
            case WORD -> {
                if (!IDENTIFIER.matcher(word).matches()) {
                    throw unexpected(word, from);
                }
                block.place = Place.AFTER_WORD;
            }
            case MORE_WORDS -> {}
            default -> {
                if (word.equals("do")) {
                    block.become(Kind.DO);
                } else if (word.equals("in")
                        && block.place == Place.AFTER_WORD
                        && block.operator.isEmpty()) {
                    block.place = Place.MORE_WORDS;
                } else {
                    throw unexpected(word, from);
                }
            }
        }
    }

    private void wordOfTest(ShellBlock block, String word, int from) {
        switch (block.place) {
            case WORD -> {
                if (word.equals("]]")) {
                    throw unexpected(word, from);
                }
                if (ONE_OPERAND.matcher(word).matches()) {
                    block.operator = word;
                    block.place = Place.MORE_WORDS;
                } else if (!word.equals("!")) {
                    block.place = Place.AFTER_WORD;
                } else if (text.charAt(at) == '(') {
                    throw unexpected('(', at);
                }
            }
            case MORE_WORDS -> {
                if (word.equals("]]")) {
                    throw unexpected(word, from);
                }
                block.place = Place.COMPLETE;
            }
            default -> {
                if (word.equals("]]") && block.depth == 0) {
                    blocks.removeLast();
                } else if (block.place == Place.AFTER_WORD && COMPARING.contains(word)) {
                    block.operator = word;
                    block.place = Place.MORE_WORDS;
                } else {
                    throw unexpected(word, from);
                }
            }
        }
    }

    private void wordOfCommand(ShellBlock block, String word, String raw, int from) {
        switch (block.place) {
            case START -> wordAtStart(block, word, raw, from);
            case FUNCTION_NAME -> {
                if (!FUNCTION.matcher(word).matches()) {
                    throw unexpected(word, from);
                }
                block.place = Place.FUNCTION_BODY;
            }
            case ASSIGNMENTS, REDIRECTIONS -> nameOrAssignment(block, word, raw, from);
            case ARGUMENTS -> argument(block, word, from);
            default -> {
                Kind opens = block.place == Place.FUNCTION_BODY ? OPENING.get(word) : null;
                if (opens != null) {
                    open(block, opens, from);
                } else if (block.place != Place.COMPOUND || !closes(block, word, from)) {
                    throw unexpected(word, from);
                }
            }
        }
    }

    private void wordAtStart(ShellBlock block, String word, String raw, int from) {
        Kind opens = OPENING.get(word);
        if (opens != null) {
            open(block, opens, from);
        } else if (closes(block, word, from)
                || (word.equals("-p") && block.awaiting.equals("time"))) {
            return;
        } else if (!RESERVED.contains(word)) {
            nameOrAssignment(block, word, raw, from);
        } else if (block.awaiting.equals("coproc")) {
            throw unexpected(word, from);
        } else {
            switch (word) {
                case "!", "time" -> {
                    // Not all versions of bash treat time as a reserved word at the start of $( ).
                    if (block.apart || (block.kind == Kind.SUBSTITUTION && !block.filled)) {
                        throw unexpected(word, from);
                    }
                    block.awaiting = word;
                }
                case "coproc" -> {
                    block.awaiting = word;
                    block.apart = true;
                }
                case "function" -> {
                    block.beginCommand(Place.FUNCTION_NAME);
                    block.name = word;
                    block.endsAt = from;
                }
                default -> throw unexpected(word, from);
            }
        }
    }

    private void nameOrAssignment(ShellBlock block, String word, String raw, int from) {
        boolean first = block.place == Place.START;
        if (ASSIGNMENT.matcher(raw).lookingAt()
                && !(block.subscript && block.place == Place.REDIRECTIONS)) {
            block.beginCommand(first ? Place.ASSIGNMENTS : block.place);
            return;
        }
        if (block.subscript) {
            throw unexpected('[', from);
        }
        block.bare = first;
        boolean coprocess = block.awaiting.equals("coproc");
        block.beginCommand(Place.ARGUMENTS);
        block.awaiting = coprocess ? "coproc" : "";
        name(block, word, from);
    }

    private void name(ShellBlock block, String word, int from) {
        if (word.equals("alias")) {
            throw refused("alias", from, "Write a function: scripts have no aliases.");
        }
        block.name = word;
        block.words = 1;
        block.ends = word.equals("exit") || word.equals("return");
        block.endsAt = from;
    }

    private void argument(ShellBlock block, String word, int from) {
        block.words++;
        if (block.awaiting.equals("coproc") && OPENING.containsKey(word)) {
            throw refused("coproc with a name", from, "Remove the name.");
        }
        block.awaiting = "";
        if (block.words == 2 && (block.name.equals("command") || block.name.equals("builtin"))) {
            name(block, word, from);
        }
        block.ends |= block.name.equals("exec") && block.words == 2;
        if ((block.name.equals("set") || block.name.equals("shopt"))
                && CHANGING.matcher(block.name + " " + word).matches()) {
            throw refused(
                    block.name + " " + word,
                    from,
                    "Remove it: it changes how bash reads the rest of the text.");
        }
    }

    // Operators.

    private void newline(ShellBlock block) {
        if (block.target) {
            throw unexpected("newline", at);
        }
        if (!documents.isEmpty()
                && (!block.kind.holdsCommands() || documents.getFirst().owner() != owner())) {
            throw document(documents.getFirst());
        }
        switch (block.kind) {
            case ARRAY -> requireSimple(block);
            case FOR -> {
                if (block.place == Place.MORE_WORDS || !block.operator.isEmpty()) {
                    block.place = Place.COMPLETE;
                } else if (block.place == Place.WORD) {
                    throw unexpected("newline", at);
                }
                block.filled = true;
            }
            case CASE -> {
                if (block.place == Place.WORD) {
                    throw unexpected("newline", at);
                }
            }
            case PATTERN -> {
                if (block.place != Place.WORD || block.depth > 0) {
                    throw unexpected("newline", at);
                }
            }
            case TEST -> {
                if (block.place != Place.WORD && block.place != Place.COMPLETE) {
                    throw unexpected("newline", at);
                }
            }
            default -> {
                if (block.place == Place.FUNCTION_NAME
                        || (block.place == Place.START
                                && Set.of("!", "time", "coproc").contains(block.awaiting))) {
                    throw unexpected("newline", at);
                }
                if (block.place == Place.FUNCTION_BODY) {
                    block.name = ""; // The parentheses of `function name ()` are on the same line.
                } else if (block.place != Place.START) {
                    endCommand(block, ";", at);
                }
            }
        }
        at++;
        while (!documents.isEmpty()) {
            readDocument(documents.removeFirst());
        }
    }

    private void operator(ShellBlock block, char c) {
        switch (block.kind) {
            case FOR -> {
                boolean arithmetic =
                        c == '(' && peek(1) == '(' && text.startsWith("for", block.from);
                if (arithmetic && block.place == Place.WORD) {
                    block.place = Place.AFTER_WORD;
                    block.operator = "((";
                    pushBrackets(Kind.BRACKETS, '(', ')', 2).twice = true;
                } else if (c == ';'
                        && (block.place == Place.MORE_WORDS
                                || (block.place == Place.AFTER_WORD && !block.filled))) {
                    block.place = Place.COMPLETE;
                    at++;
                } else {
                    throw unexpected(c, at);
                }
            }
            case PATTERN -> {
                if (c == '(' && block.place == Place.WORD && block.depth == 0) {
                    block.depth = 1;
                } else if (c == '|' && block.place == Place.AFTER_WORD) {
                    block.depth = 1;
                    block.place = Place.WORD;
                } else if (c == ')' && block.place == Place.AFTER_WORD) {
                    block.become(Kind.BRANCH);
                } else {
                    throw unexpected(c, at);
                }
                at++;
            }
            case TEST -> operatorOfTest(block, c);
            case ARRAY -> {
                at++;
                if (c != ')' || " \t\n;&|)".indexOf(text.charAt(at)) < 0) {
                    throw unexpected(c, at - 1);
                }
                blocks.removeLast();
            }
            case CASE -> throw unexpected(c, at);
            default -> operatorOfCommand(block, c);
        }
    }

    private void operatorOfTest(ShellBlock block, char c) {
        boolean operand = block.place == Place.AFTER_WORD || block.place == Place.COMPLETE;
        if (c == '(' && block.place == Place.WORD) {
            block.depth++;
        } else if (c == ')' && operand && block.depth > 0) {
            block.depth--;
            block.place = Place.COMPLETE;
        } else if ((c == '&' || c == '|') && peek(1) == c && operand) {
            block.place = Place.WORD;
            at++;
        } else if ((c == '<' || c == '>')
                && "<>&|".indexOf(peek(1)) < 0
                && block.place == Place.AFTER_WORD) {
            block.operator = "<";
            block.place = Place.MORE_WORDS;
        } else {
            throw unexpected(c, at);
        }
        at++;
    }

    private void operatorOfCommand(ShellBlock block, char c) {
        Optional<String> redirection =
                REDIRECTING.stream().filter(one -> text.startsWith(one, at)).findFirst();
        if (redirection.isPresent()) {
            redirect(block, redirection.get());
        } else if (c == '(') {
            openParenthesis(block);
        } else if (c == ')') {
            closeParenthesis(block);
        } else if (c == ';' && (peek(1) == ';' || peek(1) == '&')) {
            if (block.kind != Kind.BRANCH) {
                throw unexpected(c, at);
            }
            endList(block, at);
            at += text.startsWith(";;&", at) ? 3 : 2;
            block.become(Kind.PATTERN);
        } else {
            String operator =
                    JOINING.stream()
                            .filter(one -> text.startsWith(one, at))
                            .findFirst()
                            .orElseThrow();
            endCommand(block, operator, at);
            at += operator.length();
        }
    }

    private void redirect(ShellBlock block, String operator) {
        switch (block.place) {
            case START, ASSIGNMENTS -> block.beginCommand(Place.REDIRECTIONS);
            case COMPOUND -> block.place = Place.COMPOUND_REDIRECTED;
            case FUNCTION_NAME, FUNCTION_BODY -> throw unexpected(operator, at);
            default -> block.bare = false;
        }
        int from = at;
        at += operator.length();
        if (operator.equals("<<") || operator.equals("<<-")) {
            openDocument(operator.equals("<<-"), from);
        } else {
            block.target = true;
        }
    }

    private void openParenthesis(ShellBlock block) {
        int next = at + 1;
        while (text.charAt(next) == ' ' || text.charAt(next) == '\t') {
            next++;
        }
        boolean empty = text.charAt(next) == ')';
        boolean declares =
                block.place == Place.ARGUMENTS
                        && block.bare
                        && block.words == 1
                        && !block.awaiting.equals("coproc")
                        && FUNCTION.matcher(block.name).matches();
        if (empty && (declares || (block.place == Place.FUNCTION_BODY && !block.name.isEmpty()))) {
            block.place = Place.FUNCTION_BODY;
            block.name = "";
            block.ends = false;
            at = next + 1;
        } else if (block.place != Place.START && block.place != Place.FUNCTION_BODY) {
            throw unexpected('(', at);
        } else if (peek(1) == '\\' && peek(2) == '\n') {
            throw broken(at);
        } else if (peek(1) == '(') {
            block.beginCommand(Place.COMPOUND);
            pushBrackets(Kind.BRACKETS, '(', ')', 2).twice = true;
        } else {
            open(block, Kind.SUBSHELL, at);
            at++;
        }
    }

    private void closeParenthesis(ShellBlock block) {
        if (block.kind != Kind.SUBSHELL && block.kind != Kind.SUBSTITUTION) {
            throw unexpected(')', at);
        }
        endList(block, at);
        if (block.kind == Kind.SUBSTITUTION
                && !documents.isEmpty()
                && documents.getLast().owner() == block) {
            throw document(documents.getLast());
        }
        blocks.removeLast();
        at++;
    }

    // Commands.

    private void open(ShellBlock block, Kind kind, int from) {
        boolean body = block.place == Place.FUNCTION_BODY;
        boolean coprocess = block.awaiting.equals("coproc");
        block.beginCommand(Place.COMPOUND);
        block.endsAt = from;
        ShellBlock opened = new ShellBlock(kind, from, false);
        opened.body = body;
        opened.coprocess = coprocess;
        push(opened);
    }

    /// Whether the word ends the block's list.
    private boolean closes(ShellBlock block, String word, int from) {
        Kind next = block.kind.after(word);
        if (next == null) {
            return false;
        }
        endList(block, from);
        if (next != Kind.TEXT) {
            block.become(next);
            return true;
        }
        blocks.removeLast();
        // Braces do not start a subshell: a command that ends the shell in them ends the outer list
        // too.
        ShellBlock around = blocks.getLast();
        if (block.kind == Kind.BRACES && !block.body && !block.endedBy.isEmpty()) {
            around.ends = true;
            around.name = block.endedBy;
            around.endsAt = block.endedAt;
        }
        return true;
    }

    private void endList(ShellBlock block, int from) {
        if (block.place != Place.START) {
            endCommand(block, ";", from);
        }
        boolean mayBeEmpty = block.kind == Kind.BRANCH || block.kind == Kind.SUBSTITUTION;
        if (!block.awaiting.isEmpty() || !(block.filled || mayBeEmpty)) {
            throw unexpected(text.charAt(from), from);
        }
    }

    /// @param operator the operator after the command; `;` for others with the same effect
    private void endCommand(ShellBlock block, String operator, int from) {
        if (block.place == Place.START
                || block.place == Place.FUNCTION_NAME
                || block.place == Place.FUNCTION_BODY) {
            throw unexpected(text.charAt(from), from);
        }
        boolean pipe = operator.startsWith("|") && !operator.equals("||");
        if (block.ends && !block.apart && !pipe && !block.conditional && !operator.equals("&")) {
            if (block.kind == Kind.TEXT) {
                throw ending(block);
            }
            block.endedBy = block.name;
            block.endedAt = block.endsAt;
        }
        boolean joins = !operator.equals(";") && !operator.equals("&");
        block.conditional = joins && (block.conditional || !pipe);
        block.apart = pipe;
        block.awaiting = joins ? operator : "";
        block.nextCommand();
    }

    // Here-documents.

    private ShellBlock owner() {
        return blocks.reversed().stream()
                .filter(one -> one.kind == Kind.SUBSTITUTION || one.kind == Kind.TEXT)
                .findFirst()
                .orElseThrow();
    }

    private void openDocument(boolean tabs, int from) {
        while (text.charAt(at) == ' ' || text.charAt(at) == '\t') {
            at++;
        }
        int begin = at;
        boolean raw = false;
        StringBuilder delimiter = new StringBuilder();
        while (" \t\n;&|()<>".indexOf(text.charAt(at)) < 0) {
            char c = text.charAt(at);
            if (c == '\'' || c == '"') {
                int close = closing(c);
                delimiter.append(text, at + 1, close - 1);
                at = close;
            } else if (c == '\\' && peek(1) == '\n') {
                throw broken(from);
            } else if (c == '\\') {
                delimiter.append(peek(1));
                at += 2;
            } else {
                delimiter.append(c);
                at++;
            }
            raw |= "'\"\\".indexOf(c) >= 0;
        }
        String written = text.substring(begin, at);
        if (written.isEmpty()
                || written.startsWith("#")
                || delimiter.chars().anyMatch(c -> "$`\\\n\t\"'".indexOf(c) >= 0)) {
            throw refused("a here-document without a plain delimiter", from, "Write <<'EOF'.");
        }
        documents.addLast(new HereDocument(delimiter.toString(), raw, tabs, from, owner()));
    }

    private void readDocument(HereDocument document) {
        while (at < text.length()) {
            String line = documentLine(document);
            if (line.equals(document.end())) {
                return;
            }
            // Some versions of bash end the document there.
            if (document.owner().kind == Kind.SUBSTITUTION
                    && line.startsWith(document.end())
                    && line.indexOf(')') >= 0) {
                throw document(document);
            }
        }
        throw document(document);
    }

    /// One line as bash compares it with the delimiter: a backslash at the end joins the next line, unless the
    /// delimiter was quoted.
    private String documentLine(HereDocument document) {
        while (document.tabs() && text.charAt(at) == '\t') {
            at++;
        }
        StringBuilder line = new StringBuilder();
        boolean joined = true;
        while (joined && at < text.length()) {
            int close = text.indexOf('\n', at);
            int backslashes = 0;
            while (close - backslashes > at && text.charAt(close - backslashes - 1) == '\\') {
                backslashes++;
            }
            joined = !document.raw() && backslashes % 2 == 1;
            line.append(text, at, joined ? close - 1 : close);
            at = close + 1;
        }
        return line.toString();
    }

    // The stack, the text, refusals.

    private void push(ShellBlock block) {
        if (blocks.size() > MAX_DEPTH) {
            throw new InvalidValueException(
                    "Line " + line(at) + " of the text is nested more than " + MAX_DEPTH + " deep.",
                    "Move a part of it into a function.");
        }
        blocks.addLast(block);
    }

    private void push(Kind kind) {
        push(new ShellBlock(kind, at, false));
    }

    /// @param open the character that opens a nested bracket, or NUL
    /// @param length the number of opening characters, which are skipped
    private ShellBlock pushBrackets(Kind kind, char open, char close, int length) {
        ShellBlock around = blocks.getLast();
        boolean quoted = around.quoted || (around.kind == Kind.DOUBLE_QUOTES);
        ShellBlock block = new ShellBlock(kind, at, quoted);
        block.open = open;
        block.close = close;
        block.depth = 1;
        push(block);
        at += length;
        return block;
    }

    private char peek(int offset) {
        return at + offset < text.length() ? text.charAt(at + offset) : '\0';
    }

    private boolean isSubstitution(char c) {
        return (c == '<' || c == '>') && peek(1) == '(';
    }

    /// Skips text whose newlines do not end a command, so that no here-document can start in it.
    private void skipTo(int place) {
        if (!documents.isEmpty() && text.indexOf('\n', at, place) >= 0) {
            throw document(documents.getFirst());
        }
        at = place;
    }

    private int line(int place) {
        return 1 + (int) text.substring(0, place).chars().filter(c -> c == '\n').count();
    }

    private InvalidValueException open(String what, int from, String hint) {
        return new InvalidValueException(
                "The text ends inside of "
                        + what
                        + ", opened in line "
                        + line(from)
                        + ", which would include the line that starts the containers.",
                hint);
    }

    private InvalidValueException document(HereDocument document) {
        return open(
                "the here-document <<" + Text.shown(document.end(), 20),
                document.from(),
                "Write its delimiter alone on a line, without blanks, and start its text on the"
                        + " line after the command.");
    }

    private InvalidValueException unexpected(char c, int from) {
        return unexpected(c == '\n' ? "newline" : String.valueOf(c), from);
    }

    private InvalidValueException unexpected(String token, int from) {
        boolean known = token.length() <= 2 || RESERVED.contains(token) || token.equals("newline");
        return refused(
                "a " + (known ? token : "word") + " where none is expected",
                from,
                "Correct it, or quote it if it is meant as text; `bash -n` shows syntax errors.");
    }

    private InvalidValueException broken(int from) {
        return refused(
                "a word or an operator that is split by a backslash",
                from,
                "Write it on one line.");
    }

    private InvalidValueException refused(String what, int from, String hint) {
        return new InvalidValueException(
                "Line "
                        + line(from)
                        + " of the text has "
                        + what
                        + ", so it is not certain that the line after the text starts the"
                        + " containers.",
                hint);
    }

    private InvalidValueException ending(ShellBlock block) {
        String command = block.name;
        return new InvalidValueException(
                "The "
                        + command
                        + " in line "
                        + line(block.endsAt)
                        + " of the text is always reached:"
                        + (command.equals("return")
                                ? " bash refuses it outside of functions and continues."
                                : " the containers would never run."),
                command.equals("exec")
                        ? "Run the command without exec."
                        : "Write it after || or &&, or inside of if, with exit in place of"
                                + " return.");
    }
}
