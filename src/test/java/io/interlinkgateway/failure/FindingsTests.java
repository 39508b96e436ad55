package io.interlinkgateway.failure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

class FindingsTests {

    private static final Finding WARNING = Finding.warning("w", "a", "It is odd.", "Look at it.");
    private static final Finding ERROR = Finding.error("e", "b", "It is wrong.", "Correct it.");

    @Test
    void aHundredFindingsAreAllShown() {
        List<Finding> findings = Collections.nCopies(100, WARNING);

        assertThat(Findings.shown(findings)).isEqualTo(findings);
    }

    @Test
    void ofMoreTheErrorsAreShownAndTheRestIsCounted() {
        List<Finding> findings = new ArrayList<>(Collections.nCopies(5000, WARNING));
        findings.add(ERROR);

        List<Finding> shown = Findings.shown(findings);

        assertThat(shown).hasSize(100).startsWith(ERROR, WARNING);
        assertThat(shown.getLast().message()).isEqualTo("4902 more findings are not shown.");
        assertThat(shown.getLast().severity()).isEqualTo(Finding.Severity.WARNING);
    }
}
