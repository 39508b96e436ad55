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

/// Which types answers have and bodies may have (RFC 9110, sections 8.4 and 12.5.1). Of the types in `Accept` those
/// with the quality 0 are never answered, which Spring does not see to. Compressed bodies are refused. YAML answers
/// leave out what JSON leaves out.
@Component
class Negotiation implements HandlerInterceptor, WebMvcConfigurer {

    /// What the gateway answers with; the first where a client takes anything.
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

    /// Answers are UTF-8, whatever is asked for (RFC 9110, section 12.5.2).
    private static MediaType withoutCharset(MediaType range) {
        if (range.getParameter(CHARSET) == null) {
            return range;
        }
        Map<String, String> others = new LinkedCaseInsensitiveMap<>();
        others.putAll(range.getParameters());
        others.remove(CHARSET);
        return new MediaType(range, others);
    }

    /// A range stands for the types in it that no more specific range excludes.
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
                    "Send the body as it is, without the header Content-Encoding.");
        }
        return true;
    }

    /// Bodies in YAML are read by those who know what they are.
    private static final class YamlAnswers extends JacksonYamlHttpMessageConverter {

        private YamlAnswers() {
            super(
                    YAMLMapper.builder()
                            .changeDefaultPropertyInclusion(usual ->
                                    usual.withValueInclusion(JsonInclude.Include.NON_ABSENT)));
        }

        /// Only refusals of bodies ask for it.
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
