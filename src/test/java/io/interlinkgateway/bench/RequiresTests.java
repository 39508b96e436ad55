package io.interlinkgateway.bench;

import static io.interlinkgateway.bench.Component.MLFLOW;
import static io.interlinkgateway.bench.Component.OWN_CONTROL_PLANE;
import static io.interlinkgateway.bench.Component.SLURM;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

@Execution(ExecutionMode.CONCURRENT)
class RequiresTests {

    private static final List<String> INITIALISED = new ArrayList<>();

    static Object initialise(String name) {
        INITIALISED.add(name);
        return name;
    }

    @Requires(SLURM)
    abstract static class Contract {

        @Test
        void runs() {
            assertThat(this).isNotNull();
        }
    }

    interface WithMlflow {

        @Test
        default void logs() {
            assertThat(this).isNotNull();
        }
    }

    @Requires(MLFLOW)
    interface Demanding extends WithMlflow {}

    static final class OnSlurm extends Contract {

        static final Object SERVER = initialise("OnSlurm");
    }

    static final class OnMlflow implements Demanding {

        static final Object SERVER = initialise("OnMlflow");
    }

    @Requires(OWN_CONTROL_PLANE)
    static final class OnAll extends Contract implements Demanding {

        static final Object SERVER = initialise("OnAll");
    }

    static final class InPart {

        static final Object SERVER = initialise("InPart");

        @Test
        @Requires(SLURM)
        void onSlurm() {
            assertThat(this).isNotNull();
        }

        @Test
        void onNothing() {
            assertThat(this).isNotNull();
        }
    }

    static final class OnNothing {

        @Test
        void runs() {
            assertThat(this).isNotNull();
        }
    }

    /// What became of the tests of some classes.
    private static final class Outcome implements TestExecutionListener {

        private final List<String> skipped = new ArrayList<>();
        private final List<Throwable> failures = new ArrayList<>();
        private int passed;

        @Override
        public void executionSkipped(TestIdentifier test, String reason) {
            skipped.add(test.getDisplayName() + ": " + reason);
        }

        @Override
        public void executionFinished(TestIdentifier test, TestExecutionResult result) {
            result.getThrowable().ifPresent(failures::add);
            if (test.isTest() && result.getStatus() == TestExecutionResult.Status.SUCCESSFUL) {
                passed++;
            }
        }
    }

    private final Outcome outcome = new Outcome();
    private final SkippedTests report = new SkippedTests();

    private void run(boolean complete, String hidden, Class<?>... classes) {
        INITIALISED.clear();
        Launcher launcher =
                LauncherFactory.create(
                        LauncherConfig.builder()
                                .enableTestExecutionListenerAutoRegistration(false)
                                .addTestExecutionListeners(outcome, report)
                                .build());
        launcher.execute(
                LauncherDiscoveryRequestBuilder.request()
                        .selectors(Stream.of(classes).map(type -> selectClass(type)).toList())
                        .configurationParameter(
                                RequiredComponents.COMPLETE, Boolean.toString(complete))
                        .configurationParameter(RequiredComponents.HIDDEN, hidden)
                        .build());
    }

    @Test
    void aClassWithoutItsComponentIsSkippedBeforeItIsInitialised() {
        run(false, "SLURM", OnSlurm.class);

        assertThat(outcome.skipped)
                .singleElement()
                .asString()
                .contains("no SLURM: run bench/slurm/install.sh (as root, on Debian)");
        assertThat(outcome.failures).isEmpty();
        assertThat(outcome.passed).isZero();
        assertThat(INITIALISED).isEmpty();
    }

    @Test
    void whereNothingMayBeSkippedTheClassFailsBeforeItIsInitialised() {
        run(true, "SLURM", OnSlurm.class);

        assertThat(outcome.failures)
                .singleElement()
                .extracting(Throwable::getCause)
                .asString()
                .contains("no SLURM: run bench/slurm/install.sh (as root, on Debian)");
        assertThat(outcome.skipped).isEmpty();
        assertThat(outcome.passed).isZero();
        assertThat(INITIALISED).isEmpty();
    }

    @Test
    void superclassesAndInterfacesRequireToo() {
        run(false, "slurm, mlflow,OWN_CONTROL_PLANE", OnMlflow.class, OnAll.class);

        assertThat(outcome.skipped)
                .satisfiesExactlyInAnyOrder(
                        onMlflow -> assertThat(onMlflow).contains("no MLflow: "),
                        onAll ->
                                assertThat(onAll)
                                        .contains(
                                                SLURM.lack(),
                                                MLFLOW.lack(),
                                                OWN_CONTROL_PLANE.lack()));
        assertThat(INITIALISED).isEmpty();
    }

    @Test
    void oneTestOfAClassMayRequireMoreThanTheOthers() {
        run(false, "SLURM", InPart.class);

        assertThat(outcome.skipped).singleElement().asString().contains("onSlurm", SLURM.lack());
        assertThat(outcome.passed).isEqualTo(1);
        assertThat(INITIALISED).containsExactly("InPart");
    }

    @Test
    void theReportCountsTheClassesThatWaitForEachComponent() {
        run(false, "SLURM,MLFLOW,OWN_CONTROL_PLANE", OnSlurm.class, OnMlflow.class, OnAll.class);

        assertThat(report.summary())
                .startsWith("3 of 3 integration test classes were skipped, in whole or in part:")
                .contains("   2: " + SLURM.lack(), "   2: " + MLFLOW.lack())
                .contains("   1: " + OWN_CONTROL_PLANE.lack());
    }

    @Test
    void theReportShowsThatNothingWasSkipped() {
        run(false, "", OnNothing.class);

        assertThat(outcome.passed).isEqualTo(1);
        assertThat(report.summary())
                .containsExactly("None of 1 integration test classes was skipped.");
    }

    private static List<Set<Component>> subsets() {
        List<Set<Component>> all = new ArrayList<>(List.of(EnumSet.noneOf(Component.class)));
        for (Component each : Component.values()) {
            for (Set<Component> without : List.copyOf(all)) {
                EnumSet<Component> with = EnumSet.of(each);
                with.addAll(without);
                all.add(with);
            }
        }
        return all;
    }

    @Test
    void everySubsetOfComponentsRunsExactlyWhatItIsEnoughFor() {
        List<Set<Component>> all = subsets();
        for (Set<Component> there : all) {
            for (Set<Component> required : all) {
                if (there.containsAll(required)) {
                    assertThat(decide(required, there, false).isDisabled()).isFalse();
                    assertThat(decide(required, there, true).isDisabled()).isFalse();
                } else {
                    ConditionEvaluationResult skipped = decide(required, there, false);
                    assertThat(skipped.isDisabled()).isTrue();
                    for (Component each : Component.values()) {
                        assertThat(skipped.getReason().orElseThrow().contains(each.lack()))
                                .isEqualTo(required.contains(each) && !there.contains(each));
                    }
                    assertThatIllegalStateException()
                            .isThrownBy(() -> decide(required, there, true));
                }
            }
        }
    }

    private static ConditionEvaluationResult decide(
            Set<Component> required, Set<Component> there, boolean complete) {
        return RequiredComponents.decide(required, there::contains, complete);
    }
}
