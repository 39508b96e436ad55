package io.interlinkgateway.failure;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// Finds the name that a misspelled one was probably meant to be.
public final class Spelling {

    private Spelling() {}

    /// The known name that differs in the fewest letters: those that have to be added, removed or exchanged
    /// (Levenshtein).
    ///
    /// @param name a name that is not known; it may be long
    /// @param known the names that there are
    /// @param farthest in how many letters they may differ at most; never more than half of the name's letters
    /// @return the nearest of them, unless all are too far
    public static Optional<String> nearest(String name, Collection<String> known, int farthest) {
        int most = Math.min(farthest, name.length() / 2);
        return known.stream()
                .filter(other -> Math.abs(other.length() - name.length()) <= most)
                .filter(other -> distance(name, other) <= most)
                .min(Comparator.comparingInt(other -> distance(name, other)));
    }

    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        Arrays.setAll(row, at -> at);
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int exchanged = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(exchanged, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[other.length()];
    }
}
