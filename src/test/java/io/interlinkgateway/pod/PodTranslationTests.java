package io.interlinkgateway.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.interlinkgateway.CommittedFile;
import io.interlinkgateway.failure.Checked;
import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.job.Job;
import io.interlinkgateway.job.JobDefinition;
import io.interlinkgateway.job.JobSpec;
import io.interlinkgateway.job.NamedJob;
import io.interlinkgateway.job.PodManifest;
import io.interlinkgateway.status.PodReading;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/// Golden cases, a folder each under `src/test/resources/pod`: a body that the API takes, in `in.json` or `in.yaml`
/// (and `request.json` for the rest of the request), becomes `out.yaml`,
/// the pod, with the findings in `out.json`; a refused pod has `out.json` alone. To rewrite them after a
/// change, and read the difference: `./mvnw test -Dtest=PodTranslationTests -Dgolden.update=true`.
@Execution(ExecutionMode.CONCURRENT)
class PodTranslationTests {

    @TestFactory
    Stream<org.junit.jupiter.api.DynamicTest> podForGivesTheGoldenPod() {
        return PodCase.all().stream()
                .map(podCase -> dynamicTest(podCase.name(), () -> compare(podCase)));
    }

    private static void compare(PodCase podCase) throws IOException {
        Map<String, String> results = results(podCase.job());
        for (Map.Entry<String, String> result : results.entrySet()) {
            new CommittedFile(podCase.folder().resolve(result.getKey()), "golden.update")
                    .assertHolds(result.getValue());
        }
        try (Stream<Path> files = Files.list(podCase.folder())) {
            assertThat(files.map(file -> file.getFileName().toString()).collect(Collectors.toSet()))
                    .as("no unused file")
                    .isEqualTo(filesOf(podCase, results.keySet()));
        }
    }

    private static Set<String> filesOf(PodCase podCase, Set<String> results) {
        Stream<String> inputs =
                switch (podCase.job().definition()) {
                    case JobSpec _ -> Stream.of(PodCase.SPEC);
                    case PodManifest _ -> Stream.of(PodCase.POD);
                };
        Stream<String> request =
                Stream.of(PodCase.REQUEST)
                        .filter(file -> Files.exists(podCase.folder().resolve(file)));
        return Stream.of(inputs, request, results.stream())
                .flatMap(files -> files)
                .collect(Collectors.toSet());
    }

    private static Map<String, String> results(NamedJob job) {
        Map<String, String> results = new LinkedHashMap<>();
        Checked<TranslatedJob> translated = PodTranslation.translate(job);
        PlacedJob.of(translated)
                .map(placed -> placed.translated().pod())
                .ifPresent(pod -> results.put("out.yaml", PodCase.SERIALIZATION.asYaml(pod)));
        if (!translated.findings().isEmpty()) {
            results.put("out.json", json(translated.findings()));
        }
        return results;
    }

    private static String json(List<Finding> findings) {
        return findings.stream()
                .map(finding ->
                        "  {\"rule\": \"%s\", \"severity\": \"%s\", \"field\": \"%s\"}"
                                .formatted(finding.rule(), finding.severity(), finding.field()))
                .collect(Collectors.joining(",\n", "[\n", "\n]\n"));
    }

    @TestFactory
    Stream<org.junit.jupiter.api.DynamicTest> jobFromGivesBackTheVerySpec() {
        return PodCase.all().stream()
                .filter(podCase -> podCase.job().definition() instanceof JobSpec)
                .map(podCase ->
                        dynamicTest(
                                podCase.name(),
                                () ->
                                        assertThat(definitionOf(stored(podCase.job())))
                                                .isEqualTo(podCase.job().definition())));
    }

    @TestFactory
    Stream<org.junit.jupiter.api.DynamicTest> jobFromGivesBackAManifestThatMakesTheSamePod() {
        return PodCase.all().stream()
                .filter(podCase -> podCase.job().definition() instanceof PodManifest)
                .filter(podCase -> !podCase.name().startsWith("refused"))
                .map(podCase -> dynamicTest(podCase.name(), () -> assertMakesTheSamePod(podCase)));
    }

    private static void assertMakesTheSamePod(PodCase podCase) {
        NamedJob job = podCase.job();
        NamedJob again =
                new NamedJob(
                        job.name(),
                        job.workspace(),
                        job.node(),
                        definitionOf(stored(job)),
                        Optional.empty(),
                        job.idempotencyKey());
        assertThat(PodCase.SERIALIZATION.asYaml(PodTranslation.translate(again).orReject().pod()))
                .isEqualTo(
                        PodCase.SERIALIZATION.asYaml(
                                PodTranslation.translate(job).orReject().pod()));
    }

    private static JobDefinition definitionOf(Pod pod) {
        assertThat(PodReading.isJob(pod, _ -> false)).isTrue();
        Job job = PodReading.jobFrom(pod, Instant.EPOCH);
        assertThat(job.managedBy()).isEqualTo("gateway");
        return job.definition().orElseThrow();
    }

    /// As the API server gives it back, with what it adds to each pod.
    private static Pod stored(NamedJob job) {
        String yaml = PodCase.SERIALIZATION.asYaml(PodTranslation.translate(job).orReject().pod());
        // spotless:off
        return new PodBuilder(PodCase.SERIALIZATION.unmarshal(yaml, Pod.class))
                .editMetadata()
                    .withUid("2f1c7e2e-6f5d-4a0f-8a39-3c1c9f7f0b11")
                    .withResourceVersion("4711")
                    .withGeneration(1L)
                    .withCreationTimestamp("2026-11-23T23:48:01Z")
                    .addToAnnotations(MetadataNames.JOB_ID, "7")
                .endMetadata()
                .editSpec()
                    .withServiceAccount("default")
                    .withServiceAccountName("default")
                    .withNodeName(job.node().value())
                .endSpec()
                .withNewStatus().withPhase("Running").endStatus()
                .build();
        // spotless:on
    }
}
