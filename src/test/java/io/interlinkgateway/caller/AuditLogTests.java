package io.interlinkgateway.caller;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Workspace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.json.JsonMapper;

@ExtendWith(OutputCaptureExtension.class)
class AuditLogTests {

    @Test
    void aDeletionOfTheGatewayIsALine(CapturedOutput output) {
        new AuditLog(new JsonMapper()).expired(new Workspace("hpc"), new JobName("3dgan-train"));

        assertThat(output)
                .contains(
                        "{\"actor\":\"gateway\",\"workspace\":\"hpc\",\"action\":\"DELETE"
                                + " /api/v1/jobs/{name}\",\"object\":\"3dgan-train\","
                                + "\"outcome\":\"DONE\",\"status\":204}");
    }
}
