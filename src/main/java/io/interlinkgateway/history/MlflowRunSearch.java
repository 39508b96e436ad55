package io.interlinkgateway.history;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Searches a log for the line with which MLflow's client shows a run:
/// `View run NAME at: https://HOST/#/experiments/1/runs/0123456789abcdef0123456789abcdef`. The last one counts, because
/// nested runs end before the run around them. The job itself writes the line, so it is no evidence.
final class MlflowRunSearch {

    private static final String EXPERIMENTS = "/#/experiments/";
    private static final String RUNS = "/runs/";
    private static final int RUN_LENGTH = 32;

    /// More digits than an experiment's id has.
    private static final int LONGEST_EXPERIMENT = 20;

    private static final int LONGEST =
            EXPERIMENTS.length() + LONGEST_EXPERIMENT + RUNS.length() + RUN_LENGTH;

    private String rest = "";
    private MlflowLink found = MlflowLink.NONE;

    /// @param bytes the next bytes of the log, split anywhere
    void add(byte[] bytes) {
        String text = rest + new String(bytes, StandardCharsets.ISO_8859_1);
        for (int at = text.indexOf(EXPERIMENTS); at >= 0; at = text.indexOf(EXPERIMENTS, at + 1)) {
            read(text, at + EXPERIMENTS.length());
        }
        rest = text.substring(Math.max(0, text.length() - LONGEST + 1));
    }

    private void read(String text, int start) {
        int end = start;
        while (end < text.length() && end - start < LONGEST_EXPERIMENT && isDigit(text, end)) {
            end++;
        }
        int run = end + RUNS.length();
        if (end > start && text.startsWith(RUNS, end) && isRun(text, run)) {
            found =
                    new MlflowLink(
                            Optional.empty(),
                            Optional.of(text.substring(start, end)),
                            Optional.of(text.substring(run, run + RUN_LENGTH)));
        }
    }

    private static boolean isRun(String text, int start) {
        if (text.length() < start + RUN_LENGTH) {
            return false;
        }
        for (int at = start; at < start + RUN_LENGTH; at++) {
            char next = text.charAt(at);
            if (!isDigit(text, at) && (next < 'a' || next > 'f')) {
                return false;
            }
        }
        return true;
    }

    private static boolean isDigit(String text, int at) {
        return text.charAt(at) >= '0' && text.charAt(at) <= '9';
    }

    /// @return the last run and its experiment
    MlflowLink found() {
        return found;
    }
}
