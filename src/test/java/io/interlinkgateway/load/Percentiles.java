package io.interlinkgateway.load;

import java.util.Arrays;
import java.util.List;

/// Durations of the same operation.
final class Percentiles {

    private final double[] sorted;

    Percentiles(List<Double> values) {
        this.sorted = values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
    }

    /// @param share 0 to 1
    double quantile(double share) {
        return sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
    }

    double median() {
        return quantile(0.5);
    }

    double least() {
        return sorted[0];
    }

    double most() {
        return sorted[sorted.length - 1];
    }

    @Override
    public String toString() {
        return Arrays.toString(sorted);
    }
}
