package io.interlinkgateway.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.credential.CredentialSummary;
import io.interlinkgateway.credential.Credentials;
import io.interlinkgateway.credential.MlflowCredential;
import io.interlinkgateway.credential.MlflowLogin;
import io.interlinkgateway.job.CredentialName;
import io.interlinkgateway.job.MlflowAccess;
import io.interlinkgateway.job.TrackingUri;
import io.interlinkgateway.job.Workspace;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What [Credentials] promises.
public abstract class CredentialsContract {

    private static final CredentialName NAME = new CredentialName("mlflow-server");
    private static final String PASSWORD = "Gr8-S3cret: of the contract äß";
    private static final MlflowCredential ADA =
            new MlflowCredential("ada", PASSWORD, Optional.empty());
    private static final MlflowCredential BOUND =
            new MlflowCredential(
                    "grace",
                    "an0ther-S3cret",
                    Optional.of(TrackingUri.parse("https://mlflow.example.org/base")));

    private static final MlflowCredential TOKEN =
            new MlflowCredential(new MlflowLogin.Token("t0ken.of-the/contract"), Optional.empty());

    private static final MlflowCredential UNUSED =
            new MlflowCredential("eve", "unused-S3cret", Optional.empty());

    private Workspace workspace = new Workspace("not-yet");

    /// @return the port
    protected abstract Credentials credentials();

    /// @return a workspace that is there and holds nothing, another at each call
    protected abstract Workspace freshWorkspace();

    @BeforeEach
    void chooseWorkspace() {
        workspace = freshWorkspace();
    }

    @Test
    void putCreates() {
        Instant before = Instant.now().minusSeconds(60);

        Credentials.Stored stored = credentials().put(workspace, NAME, ADA);

        assertThat(stored.created()).isTrue();
        CredentialSummary summary = stored.summary();
        assertThat(summary.name()).isEqualTo(NAME);
        assertThat(summary.username()).contains("ada");
        assertThat(summary.trackingUri()).isEmpty();
        assertThat(summary.managedBy()).isEqualTo("gateway");
        assertThat(summary.createdAt()).isBetween(before, Instant.now().plusSeconds(60));
        assertThat(credentials().find(workspace, NAME)).contains(summary);
    }

    @Test
    void putReplaces() {
        credentials().put(workspace, NAME, BOUND);

        Credentials.Stored stored = credentials().put(workspace, NAME, ADA);

        assertThat(stored.created()).isFalse();
        assertThat(stored.summary().username()).contains("ada");
        assertThat(stored.summary().trackingUri()).isEmpty();
        assertThat(credentials().reveal(workspace, NAME)).contains(ADA);
    }

    @Test
    void putCanBeRepeated() {
        credentials().put(workspace, NAME, ADA);

        assertThat(credentials().put(workspace, NAME, ADA).created()).isFalse();
    }

    @Test
    void theTrackingUriIsStored() {
        Credentials.Stored stored = credentials().put(workspace, NAME, BOUND);

        assertThat(stored.summary().trackingUri()).isEqualTo(BOUND.trackingUri());
        assertThat(credentials().find(workspace, NAME))
                .map(CredentialSummary::trackingUri)
                .contains(BOUND.trackingUri());
        assertThat(credentials().reveal(workspace, NAME)).contains(BOUND);
    }

    @Test
    void revealReturnsThePasswordUnchanged() {
        credentials().put(workspace, NAME, ADA);

        assertThat(credentials().reveal(workspace, NAME))
                .map(MlflowCredential::login)
                .contains(new MlflowLogin.Password("ada", PASSWORD));
    }

    @Test
    void passwordFormsIncludeAllNamedCredentials() {
        credentials().put(workspace, NAME, ADA);
        credentials().put(workspace, new CredentialName("other"), BOUND);
        credentials().put(workspace, new CredentialName("unused"), UNUSED);

        assertThat(
                        credentials()
                                .passwordForms(
                                        workspace,
                                        Set.of(
                                                NAME,
                                                new CredentialName("other"),
                                                new CredentialName("missing"))))
                .containsExactlyInAnyOrder(
                        PASSWORD,
                        "Gr8-S3cret%3A+of+the+contract+%C3%A4%C3%9F",
                        "Gr8-S3cret%3A%20of%20the%20contract%20%C3%A4%C3%9F",
                        "YWRhOkdyOC1TM2NyZXQ6IG9mIHRoZSBjb250cmFjdCDDpMOf",
                        "an0ther-S3cret",
                        "Z3JhY2U6YW4wdGhlci1TM2NyZXQ=");
    }

