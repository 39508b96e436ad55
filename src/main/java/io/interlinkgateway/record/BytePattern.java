package io.interlinkgateway.record;

/// A sequence of bytes to search for in a stream, by the algorithm of Knuth, Morris and Pratt: the time is proportional
/// to the length of the stream, whatever its content. Immutable.
public final class BytePattern {

    /// What [Search#endOfNext] returns if there is no further occurrence.
    public static final int NOT_FOUND = -1;

    private final byte[] bytes;

    /// For each prefix of the pattern the length of its longest proper suffix that is a prefix as well.
    private final int[] borders;

    private BytePattern(byte[] bytes) {
        this.bytes = bytes;
        this.borders = new int[bytes.length];
        for (int at = 1, border = 0; at < bytes.length; ) {
            if (bytes[at] == bytes[border]) {
                borders[at++] = ++border;
            } else if (border == 0) {
                at++;
            } else {
                border = borders[border - 1];
            }
        }
    }

    /// @param bytes what is looked for
    /// @return the pattern
    /// @throws IllegalArgumentException if there are no bytes
    public static BytePattern of(byte[] bytes) {
        if (bytes.length == 0) {
            throw new IllegalArgumentException("A pattern has at least one byte.");
        }
        return new BytePattern(bytes.clone());
    }

    /// @return how many bytes the pattern has, at least 1
    public int length() {
        return bytes.length;
    }

    /// @return the first byte of the pattern
    public byte first() {
        return bytes[0];
    }

    /// @return a search at the beginning of a stream
    public Search search() {
        return new Search();
    }

    /// Finds all occurrences in one stream, also those that overlap or that are cut by the end of a piece. Not
    /// thread-safe.
    public final class Search {

        private int matched;

        private Search() {}

        /// @return how many bytes the pattern has, at least 1
        public int length() {
            return bytes.length;
        }

        /// @return how many of the last bytes may be the beginning of an occurrence, less than [#length]
        public int matched() {
            return matched;
        }

        /// Restarts the search: the next bytes do not continue the previous ones.
        public void restart() {
            matched = 0;
        }

        /// Reads the next piece of the stream up to the end of the first occurrence, or as a whole if there is
        /// none.
        ///
        /// @param piece holds the piece
        /// @param from the first byte of the piece
        /// @param to after the last byte of the piece
        /// @return the index after the last byte of the occurrence, where the next call has to begin; or
        ///     [#NOT_FOUND]
        public int endOfNext(byte[] piece, int from, int to) {
            int count = matched;
            int at = from;
            while (at < to && count < bytes.length) {
                if (bytes[count] == piece[at]) {
                    count++;
                    at++;
                } else if (count > 0) {
                    count = borders[count - 1];
                } else {
                    at++;
                }
            }
            boolean found = count == bytes.length;
            matched = found ? borders[count - 1] : count;
            return found ? at : NOT_FOUND;
        }
    }
}
