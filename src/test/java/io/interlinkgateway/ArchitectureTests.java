package io.interlinkgateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;

/// The arrows between the packages, and who may see the Kubernetes client.
@AnalyzeClasses(
        packages = "io.interlinkgateway",
        importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

    @ArchTest
    static final ArchRule ARROWS =
            layeredArchitecture()
                    .consideringOnlyDependenciesInLayers()
                    .layer("job")
                    .definedBy("io.interlinkgateway.job")
                    .layer("definition")
                    .definedBy("io.interlinkgateway.definition")
                    .layer("node")
                    .definedBy("io.interlinkgateway.node")
                    .layer("log")
                    .definedBy("io.interlinkgateway.log")
                    .layer("credential")
                    .definedBy("io.interlinkgateway.credential")
                    .layer("caller")
                    .definedBy("io.interlinkgateway.caller")
                    .layer("pod")
                    .definedBy("io.interlinkgateway.pod")
                    .layer("inspection")
                    .definedBy("io.interlinkgateway.inspection")
                    .layer("event")
                    .definedBy("io.interlinkgateway.event")
                    .layer("submission")
                    .definedBy("io.interlinkgateway.submission")
                    .layer("cluster")
                    .definedBy("io.interlinkgateway.cluster")
                    .layer("sandbox")
                    .definedBy("io.interlinkgateway.sandbox")
                    .layer("problem")
                    .definedBy("io.interlinkgateway.problem")
                    .layer("telemetry")
                    .definedBy("io.interlinkgateway.telemetry")
                    .layer("documentation")
                    .definedBy("io.interlinkgateway.documentation")
                    .withOptionalLayers(true)
                    .whereLayer("job")
                    .mayNotAccessAnyLayer()
                    .whereLayer("definition")
                    .mayOnlyAccessLayers("job")
                    .whereLayer("node")
                    .mayOnlyAccessLayers("job", "caller")
                    .whereLayer("log")
                    .mayOnlyAccessLayers("job", "caller", "inspection", "pod")
                    .whereLayer("credential")
                    .mayOnlyAccessLayers("job", "caller")
                    .whereLayer("caller")
                    .mayOnlyAccessLayers("job", "problem")
                    .whereLayer("pod")
                    .mayOnlyAccessLayers("job", "node")
                    .whereLayer("inspection")
                    .mayOnlyAccessLayers("job", "definition", "event", "caller")
                    .whereLayer("event")
                    .mayOnlyAccessLayers("job")
                    .whereLayer("submission")
                    .mayOnlyAccessLayers(
                            "job",
                            "node",
                            "credential",
                            "caller",
                            "definition",
                            "pod",
                            "inspection")
                    .whereLayer("cluster")
                    .mayOnlyAccessLayers(
                            "job", "node", "event", "log", "credential", "caller", "pod")
                    .whereLayer("sandbox")
                    .mayOnlyAccessLayers(
                            "job", "node", "event", "log", "credential", "caller", "pod")
                    .whereLayer("problem")
                    .mayOnlyAccessLayers("job")
                    .whereLayer("telemetry")
                    .mayOnlyAccessLayers("job", "node", "log", "credential")
                    .whereLayer("documentation")
                    .mayOnlyAccessLayers("job", "definition");

    @ArchTest
    static final ArchRule EVERY_PACKAGE_IS_IN_THE_PICTURE =
            classes()
                    .should()
                    .resideInAnyPackage(
                            "io.interlinkgateway",
                            "io.interlinkgateway.job",
                            "io.interlinkgateway.definition",
                            "io.interlinkgateway.node",
                            "io.interlinkgateway.log",
                            "io.interlinkgateway.credential",
                            "io.interlinkgateway.caller",
                            "io.interlinkgateway.pod",
                            "io.interlinkgateway.event",
                            "io.interlinkgateway.inspection",
                            "io.interlinkgateway.submission",
                            "io.interlinkgateway.cluster",
                            "io.interlinkgateway.sandbox",
                            "io.interlinkgateway.problem",
                            "io.interlinkgateway.telemetry",
                            "io.interlinkgateway.documentation");

    @ArchTest
    static final ArchRule NO_CYCLES =
            slices().matching("io.interlinkgateway.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule ONLY_TRANSLATION_AND_ADAPTERS_SEE_KUBERNETES =
            noClasses()
                    .that()
                    .resideOutsideOfPackages(
                            "io.interlinkgateway.pod",
                            "io.interlinkgateway.cluster",
                            "io.interlinkgateway.sandbox")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("io.fabric8..");

    @ArchTest
    static final ArchRule ONLY_THE_CLUSTER_TALKS_TO_KUBERNETES =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("io.interlinkgateway.cluster")
                    .should()
                    .dependOnClassesThat()
                    .haveFullyQualifiedName("io.fabric8.kubernetes.client.KubernetesClient");

    @ArchTest
    static final ArchRule THE_VOCABULARY_KNOWS_NO_FRAMEWORK =
            classes()
                    .that()
                    .resideInAPackage("io.interlinkgateway.job")
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage("io.interlinkgateway.job", "java..", "org.jspecify..");
}
