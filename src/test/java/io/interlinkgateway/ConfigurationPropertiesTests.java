package io.interlinkgateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.Reader;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.core.type.filter.AnnotationTypeFilter;
import org.springframework.util.ClassUtils;

/// Every record of properties with its defaults, and with each property set, as `src/test/resources/configuration` has
/// them. A property that neither file knows fails the test.
class ConfigurationPropertiesTests {

    private static final Path FOLDER = Path.of("src/test/resources/configuration");

    @Test
    void propertiesHaveTheirDefaults() throws IOException {
        assertThat(bound(Map.of())).isEqualTo(read("defaults.properties"));
    }

    /// Those of lists and maps, whose items are what the file sets alone.
    @Test
    void itemsHaveTheirDefaults() throws IOException {
        Map<String, String> defaults = new TreeMap<>(read("defaults.properties"));
        defaults.putAll(read("items.properties"));

        assertThat(bound(required())).isEqualTo(defaults);
    }

    private static Map<String, String> required() {
        String issuer = "gateway.security.issuers[0].";
        return Map.of(
                issuer + "uri",
                "https://login.example.org/",
                issuer + "audiences[0]",
                "gateway",
                issuer + "rules[0].claim",
                "groups",
                issuer + "rules[0].value",
                "stars",
                issuer + "rules[0].workspace",
                "stars",
                "gateway.limits.workspaces.stars.max-jobs",
                "1",
                "gateway.nodes.stars.slurmrestd.address",
                "unix:/run/slurmrestd");
    }

    @Test
    void everyPropertyIsReadIntoItsOwnField() throws IOException {
        Map<String, String> all = read("all.properties");
        Map<String, String> defaults = read("defaults.properties");

        assertThat(bound(all)).isEqualTo(all);
        assertThat(fields())
                .allSatisfy(field -> assertThat(all.keySet()).anyMatch(field.asMatchPredicate()));
        assertThat(all)
                .allSatisfy((name, value) ->
                        assertThat(value).as(name).isNotEqualTo(defaults.get(name)));
    }

    private static Map<String, String> read(String file) throws IOException {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(FOLDER.resolve(file))) {
            properties.load(reader);
        }
        return properties.stringPropertyNames().stream()
                .collect(
                        Collectors.toMap(
                                name -> name, properties::getProperty, (a, _) -> a, TreeMap::new));
    }

    private static Stream<Class<?>> records() {
        var scan = new ClassPathScanningCandidateComponentProvider(false);
        scan.addIncludeFilter(new AnnotationTypeFilter(ConfigurationProperties.class));
        return scan
                .findCandidateComponents(ConfigurationPropertiesTests.class.getPackageName())
                .stream()
                .map(bean ->
                        ClassUtils.resolveClassName(String.valueOf(bean.getBeanClassName()), null));
    }

    private static String prefix(Class<?> type) {
        return type.getAnnotation(ConfigurationProperties.class).value();
    }

    /// What the records hold, by the names of properties.
    private static Map<String, String> bound(Map<String, String> properties) {
        Binder binder = new Binder(new MapConfigurationPropertySource(properties));
        Map<String, String> bound = new TreeMap<>();
        records()
                .forEach(type -> put(bound, prefix(type), binder.bindOrCreate(prefix(type), type)));
        return bound;
    }

    private static void put(Map<String, String> bound, String name, @Nullable Object value) {
        switch (value) {
            case null -> {} // not set
            case Record fields when isProperties(fields.getClass()) -> {
                for (RecordComponent field : fields.getClass().getRecordComponents()) {
                    put(bound, name + "." + kebab(field.getName()), valueOf(field, fields));
                }
            }
            case Map<?, ?> map -> map.forEach((key, item) -> put(bound, name + "." + key, item));
            case Collection<?> items -> {
                int index = 0;
                for (Object item : items) {
                    put(bound, name + "[" + index++ + "]", item);
                }
            }
            default -> bound.put(name, value.toString());
        }
    }

    private static @Nullable Object valueOf(RecordComponent field, Record fields) {
        try {
            field.getAccessor().setAccessible(true);
            return field.getAccessor().invoke(fields);
        } catch (ReflectiveOperationException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static String kebab(String name) {
        return name.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
    }

    /// For each field of each record the names that its property may have.
    private static List<Pattern> fields() {
        List<Pattern> names = new ArrayList<>();
        records().forEach(type -> addFields(names, Pattern.quote(prefix(type)), type));
        return names;
    }

    private static void addFields(List<Pattern> names, String name, Type type) {
        switch (type) {
            case ParameterizedType map when map.getRawType() == Map.class ->
                    addFields(names, name + "\\.[^.]+", map.getActualTypeArguments()[1]);
            case ParameterizedType items ->
                    addFields(names, name + "\\[\\d+]", items.getActualTypeArguments()[0]);
            case Class<?> properties when isProperties(properties) -> {
                for (RecordComponent field : properties.getRecordComponents()) {
                    addFields(names, name + "\\." + kebab(field.getName()), field.getGenericType());
                }
            }
            default -> names.add(Pattern.compile(name));
        }
    }

    /// Whether a record's fields are properties of their own. Other records are read from one text.
    private static boolean isProperties(@Nullable Class<?> type) {
        return type != null
                && type.isRecord()
                && (type.isAnnotationPresent(ConfigurationProperties.class)
                        || isProperties(type.getEnclosingClass())
                        || Stream.of(type.getDeclaredConstructors()[0].getParameters())
                                .anyMatch(field -> field.isAnnotationPresent(DefaultValue.class)));
    }
}
