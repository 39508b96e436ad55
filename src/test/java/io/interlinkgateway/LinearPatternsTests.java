package io.interlinkgateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Each regular expression of the gateway looks at each character of a text a bounded number of times, whatever the
/// text: callers, issuers, pods and plugins write most of them.
@Execution(ExecutionMode.CONCURRENT)
class LinearPatternsTests {

    private static final Path SOURCES = Path.of("src/main/java");
    private static final int LONGEST = 10_000;
    private static final int LONGEST_OF_WORDS = 5_000;
    private static final int MOST_LOOKS = 200;

    /// Those of which the source does not show at one place that they are for whole texts.
    private static final Set<String> WHOLE =
            Set.of("ImageRoot.KIND", "LogCursor.TEXT", "SlurmBounds.COUNT");

    private static final String LITERAL = "\"((?:[^\"\\\\]|\\\\.)*+)\"";
    private static final Pattern INLINE =
            Pattern.compile(
                    "(?:\\.(matches|replaceAll|replaceFirst|split)\\(\\s*|regexp\\s*=\\s*)"
                            + LITERAL);

    /// A regular expression and how it is used.
    record Use(String where, Pattern pattern, boolean anywhere) {
        @Override
        public String toString() {
            return where + (anywhere ? " anywhere in " : " as ") + pattern;
        }
    }

    static Stream<Use> uses() throws IOException {
        List<Use> uses = new ArrayList<>();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
                String source = Files.readString(file);
                String type =
                        SOURCES.relativize(file)
                                .toString()
                                .replace(".java", "")
                                .replace(File.separatorChar, '.');
                addConstants(uses, type, source);
                addInline(uses, type, source);
            }
        }
        return uses.stream();
    }

    private static void addInline(List<Use> uses, String type, String source) {
        Matcher literal = INLINE.matcher(source);
        while (literal.find()) {
            String used = literal.group(1);
            uses.add(
                    new Use(
                            type.substring(type.lastIndexOf('.') + 1),
                            Pattern.compile(literal.group(2).translateEscapes()),
                            used != null && !used.equals("matches")));
        }
    }

    private static void addConstants(List<Use> uses, String type, String source) {
        if (type.endsWith("package-info")) {
            return;
        }
        try {
            Class<?> owner = Class.forName(type);
            List<Class<?>> owners = new ArrayList<>(List.of(owner.getDeclaredClasses()));
            owners.add(owner);
            for (Class<?> declaring : owners) {
                for (Field field : declaring.getDeclaredFields()) {
                    if (field.getType() == Pattern.class) {
                        field.setAccessible(true);
                        addField(uses, declaring, field, source);
                    }
                }
            }
        } catch (ReflectiveOperationException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static void addField(List<Use> uses, Class<?> declaring, Field field, String source)
            throws ReflectiveOperationException {
        String where = declaring.getSimpleName() + "." + field.getName();
        boolean anywhere = !WHOLE.contains(where) && !matchesOnly(field.getName(), source);
        if (Modifier.isStatic(field.getModifiers())) {
            uses.add(new Use(where, (Pattern) field.get(null), anywhere));
        } else if (declaring.isEnum()) {
            for (Object constant : declaring.getEnumConstants()) {
                uses.add(new Use(where + " of " + constant, (Pattern) field.get(constant), false));
            }
        }
    }

    private static boolean matchesOnly(String name, String source) {
        long all = Pattern.compile("\\b" + name + "\\b(?!\\s*=)").matcher(source).results().count();
        long whole =
                Pattern.compile(
                                "\\b"
                                        + name
                                        + "\\s*\\.matcher\\((?:[^()]|\\((?:[^()]|\\([^()]*\\))*\\))*\\)"
                                        + "(?:\\.region\\([^)]*\\))?\\s*\\.(?:matches|lookingAt)\\(\\)")
                        .matcher(source)
                        .results()
                        .count();
        return all == whole;
    }

    @ParameterizedTest
    @MethodSource("uses")
    void noTextMakesItSlow(Use use) throws Exception {
        List<String> slow = new ArrayList<>();
        Thread ordinary =
                new Thread(
                        null,
                        () -> texts(use).forEach(text -> slowness(use, text).ifPresent(slow::add)),
                        "patterns",
                        1 << 18);
        ordinary.start();
        ordinary.join();

        assertThat(slow).isEmpty();
    }

    private static Optional<String> slowness(Use use, String text) {
        Counted counted = new Counted(text);
        try {
            Matcher matcher = use.pattern.matcher(counted);
            if (use.anywhere) {
                while (matcher.find()) {
                    // To the end.
                }
            } else {
                matcher.matches();
            }
            return Optional.empty();
        } catch (TooManyLooks | StackOverflowError failure) {
            return Optional.of(
                    failure.getClass().getSimpleName()
                            + " for "
                            + text.length()
                            + " of "
                            + text.substring(0, Math.min(text.length(), 12)));
        }
    }

    private static Stream<String> texts(Use use) {
        String letters = letters(use.pattern.pattern());
        Random random = new Random(7);
        Set<String> words = new LinkedHashSet<>();
        letters.chars().mapToObj(Character::toString).forEach(words::add);
        Matcher literal = Pattern.compile("[A-Za-z0-9 ,:/._-]{2,}").matcher(use.pattern.pattern());
        while (literal.find()) {
            words.add(literal.group());
        }
        for (int count = 0; count < 150; count++) {
            StringBuilder word = new StringBuilder();
            for (int length = random.nextInt(2, 6); length > 0; length--) {
                word.append(letters.charAt(random.nextInt(letters.length())));
            }
            words.add(word.toString());
        }
        return words.stream()
                .map(word ->
                        word.repeat(
                                Math.max(
                                        1,
                                        (word.length() == 1 ? LONGEST : LONGEST_OF_WORDS)
                                                / word.length())))
                .flatMap(text -> Stream.of(text, text + "\u0001", "x" + text + "!"));
    }

    /// The characters that the pattern has itself, and one of each kind that it may mean.
    private static String letters(String pattern) {
        StringBuilder letters = new StringBuilder("aZ0_ \n\t-.é");
        pattern.chars()
                .filter(letter -> letters.indexOf(Character.toString(letter)) < 0)
                .forEach(letter -> letters.append((char) letter));
        return letters.toString();
    }

    private static final class TooManyLooks extends RuntimeException {}

    /// A text that counts how often its characters are looked at.
    private static final class Counted implements CharSequence {

        private final String text;
        private long left;

        private Counted(String text) {
            this.text = text;
            this.left = (long) MOST_LOOKS * (text.length() + 100);
        }

        @Override
        public char charAt(int index) {
            if (--left < 0) {
                throw new TooManyLooks();
            }
            return text.charAt(index);
        }

        @Override
        public int length() {
            return text.length();
        }

        @Override
        public CharSequence subSequence(int from, int to) {
            return text.substring(from, to);
        }

        @Override
        public String toString() {
            return text;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return System.identityHashCode(this);
        }
    }
}
