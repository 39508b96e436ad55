package io.interlinkgateway.pod;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Pod;
import io.interlinkgateway.failure.Finding;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The prefix that the plugin adds to images that are not files. By default it is `docker://`, and many versions also
/// add it to `oras://…` and other schemes (interLink's source). No version adds it to an image that already starts
/// with it. So a pod whose images have another scheme gets that scheme as the prefix, in the plugin's annotation.
final class ImageRoot {

    private static final String DEFAULT = "docker://";
    private static final Pattern KIND = Pattern.compile("([a-z]+://).*");

    private ImageRoot() {}

    /// @param pod a pod
    /// @return the scheme that the annotation must be set to; empty if the annotation exists, or all images have the
    ///     default scheme
    static Optional<String> missing(Pod pod) {
        return annotation(pod).isPresent()
                ? Optional.empty()
                : kinds(pod).stream().filter(kind -> !kind.equals(DEFAULT)).findFirst();
    }

    /// @param pod a pod
    /// @return an error if the images have several schemes, or another one than the annotation
    static Optional<Finding> conflict(Pod pod) {
        return missing(pod)
                .filter(kind -> !isBeforeAll(kind, pod))
                .or(() -> annotation(pod).filter(root -> isBeforeAnotherKind(root, pod)))
                .map(kind ->
                        Finding.error(
                                "image-kinds",
                                "spec.containers",
                                "The plugin uses one kind of images per pod, and would put "
                                        + kind
                                        + " before the images of another kind.",
                                "Use images of one kind, or files on the HPC."));
    }

    /// @param pod a pod
    /// @return whether the annotation is just the scheme of the images
    static boolean namesKindOnly(Pod pod) {
        return annotation(pod)
                .filter(root -> root.matches("[a-z]+://") && isBeforeAll(root, pod))
                .isPresent();
    }

    private static boolean isBeforeAll(String root, Pod pod) {
        return images(pod).allMatch(image -> image.startsWith("/") || image.startsWith(root));
    }

    private static boolean isBeforeAnotherKind(String root, Pod pod) {
        return images(pod)
                .anyMatch(image -> KIND.matcher(image).matches() && !image.startsWith(root));
    }

    private static Optional<String> annotation(Pod pod) {
        Map<String, String> annotations = ModelFields.orEmpty(pod.getMetadata().getAnnotations());
        return Optional.ofNullable(annotations.get(MetadataNames.IMAGE_ROOT));
    }

    private static Set<String> kinds(Pod pod) {
        return images(pod)
                .map(KIND::matcher)
                .filter(Matcher::matches)
                .map(kind -> kind.group(1))
                .collect(Collectors.toSet());
    }

    private static Stream<String> images(Pod pod) {
        return Stream.of(
                        ModelFields.orEmpty(pod.getSpec().getInitContainers()),
                        pod.getSpec().getContainers())
                .flatMap(List<Container>::stream)
                .map(Container::getImage);
    }
}
