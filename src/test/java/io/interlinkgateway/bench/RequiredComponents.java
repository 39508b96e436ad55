package io.interlinkgateway.bench;

import static java.util.stream.Collectors.joining;

import java.lang.reflect.AnnotatedElement;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionContext;

/// Skips what [Requires] a component that is missing, or fails it where nothing may be skipped. JUnit asks before it
/// initialises the test class.
final class RequiredComponents implements ExecutionCondition {

    /// A system property: names of components, with commas between, that are taken as missing and not to be had.
    static final String HIDDEN = "components.hidden";

    /// A system property: `true` if nothing may be skipped. The default is the environment variable `CI`.
    static final String COMPLETE = "components.complete";

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        boolean complete =
                Boolean.parseBoolean(
                        context.getConfigurationParameter(COMPLETE).orElse(System.getenv("CI")));
        Set<Component> hidden = named(context.getConfigurationParameter(HIDDEN).orElse(""));
        return decide(
                context.getElement().map(RequiredComponents::required).orElse(Set.of()),
                component -> !hidden.contains(component) && component.isThere(complete),
                complete);
    }

    static ConditionEvaluationResult decide(
            Set<Component> required, Predicate<Component> isThere, boolean complete) {
        String missing =
                required.stream()
                        .filter(isThere.negate())
                        .map(Component::lack)
                        .collect(joining("; "));
        if (missing.isEmpty()) {
            return ConditionEvaluationResult.enabled("all components are there");
        }
        if (complete) {
            throw new IllegalStateException("Nothing may be skipped (CI=true), but " + missing);
        }
        return ConditionEvaluationResult.disabled(missing);
    }

    private static Set<Component> named(String names) {
        EnumSet<Component> all = EnumSet.noneOf(Component.class);
        Stream.of(names.split(","))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .forEach(name -> all.add(Component.valueOf(name.toUpperCase(Locale.ROOT))));
        return all;
    }

    static Set<Component> required(AnnotatedElement element) {
        EnumSet<Component> all = EnumSet.noneOf(Component.class);
        Requires own = element.getDeclaredAnnotation(Requires.class);
        if (own != null) {
            Collections.addAll(all, own.value());
        }
        if (element instanceof Class<?> type) {
            Stream.of(type.getInterfaces()).forEach(each -> all.addAll(required(each)));
            @Nullable Class<?> parent = type.getSuperclass();
            if (parent != null) {
                all.addAll(required(parent));
            }
        }
        return all;
    }
}
