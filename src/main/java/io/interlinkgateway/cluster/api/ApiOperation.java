package io.interlinkgateway.cluster.api;

import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a request does, in the terms of Kubernetes, for metrics and traces.
///
/// @param verb `get`, `list`, `watch`, `follow` (a log), `create`, `update`, `patch` or `delete`
/// @param resource the plural name, with the subresource: `pods/log`
/// @param namespace the namespace; empty for what is in none
/// @param name the object's name; empty for lists
public record ApiOperation(
        String verb, String resource, Optional<String> namespace, Optional<String> name) {

    private static final Pattern PATH =
            Pattern.compile(
                    "/(?:api/v1|apis/[^/]+/[^/]+)/(?:namespaces/([^/]+)/)?([a-z]+)"
                            + "(?:/([^/]+)(/[a-z]+)?)?");

    /// An operation on an object in a namespace.
    public static ApiOperation on(String verb, String resource, String namespace, String name) {
        return new ApiOperation(verb, resource, Optional.of(namespace), Optional.of(name));
    }

    /// An operation on an object that is in no namespace.
    public static ApiOperation on(String verb, String resource, String name) {
        return new ApiOperation(verb, resource, Optional.empty(), Optional.of(name));
    }

    /// A list of objects in a namespace.
    public static ApiOperation list(String resource, String namespace) {
        return new ApiOperation("list", resource, Optional.of(namespace), Optional.empty());
    }

    /// A list of objects that are in no namespace.
    public static ApiOperation list(String resource) {
        return new ApiOperation("list", resource, Optional.empty(), Optional.empty());
    }

    /// @param path a path of the API server, with its query
    /// @param body the request's body; null for none
    static ApiOperation of(String method, String path, @Nullable Object body) {
        int end = path.indexOf('?');
        String query = end < 0 ? "" : path.substring(end);
        Matcher parts = PATH.matcher(end < 0 ? path : path.substring(0, end));
        if (!parts.matches()) {
            return new ApiOperation(
                    verb(method, false, query), "other", Optional.empty(), Optional.empty());
        }
        Optional<String> name = Optional.ofNullable(parts.group(3));
        return new ApiOperation(
                verb(method, name.isPresent(), query),
                parts.group(2) + (parts.group(4) == null ? "" : parts.group(4)),
                Optional.ofNullable(parts.group(1)),
                name.or(() -> nameIn(body)));
    }

    private static Optional<String> nameIn(@Nullable Object body) {
        return body instanceof HasMetadata object
                ? Optional.ofNullable(object.getMetadata().getName())
                : Optional.empty();
    }

    private static String verb(String method, boolean named, String query) {
        return switch (method) {
            case "POST" -> "create";
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> "delete";
            default ->
                    query.contains("watch=true")
                            ? "watch"
                            : query.contains("follow=true") ? "follow" : named ? "get" : "list";
        };
    }
}
