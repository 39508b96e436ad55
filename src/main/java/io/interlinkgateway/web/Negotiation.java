package io.interlinkgateway.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.interlinkgateway.failure.Text;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.core.ResolvableType;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverters;
import org.springframework.http.converter.yaml.JacksonYamlHttpMessageConverter;
import org.springframework.stereotype.Component;
import org.springframework.util.LinkedCaseInsensitiveMap;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.accept.ContentNegotiationStrategy;
import org.springframework.web.accept.HeaderContentNegotiationStrategy;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.config.annotation.ContentNegotiationConfigurer;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;
import tools.jackson.dataformat.yaml.YAMLMapper;

/// The media types of responses and request bodies (RFC 9110, sections 8.4 and 12.5.1). Types with the quality 0 in
/// `Accept` are never used, which Spring does not ensure. Compressed bodies are refused. YAML responses omit the same
/// fields as JSON.
@Component
class Negotiation implements HandlerInterceptor, WebMvcConfigurer {

    /// The types of responses; the first one is for clients that accept any type.
    private static final List<MediaType> TYPES =
            List.of(
                    MediaType.APPLICATION_JSON,
                    MediaType.APPLICATION_YAML,
                    MediaType.TEXT_PLAIN,
                    MediaType.TEXT_EVENT_STREAM,
                    MediaType.TEXT_HTML);

    private static final String CHARSET = "charset";
    private static final String IDENTITY = "identity";

    private final ContentNegotiationStrategy header = new HeaderContentNegotiationStrategy();

    @Override
    public void configureContentNegotiation(ContentNegotiationConfigurer configurer) {
        configurer.strategies(List.of(this::wanted));
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).addPathPatterns("/api/**").order(1);
    }

    @Override
    public void configureMessageConverters(HttpMessageConverters.ServerBuilder builder) {
        builder.withYamlConverter(new YamlAnswers());
    }

    private List<MediaType> wanted(NativeWebRequest request)
            throws HttpMediaTypeNotAcceptableException {
        List<MediaType> all =
                header.resolveMediaTypes(request).stream()
                        .map(Negotiation::withoutCharset)
                        .toList();
        List<MediaType> excluded =
                all.stream().filter(type -> type.getQualityValue() == 0).toList();
        if (excluded.isEmpty()) {
            return all;
        }
        List<MediaType> wanted =
                all.stream()
                        .filter(type -> type.getQualityValue() > 0)
                        .flatMap(type -> without(excluded, type))
                        .toList();
        if (wanted.isEmpty()) {
            throw new HttpMediaTypeNotAcceptableException(List.of());
        }
        return wanted;
    }

    /// Responses are UTF-8, no matter which charset is requested (RFC 9110, section 12.5.2).
    private static MediaType withoutCharset(MediaType range) {
        if (range.getParameter(CHARSET) == null) {
            return range;
        }
        Map<String, String> others = new LinkedCaseInsensitiveMap<>();
        others.putAll(range.getParameters());
        others.remove(CHARSET);
        return new MediaType(range, others);
    }

    /// The types in a range, except those that a more specific range excludes.
    private static Stream<MediaType> without(List<MediaType> excluded, MediaType range) {
        return range.isConcrete()
                ? Stream.of(range)
                : TYPES.stream()
                        .filter(range::includes)
                        .filter(type ->
                                excluded.stream()
                                        .noneMatch(other ->
                                                other.includes(type) && range.includes(other)))
                        .map(type -> type.copyQualityValue(range));
    }

    @Override
    public boolean preHandle(
            HttpServletRequest request, HttpServletResponse response, Object handler) {
        String encoding =
                String.join(
                        ", ", Collections.list(request.getHeaders(HttpHeaders.CONTENT_ENCODING)));
        if (!Arrays.stream(encoding.split(","))
                .map(String::strip)
                .allMatch(coding -> coding.isEmpty() || coding.equalsIgnoreCase(IDENTITY))) {
            response.setHeader(HttpHeaders.ACCEPT_ENCODING, IDENTITY);
            throw new RefusedRequestException(
                    HttpStatus.UNSUPPORTED_MEDIA_TYPE,
                    "The body has the Content-Encoding \""
                            + Text.shown(encoding)
                            + "\", which the gateway does not decode.",
                    "Send the body uncompressed, without the header Content-Encoding.");
        }
        return true;
    }

    /// Writes YAML. YAML bodies are not read here, but by the code for jobs.
    private static final class YamlAnswers extends JacksonYamlHttpMessageConverter {

        private YamlAnswers() {
            super(
                    YAMLMapper.builder()
                            .changeDefaultPropertyInclusion(usual ->
                                    usual.withValueInclusion(JsonInclude.Include.NON_ABSENT)));
        }

        /// Only used in responses that refuse a body's type.
        @Override
        public List<MediaType> getSupportedMediaTypes(Class<?> type) {
            return List.of();
        }

        @Override
        public boolean canRead(ResolvableType type, @Nullable MediaType mediaType) {
            return false;
        }
    }
}
