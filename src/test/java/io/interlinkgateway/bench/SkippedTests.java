package io.interlinkgateway.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/// Writes how many test classes were skipped, and why, into the file that the system property `skipped.tests` names.
/// The build prints that file as the last thing that it says.
public final class SkippedTests implements TestExecutionListener {

    private final Set<String> classes = new TreeSet<>();
    private final Map<String, Set<String>> skippedByReason = new TreeMap<>();

    @Override
    public void testPlanExecutionStarted(TestPlan plan) {
        plan.accept(
                new TestPlan.Visitor() {
                    @Override
                    public void visit(TestIdentifier test) {
                        className(test).forEach(classes::add);
                    }
                });
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
        List<String> missing =
                Stream.of(Component.values())
                        .map(Component::lack)
                        .filter(reason::contains)
                        .toList();
        (missing.isEmpty() ? List.of(reason) : missing).forEach(each -> skipped(test, each));
    }

    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
        if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
            skipped(test, result.getThrowable().map(Throwable::getMessage).orElse("aborted"));
        }
    }

    private void skipped(TestIdentifier test, String reason) {
        className(test)
                .forEach(name ->
                        skippedByReason.computeIfAbsent(reason, _ -> new TreeSet<>()).add(name));
    }

    private static Stream<String> className(TestIdentifier test) {
        return test.getSource().stream()
                .flatMap(source ->
                        switch (source) {
                            case ClassSource type -> Stream.of(type.getClassName());
                            case MethodSource method -> Stream.of(method.getClassName());
                            default -> Stream.empty();
                        });
    }

    @Override
    public void testPlanExecutionFinished(TestPlan plan) {
        String file = System.getProperty("skipped.tests");
        if (file != null) {
            try {
                Files.write(Path.of(file), summary());
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    /// @return its lines
    List<String> summary() {
        if (skippedByReason.isEmpty()) {
            return List.of(
                    "None of %d integration test classes was skipped.".formatted(classes.size()));
        }
        long count = skippedByReason.values().stream().flatMap(Set::stream).distinct().count();
        List<String> lines = new ArrayList<>();
        lines.add(
                "%d of %d integration test classes were skipped, in whole or in part:"
                        .formatted(count, classes.size()));
        skippedByReason.forEach(
                (reason, skipped) -> lines.add("%4d: %s".formatted(skipped.size(), reason)));
        lines.add("Nothing is skipped by .ci/run (as root, on Debian), which brings it all.");
        return lines;
    }
}
