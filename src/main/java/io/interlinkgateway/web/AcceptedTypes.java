package io.interlinkgateway.web;

import java.util.Comparator;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.web.HttpMediaTypeNotAcceptableException;

/// The media types that a client accepts by its header `Accept` (RFC 9110, section 12.5.1), for addresses with two
/// types.
///
/// @param ranges the media types and ranges, each with its quality; empty for any
public record AcceptedTypes(List<MediaType> ranges) {

    /// Copies the list.
    public AcceptedTypes {
        ranges = List.copyOf(ranges);
    }

    /// @param headers all headers `Accept` of a request
    /// @return the accepted types
    /// @throws org.springframework.http.InvalidMediaTypeException if one can't be parsed
    public static AcceptedTypes of(List<String> headers) {
        return new AcceptedTypes(MediaType.parseMediaTypes(headers));
    }

    /// Whether the client prefers a type to the default one, or accepts both equally and names the type.
    ///
    /// @param type a type
    /// @param usual the default type
    /// @return false to respond with the default type
    /// @throws HttpMediaTypeNotAcceptableException if the client accepts neither
    public boolean prefer(MediaType type, MediaType usual)
            throws HttpMediaTypeNotAcceptableException {
        double wanted = quality(type);
        double other = quality(usual);
        if (wanted == 0 && other == 0) {
            throw new HttpMediaTypeNotAcceptableException(List.of(usual, type));
        }
        return wanted > other
                || (wanted == other && ranges.stream().anyMatch(type::equalsTypeAndSubtype));
    }

    /// The quality of the most specific range that includes the type; 0 if there is none.
    private double quality(MediaType type) {
        return ranges.isEmpty()
                ? 1
                : ranges.stream()
                        .filter(range -> range.includes(type))
                        .max(
                                Comparator.comparing(
                                                MediaType::isWildcardType,
                                                Comparator.reverseOrder())
                                        .thenComparing(
                                                MediaType::isWildcardSubtype,
                                                Comparator.reverseOrder()))
                        .map(MediaType::getQualityValue)
                        .orElse(0.0);
    }
}
