package io.interlinkgateway.history.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.interlinkgateway.history.SamplePast;
import io.interlinkgateway.history.WorkspaceRedaction.Masks;
import io.interlinkgateway.job.Workspace;
import java.time.Clock;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class H2HistoryTests extends HistoryContract {

    @Override
    protected Connections newDatabase() {
        return Connections.inMemory();
    }

    @ParameterizedTest
    @ValueSource(strings = {SqlLogArchive.CHUNK_BY_BYTE, SqlLogArchive.CHUNK_BY_LINE})
    void onlyTheWantedChunkOfALogIsRead(String query) {
        try (Database database = new Database(Connections.inMemory(), Clock.systemUTC())) {
            SqlLogArchive archive = new SqlLogArchive(database);
            new SamplePast(
                            new SqlJobHistory(database, _ -> Masks.of(Set.of()), Clock.systemUTC()),
                            archive,
                            new Workspace("stars"))
                    .shortened("a", "a line\n".repeat(1_000), 2_000);

            String plan =
                    database.read(session ->
                            session.client()
                                    .sql("explain analyze " + query)
                                    .param("uid", "a")
                                    .param("container", SamplePast.CONTAINER)
                                    .param("at", 100)
                                    .query(String.class)
                                    .single());

            assertThat(plan).contains("/* scanCount: 1 */");
        }
    }
}
