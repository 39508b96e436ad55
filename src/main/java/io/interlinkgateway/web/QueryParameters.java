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

/// Rules for query parameters. A parameter that the endpoint does not declare is refused, because ignoring it could
/// be harmful: `DELETE ...?dryRun=All` must not delete. A parameter with a single value must be given only once. A
/// flag without a value is true. Numbers have only the digits 0 to 9.
@ControllerAdvice
class QueryParameters implements HandlerInterceptor, WebMvcConfigurer {

    /// Every endpoint accepts this parameter, so that clients can always send it.
    private static final String WORKSPACE = "workspace";

    /// The maximum edit distance at which a parameter counts as a misspelling of another one.
    private static final int MAX_DISTANCE = 4;

    /// The maximum number of unknown parameters that are reported.
    private static final int MAX_NAMED = 10;

    private static final Pattern NUMBER = Pattern.compile("-?[0-9]+");

    /// The parameters of each endpoint, and whether each may be repeated.
    private final Map<Method, SortedMap<String, Boolean>> declared = new ConcurrentHashMap<>();

    private final DefaultParameterNameDiscoverer names = new DefaultParameterNameDiscoverer();

    /// Runs after the check of the caller's role.
    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).addPathPatterns("/api/**").order(1);
    }

    /// For optional parameters, which property editors do not handle.
    @Override
    public void addFormatters(FormatterRegistry registry) {
        registry.addConverter(String.class, Boolean.class, QueryParameters::flag);
        registry.addConverter(String.class, Integer.class, QueryParameters::integer);
        registry.addConverter(String.class, Long.class, QueryParameters::longInteger);
    }

    /// If a converter refuses a text, Spring tries its own property editors, which also accept hexadecimal digits.
    /// They are replaced by these.
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
        } catch (RuntimeException _) {
            throw new InvalidValueException(
                    "\"" + Text.shown(text) + "\" is neither true nor false.",
                    "Write true or false.");
        }
    }

    private static <N> N number(String text, Function<String, N> reading, int bits) {
        if (NUMBER.matcher(text).matches()) {
            try {
                return reading.apply(text);
            } catch (NumberFormatException _) {
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
            throw new RefusedParametersException(findings.stream().limit(MAX_NAMED).toList());
        }
    }

    private static Finding unknown(String name, Collection<String> known) {
        Optional<String> similar = similar(name, known);
        return Finding.error(
                "unknown-parameter",
                Text.shown(name),
                "There is no query parameter \"" + Text.shown(name) + "\" here.",
                similar.map(other -> "Use \"" + other + "\" if you meant that, or leave it out. ")
                                .orElse("Leave it out. ")
                        + "The parameters here are: "
                        + String.join(", ", known)
                        + ".");
    }

    /// The parameter that starts with the name or that the name starts with, or else the most similar one; ignoring
    /// case.
    private static Optional<String> similar(String name, Collection<String> known) {
        String small = name.toLowerCase(Locale.ROOT);
        Map<String, String> spelled = new TreeMap<>();
        known.forEach(other -> spelled.put(other.toLowerCase(Locale.ROOT), other));
        return spelled.keySet().stream()
                .filter(other ->
                        !small.isEmpty() && (other.startsWith(small) || small.startsWith(other)))
                .findFirst()
                .or(() -> Spelling.nearest(small, spelled.keySet(), MAX_DISTANCE))
                .map(spelled::get);
    }

    private static Finding repeated(String name) {
        return Finding.error(
                "repeated-parameter",
                name,
                "The query parameter \"" + name + "\" is given more than once.",
                "Give it once.");
    }

    private SortedMap<String, Boolean> names(HandlerMethod endpoint) {
        SortedMap<String, Boolean> known = new TreeMap<>();
        // Repeated parameters for the workspace are refused where the workspace is determined.
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
