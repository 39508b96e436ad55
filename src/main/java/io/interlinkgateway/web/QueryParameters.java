package io.interlinkgateway.web;

import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Spelling;
import io.interlinkgateway.failure.Text;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.beans.PropertyEditor;
import java.beans.PropertyEditorSupport;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.MethodParameter;
import org.springframework.core.convert.support.DefaultConversionService;
import org.springframework.format.FormatterRegistry;
import org.springframework.http.HttpMethod;
import org.springframework.web.bind.WebDataBinder;
import org.springframework.web.bind.annotation.ControllerAdvice;
import org.springframework.web.bind.annotation.InitBinder;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.method.HandlerMethod;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/// How query parameters are read. One that the endpoint does not declare is refused, because its sender meant
/// something by it: `DELETE ...?dryRun=All` must not delete. One that takes a single value is given once. A flag
/// without a value is set. Numbers have the digits 0 to 9 only.
@ControllerAdvice
class QueryParameters implements HandlerInterceptor, WebMvcConfigurer {

    /// Every endpoint takes it, so that clients can always send it.
    private static final String WORKSPACE = "workspace";

    /// In so many letters a parameter may differ from what it was probably meant to be.
    private static final int FARTHEST = 4;

    /// So many unknown parameters are named in an answer.
    private static final int MOST_NAMED = 10;

    private static final Pattern NUMBER = Pattern.compile("-?[0-9]+");

    /// For each endpoint its parameters, and whether one may be repeated.
    private final Map<Method, SortedMap<String, Boolean>> declared = new ConcurrentHashMap<>();

    private final DefaultParameterNameDiscoverer names = new DefaultParameterNameDiscoverer();

    /// After the check of the caller's rights.
    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).addPathPatterns("/api/**").order(1);
    }

    /// For optional parameters, which the editors do not see.
    @Override
    public void addFormatters(FormatterRegistry registry) {
        registry.addConverter(String.class, Boolean.class, QueryParameters::flag);
        registry.addConverter(String.class, Integer.class, QueryParameters::integer);
        registry.addConverter(String.class, Long.class, QueryParameters::longInteger);
    }

    /// When a converter refuses a text, Spring tries its own editors, which read hexadecimal digits too. These are
    /// asked instead.
    @InitBinder
    void register(WebDataBinder binder) {
        binder.registerCustomEditor(boolean.class, editor(QueryParameters::flag));
        binder.registerCustomEditor(int.class, editor(QueryParameters::integer));
        binder.registerCustomEditor(long.class, editor(QueryParameters::longInteger));
    }

    private static PropertyEditor editor(Function<String, Object> reading) {
        return new PropertyEditorSupport() {
            @Override
            public void setAsText(String text) {
                setValue(reading.apply(text));
            }
        };
    }

    private static Integer integer(String text) {
        return number(text, Integer::valueOf, 32);
    }

    private static Long longInteger(String text) {
        return number(text, Long::valueOf, 64);
    }

    private static Boolean flag(String text) {
        try {
            return text.isEmpty()
                    || Boolean.TRUE.equals(
                            DefaultConversionService.getSharedInstance()
                                    .convert(text, Boolean.class));
        } catch (RuntimeException neither) {
            throw new InvalidValueException(
                    "\"" + Text.shown(text) + "\" is neither true nor false.",
                    "Write true or false.");
        }
    }

    private static <N> N number(String text, Function<String, N> reading, int bits) {
        if (NUMBER.matcher(text).matches()) {
            try {
                return reading.apply(text);
            } catch (NumberFormatException large) {
                throw new InvalidValueException(
                        Text.shown(text)
                                + " is out of the range of whole numbers of "
                                + bits
                                + " bits.",
                        "Write a number from " + Text.rangeOf(bits) + ".");
            }
        }
        throw new InvalidValueException(
                "\"" + Text.shown(text) + "\" is not a whole number.",
                "Write it in the digits 0 to 9, such as 100.");
    }

    @Override
    public boolean preHandle(
            HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (handler instanceof HandlerMethod endpoint
                && !HttpMethod.OPTIONS.matches(request.getMethod())
                && request.getDispatcherType() != DispatcherType.ASYNC) {
            check(request, declared.computeIfAbsent(endpoint.getMethod(), _ -> names(endpoint)));
        }
        return true;
    }

    private static void check(HttpServletRequest request, SortedMap<String, Boolean> known) {
        List<Finding> findings = new ArrayList<>();
        request.getParameterMap()
                .forEach((name, values) -> {
                    if (!known.containsKey(name)) {
                        findings.add(unknown(name, known.keySet()));
                    } else if (values.length > 1 && !Objects.requireNonNull(known.get(name))) {
                        findings.add(repeated(name));
                    }
                });
        if (!findings.isEmpty()) {
            throw new RefusedParametersException(findings.stream().limit(MOST_NAMED).toList());
        }
    }

    private static Finding unknown(String name, Collection<String> known) {
        Optional<String> meant = meant(name, known);
        return Finding.error(
                "unknown-parameter",
                Text.shown(name),
                "There is no query parameter \"" + Text.shown(name) + "\" here.",
                meant.map(other -> "Use \"" + other + "\" if you meant that, or leave it out. ")
                                .orElse("Leave it out. ")
                        + "The parameters here are: "
                        + String.join(", ", known)
                        + ".");
    }

    /// The parameter that begins like the name or that the name begins with, or else the nearest; in capitals or not.
    private static Optional<String> meant(String name, Collection<String> known) {
        String small = name.toLowerCase(Locale.ROOT);
        Map<String, String> spelled = new TreeMap<>();
        known.forEach(other -> spelled.put(other.toLowerCase(Locale.ROOT), other));
        return spelled.keySet().stream()
                .filter(other ->
                        !small.isEmpty() && (other.startsWith(small) || small.startsWith(other)))
                .findFirst()
                .or(() -> Spelling.nearest(small, spelled.keySet(), FARTHEST))
                .map(spelled::get);
    }

    private static Finding repeated(String name) {
        return Finding.error(
                "repeated-parameter",
                name,
                "The query parameter \"" + name + "\" is there more than once.",
                "Give it once.");
    }

    private SortedMap<String, Boolean> names(HandlerMethod endpoint) {
        SortedMap<String, Boolean> known = new TreeMap<>();
        // Whether it is repeated is checked where the workspace is chosen.
        known.put(WORKSPACE, true);
        Arrays.stream(endpoint.getMethodParameters())
                .filter(parameter -> parameter.hasParameterAnnotation(RequestParam.class))
                .forEach(parameter ->
                        known.put(
                                name(parameter),
                                Collection.class.isAssignableFrom(parameter.getParameterType())));
        return known;
    }

    private String name(MethodParameter parameter) {
        String given =
                Objects.requireNonNull(parameter.getParameterAnnotation(RequestParam.class)).name();
        parameter.initParameterNameDiscovery(names);
        return given.isEmpty() ? Objects.requireNonNull(parameter.getParameterName()) : given;
    }
}
