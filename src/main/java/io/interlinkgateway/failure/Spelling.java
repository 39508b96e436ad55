package io.interlinkgateway.failure;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/// Finds the known name of which another name is probably a misspelling.
public final class Spelling {

    private Spelling() {}

    /// The known name with the smallest edit distance (Levenshtein).
    ///
    /// @param name an unknown name; it may be long
    /// @param known the known names
    /// @param maxDistance the maximum distance; it is also limited to half of the name's length
    /// @return the nearest name, or nothing if all are too distant
    public static Optional<String> nearest(String name, Collection<String> known, int maxDistance) {
        int most = Math.min(maxDistance, name.length() / 2);
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
