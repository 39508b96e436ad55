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

/// What the plugin puts before images that are no files. By its configuration that is `docker://`, and in many versions it
/// stands before `oras://…` and other kinds too (interLink's source); an image that begins with it already is left
/// alone in all of them. So a pod whose images are of another kind names that kind in the plugin's annotation.
final class ImageRoot {

    private static final String USUAL = "docker://";
    private static final Pattern KIND = Pattern.compile("([a-z]+://).*");

    private ImageRoot() {}

    /// @param pod a pod
    /// @return the kind that its annotation has to name; empty if it names one, or has none but the usual one
    static Optional<String> missing(Pod pod) {
        return annotation(pod).isPresent()
                ? Optional.empty()
                : kinds(pod).stream().filter(kind -> !kind.equals(USUAL)).findFirst();
    }

    /// @param pod a pod
    /// @return an error if its images are of several kinds, or of another than its annotation names
    static Optional<Finding> conflict(Pod pod) {
        return missing(pod)
                .filter(kind -> !isBeforeAll(kind, pod))
                .or(() -> annotation(pod).filter(root -> isBeforeAnotherKind(root, pod)))
                .map(kind ->
                        Finding.error(
                                "image-kinds",
                                "spec.containers",
                                "The plugin knows one kind of image for a pod, and would put "
                                        + kind
                                        + " before the images of another kind.",
                                "Use images of one kind, or files on the HPC."));
    }

    /// @param pod a pod
    /// @return whether its annotation names no more than the kind that its images have
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
