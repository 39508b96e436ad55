package io.interlinkgateway.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.interlinkgateway.failure.GatewayException;
import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Replacement;
import io.interlinkgateway.job.Workspace;
import io.interlinkgateway.log.ContainerLog;
import io.interlinkgateway.log.JobLogs;
import io.interlinkgateway.pod.JobStore;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What [JobLogs] promises even where nobody runs the pods. The rest is in [RunningJobsContract].
public abstract class JobLogsContract {

    private static final JobName NAME = new JobName("train");

    private Workspace workspace = new Workspace("not-yet");

    /// @return the port
    protected abstract JobLogs logs();

    /// @return the port that goes with it
    protected abstract JobStore jobs();

    /// @return a workspace that is there and holds nothing, another at each call
    protected abstract Workspace freshWorkspace();

    /// @return a node that takes jobs
    protected abstract NodeName node();

    @BeforeEach
    void chooseWorkspace() {
        workspace = freshWorkspace();
    }

    @Test
    void aMissingJobHasNoLog() {
        assertThatExceptionOfType(GatewayException.NotFound.class)
                .isThrownBy(() -> logs().find(workspace, NAME, Optional.empty()));
    }

    @Test
    void aJobOfAnotherWorkspaceHasNoLog() {
        jobs().submit(new SampleJobs(freshWorkspace(), node()).living("train"));

        assertThatExceptionOfType(GatewayException.NotFound.class)
                .isThrownBy(() -> logs().find(workspace, NAME, Optional.empty()));
    }

    @Test
    void anUnknownContainerHasNoLog() {
        jobs().submit(new SampleJobs(workspace, node()).living("train"));

        assertThatExceptionOfType(GatewayException.NotFound.class)
                .isThrownBy(() -> logs().find(workspace, NAME, Optional.of("no-such")))
                .withMessageContaining("no-such");
    }

    @Test
    void theLogOfAReplacedJobIsNotThatOfTheNewOne() {
        SampleJobs samples = new SampleJobs(workspace, node());
        jobs().submit(samples.living("train"));
        ContainerLog old = logs().find(workspace, NAME, Optional.empty());

        jobs().replace(samples.another("train"), new Replacement(false, Set.of()));

        assertThat(logs().find(workspace, NAME, Optional.empty()).key()).isNotEqualTo(old.key());
        assertThatExceptionOfType(GatewayException.NotFound.class)
                .isThrownBy(() -> old.open(false));
    }
}
