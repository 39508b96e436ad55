package io.interlinkgateway.caller;

import io.interlinkgateway.job.JobName;
import io.interlinkgateway.job.Workspace;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/// Writes lines of JSON to the logger `audit`.
public class AuditLog {

    private static final Logger AUDIT = LoggerFactory.getLogger("audit");
    private static final int NO_CONTENT = 204;

    private final JsonMapper json;

    AuditLog(JsonMapper json) {
        // Some log viewers treat further characters, not only LF, as the end of a line.
        this.json = json.rebuild().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();
    }

    /// Writes that the gateway itself deleted a job's pod, because the job ended long enough ago.
    ///
    /// @param workspace the job's workspace
    /// @param name the job's name
    public void expired(Workspace workspace, JobName name) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("actor", "gateway");
        line.put("workspace", workspace.value());
        line.put("action", "DELETE /api/v1/jobs/{name}");
        line.put("object", name.value());
        line.put("outcome", "DONE");
        line.put("status", NO_CONTENT);
        write(line);
    }

    void write(Map<String, Object> line) {
        AUDIT.info("{}", json.writeValueAsString(line));
    }
}
