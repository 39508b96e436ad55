package io.interlinkgateway.web;

import java.util.Comparator;
import java.util.List;
import org.springframework.http.MediaType;
import org.springframework.web.HttpMediaTypeNotAcceptableException;

/// What a client takes by its header `Accept` (RFC 9110, section 12.5.1), where an address has two types.
///
/// @param ranges the types and ranges of types, each with its quality; empty for anything
public record AcceptedTypes(List<MediaType> ranges) {

    /// Copies the list.
    public AcceptedTypes {
        ranges = List.copyOf(ranges);
    }

    /// @param headers each `Accept` of a request
    /// @return what they say
    /// @throws org.springframework.http.InvalidMediaTypeException if one can't be read
    public static AcceptedTypes of(List<String> headers) {
        return new AcceptedTypes(MediaType.parseMediaTypes(headers));
    }

    /// Whether the client wants the one type more than the usual one, or as much and names it.
    ///
    /// @param type a type
    /// @param usual the type for clients that do not care
    /// @return false if the usual one is to be answered
    /// @throws HttpMediaTypeNotAcceptableException if the client takes neither
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

    /// That of the most specific range that the type is in; 0 if it is in none.
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
