package io.interlinkgateway;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import io.interlinkgateway.architecture.kubernetes.KnowsPods;
import io.interlinkgateway.architecture.modules.ModulesThatBreakTheRules;
import org.springframework.modulith.ApplicationModule;
import org.springframework.modulith.core.ApplicationModules;

/// The arrows between the packages, which stand in each package-info, and who may see Kubernetes.
@AnalyzeClasses(
        packages = "io.interlinkgateway",
        importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTests {

    @ArchTest
    static final ArchRule ONLY_PODS_AND_ADAPTERS_SEE_KUBERNETES =
            noClasses()
                    .that()
                    .resideOutsideOfPackages(
                            "io.interlinkgateway.pod",
                            "io.interlinkgateway.status",
                            "io.interlinkgateway.cluster..",
                            "io.interlinkgateway.sandbox..")
                    .should()
                    .dependOnClassesThat()
                    .resideInAPackage("io.fabric8..");

    @ArchTest
    static final ArchRule ONLY_THE_CLUSTER_CALLS_KUBERNETES =
            noClasses()
                    .that()
                    .resideOutsideOfPackage("io.interlinkgateway.cluster..")
                    .should()
                    .dependOnClassesThat()
                    .haveFullyQualifiedName("io.fabric8.kubernetes.client.KubernetesClient");

    @ArchTest
    static final ArchRule THE_VOCABULARY_KNOWS_NO_FRAMEWORK =
            classes()
                    .that()
                    .resideInAnyPackage("io.interlinkgateway.job", "io.interlinkgateway.failure")
                    .should()
                    .onlyDependOnClassesThat()
                    .resideInAnyPackage(
                            "io.interlinkgateway.job",
                            "io.interlinkgateway.failure",
                            "java..",
                            "org.jspecify..",
                            "org.springframework.modulith");

    @ArchTest
    static void eachModuleUsesOnlyWhatItDeclares(JavaClasses classes) {
        ApplicationModules.of(GatewayApplication.class).verify();
    }

    @ArchTest
    static void eachModuleDeclaresWhatItUses(JavaClasses classes) throws ClassNotFoundException {
        for (var module : ApplicationModules.of(GatewayApplication.class)) {
            Class<?> declaration =
                    Class.forName(module.getBasePackage().getName() + ".package-info");

            assertThat(declaration.isAnnotationPresent(ApplicationModule.class))
                    .as(module.getDisplayName())
                    .isTrue();
        }
    }

    @ArchTest
    static void anArrowThatIsNotDeclaredIsFound(JavaClasses classes) {
        assertThat(
                        ApplicationModules.of(
                                        ModulesThatBreakTheRules.class,
                                        new ImportOption.OnlyIncludeTests())
                                .detectViolations()
                                .getMessages())
                .anySatisfy(message -> assertThat(message).contains("'low'", "'high'"));
    }

    @ArchTest
    static void aClassThatKnowsPodsIsFound(JavaClasses classes) {
        assertThat(
                        ONLY_PODS_AND_ADAPTERS_SEE_KUBERNETES
                                .evaluate(new ClassFileImporter().importClasses(KnowsPods.class))
                                .hasViolation())
                .isTrue();
    }
}