    @Test
    void passwordFormsOfAWorkspaceIncludeAllItsCredentials() {
        assertThat(credentials().passwordForms(workspace)).isEmpty();
        credentials().put(workspace, NAME, TOKEN);
        credentials().put(workspace, new CredentialName("other"), BOUND);

        assertThat(credentials().passwordForms(workspace))
                .containsExactlyInAnyOrder(
                        "t0ken.of-the/contract",
                        "t0ken.of-the%2Fcontract",
                        "an0ther-S3cret",
                        "Z3JhY2U6YW4wdGhlci1TM2NyZXQ=");
    }

    @Test
    void aTokenReplacesAPassword() {
        credentials().put(workspace, NAME, ADA);

        Credentials.Stored stored = credentials().put(workspace, NAME, TOKEN);

        assertThat(stored.created()).isFalse();
        assertThat(stored.summary().kind()).isEqualTo(MlflowAccess.Kind.TOKEN);
        assertThat(stored.summary().username()).isEmpty();
        assertThat(credentials().list(workspace)).containsExactly(stored.summary());
        assertThat(credentials().reveal(workspace, NAME)).contains(TOKEN);
        assertThat(credentials().passwordForms(workspace, Set.of(NAME)))
                .containsExactlyInAnyOrder("t0ken.of-the/contract", "t0ken.of-the%2Fcontract");
        assertThat(Stream.of(stored, credentials().reveal(workspace, NAME)).map(Object::toString))
                .noneMatch(shown -> shown.contains("t0ken"));
    }

    @Test
    void aPasswordReplacesAToken() {
        credentials().put(workspace, NAME, TOKEN);

        credentials().put(workspace, NAME, ADA);

        assertThat(credentials().reveal(workspace, NAME)).contains(ADA);
        assertThat(credentials().passwordForms(workspace, Set.of(NAME)))
                .noneMatch(form -> form.contains("t0ken"));
    }

    @Test
    void listIsSortedByName() {
        credentials().put(workspace, new CredentialName("b"), ADA);
        credentials().put(workspace, new CredentialName("a.b"), BOUND);
        credentials().put(workspace, new CredentialName("a"), ADA);

        assertThat(credentials().list(workspace))
                .map(summary -> summary.name().value())
                .containsExactly("a", "a.b", "b");
    }

    @Test
    void deleteRemovesTheCredential() {
        credentials().put(workspace, NAME, ADA);

        assertThat(credentials().delete(workspace, NAME)).isTrue();

        assertThat(credentials().find(workspace, NAME)).isEmpty();
        assertThat(credentials().reveal(workspace, NAME)).isEmpty();
        assertThat(credentials().list(workspace)).isEmpty();
        assertThat(credentials().delete(workspace, NAME)).isFalse();
        assertThat(credentials().put(workspace, NAME, BOUND).created()).isTrue();
    }

    @Test
    void aMissingCredentialIsNotFound() {
        assertThat(credentials().find(workspace, NAME)).isEmpty();
        assertThat(credentials().reveal(workspace, NAME)).isEmpty();
        assertThat(credentials().delete(workspace, NAME)).isFalse();
        assertThat(credentials().list(workspace)).isEmpty();
    }

    @Test
    void workspacesAreSeparate() {
        Workspace other = freshWorkspace();
        credentials().put(workspace, NAME, ADA);

        assertThat(credentials().find(other, NAME)).isEmpty();
        assertThat(credentials().list(other)).isEmpty();
        assertThat(credentials().put(other, NAME, BOUND).created()).isTrue();
        assertThat(credentials().delete(other, NAME)).isTrue();
        assertThat(credentials().reveal(workspace, NAME)).contains(ADA);
    }

    @Test
    void thePasswordIsNotShown() {
        Credentials.Stored stored = credentials().put(workspace, NAME, ADA);

        assertThat(stored.toString()).doesNotContain(PASSWORD);
        assertThat(credentials().find(workspace, NAME).toString()).doesNotContain(PASSWORD);
        assertThat(credentials().list(workspace).toString()).doesNotContain(PASSWORD);
        assertThat(credentials().reveal(workspace, NAME).toString()).doesNotContain(PASSWORD);
        assertThat(credentials().toString()).doesNotContain(PASSWORD);
    }
}
