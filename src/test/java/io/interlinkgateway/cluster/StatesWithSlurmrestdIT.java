package io.interlinkgateway.cluster;

import io.interlinkgateway.bench.Component;
import io.interlinkgateway.bench.Requires;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/// The cases of [StatesOnSlurmIT] with a slurmrestd for each SLURM: no state is unknown at any time.
@Requires({
    Component.OWN_CONTROL_PLANE,
    Component.SLURM,
    Component.SLURMRESTD,
    Component.VIRTUAL_NODE,
    Component.APPTAINER
})
class StatesWithSlurmrestdIT {

    @BeforeAll
    static void open(@TempDir Path folder) throws IOException {
        StatesOnSlurmIT.open(folder, StatesOnSlurmIT.Sources.WITH_SLURMRESTD);
    }

    @AfterAll
    static void close() {
        StatesOnSlurmIT.close();
    }

    @TestFactory
    Stream<DynamicTest> noReportedStateContradictsSlurmOrIsUnknown() {
        return StatesOnSlurmIT.tests();
    }
}
