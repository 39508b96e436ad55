package io.interlinkgateway.pod;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.ProcessorTime;
import io.interlinkgateway.contract.SampleJobs;
import io.interlinkgateway.failure.Finding;
import io.interlinkgateway.job.JobDefinition;
import io.interlinkgateway.job.NodeName;
import io.interlinkgateway.job.Workspace;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Execution(ExecutionMode.CONCURRENT)
class SuspectedSecretsTests {

    private static final String MARKER = "s3cret-marker";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PASSWORD",
                "PGPASSWORD",
                "db_password",
                "MLFLOW_TRACKING_PASSWORD",
                "TOKEN",
                "HF_TOKEN",
                "WANDB_API_KEY",
                "apikey",
                "AWS_SECRET_ACCESS_KEY",
                "CLIENT_SECRET",
                "DB_PASS",
                "SSH_PRIVATE_KEY"
            })
    void aNameGivesItAway(String name) {
        assertThat(SuspectedSecrets.isSuspect(name, MARKER)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "MAX_TOKENS, 1024",
        "TOKENIZERS_PARALLELISM, false",
        "PAD_TOKEN, 0",
        "USE_TOKEN, true",
        "PASSWORD_FILE, secrets/password",
        "AWS_SECRET_NAME, training",
        "TOKEN, /run/secrets/token",
        "PASSWORD, $OTHER",
        "PASSWORD, ''",
        "COMPASS, north",
        "BATCH_SIZE, 1024",
        "MLFLOW_TRACKING_URI, https://mlflow.example.org:5000/a@b",
        "EMAIL, ada@example.org"
    })
    void whatIsNoSecretIsNotSuspected(String name, String value) {
        assertThat(SuspectedSecrets.isSuspect(name, value)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "AKIAIOSFODNN7EXAMPLE",
                "postgresql://ada:s3cret@db.example.org/experiments",
                "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w",
                "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w",
                "ghp_0123456789abcdefghijABCDEFGHIJ456789",
                "-----BEGIN OPENSSH PRIVATE KEY-----\nabc"
            })
    void aValueGivesItAway(String value) {
        assertThat(SuspectedSecrets.isSuspect("CONFIGURATION", value)).isTrue();
    }

    @Test
    void aLongValueIsReadInLinearTime() {
        for (String part :
                List.of(
                        "a",
                        "eyJ",
                        "-eyJ",
                        "-ghp_",
                        "-sk-",
                        "a://",
                        "a:",
                        "-----BEGIN ",
                        "$",
                        "\n")) {
            String value = part.repeat((1 << 17) / part.length());
            String sixteenth = part.repeat((1 << 13) / part.length());

            assertThat(
                            ProcessorTime.ratio(
                                    () -> SuspectedSecrets.isSuspect("PASSWORD_FILE", value),
                                    () -> SuspectedSecrets.isSuspect("PASSWORD_FILE", sixteenth)))
                    .as(part)
                    .isLessThan(64);
        }
    }

    @Test
    void aSpecIsWarnedOfWithTheHintAndWithoutTheValue() {
        List<Finding> findings =
                warnings(
                        SampleJobs.withEnvironment(
                                SampleJobs.spec("true"),
                                Map.of("MLFLOW_TRACKING_PASSWORD", MARKER, "BATCH_SIZE", "7")));

        assertThat(findings).hasSize(1).first().satisfies(SuspectedSecretsTests::isWarning);
        assertThat(findings.getFirst().field()).isEqualTo("env.MLFLOW_TRACKING_PASSWORD");
        assertThat(findings.getFirst().hint()).contains("mlflow.credential");
    }

    @Test
    void aPodIsWarnedOfWithTheHintAndWithoutTheValue() {
        Map<String, Object> container = SampleJobs.container("main", "true");
        container.put("env", List.of(Map.of("name", "HF_TOKEN", "value", MARKER)));
        List<Finding> findings = warnings(SampleJobs.pod(container));

        assertThat(findings).hasSize(1).first().satisfies(SuspectedSecretsTests::isWarning);
        assertThat(findings.getFirst().field()).isEqualTo("spec.containers[0].env[0].value");
        assertThat(findings.getFirst().hint()).contains("secretKeyRef");
    }

    private static void isWarning(Finding finding) {
        assertThat(finding.rule()).isEqualTo("secret-in-environment");
        assertThat(finding.severity()).isEqualTo(Finding.Severity.WARNING);
        assertThat(finding.toString()).doesNotContain(MARKER);
    }

    private static List<Finding> warnings(JobDefinition definition) {
        return PodTranslation.translate(
                        new SampleJobs(new Workspace("default"), new NodeName("node"))
                                .named("train", definition, null))
                .findings();
    }
}
