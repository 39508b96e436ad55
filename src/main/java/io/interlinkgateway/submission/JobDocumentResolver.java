package io.interlinkgateway.submission;

import io.interlinkgateway.representation.JobDocument;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.http.server.ServletServerHttpRequest;
import org.springframework.stereotype.Component;
import org.springframework.web.bind.support.WebDataBinderFactory;
import org.springframework.web.context.request.NativeWebRequest;
import org.springframework.web.method.support.HandlerMethodArgumentResolver;
import org.springframework.web.method.support.ModelAndViewContainer;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/// Reads the body of a request with a job, in any of the accepted media types. It is parsed later, on a compute
/// thread.
@Component
class JobDocumentResolver implements HandlerMethodArgumentResolver, WebMvcConfigurer {

    @Override
    public void addArgumentResolvers(List<HandlerMethodArgumentResolver> resolvers) {
        resolvers.add(this);
    }

    @Override
    public boolean supportsParameter(MethodParameter parameter) {
        return parameter.getParameterType() == JobDocument.class;
    }

    @Override
    public JobDocument resolveArgument(
            MethodParameter parameter,
            @Nullable ModelAndViewContainer container,
            NativeWebRequest webRequest,
            @Nullable WebDataBinderFactory binders) {
        ServletServerHttpRequest request =
                new ServletServerHttpRequest(
                        Objects.requireNonNull(
                                webRequest.getNativeRequest(HttpServletRequest.class)));
        try {
            byte[] body = request.getBody().readAllBytes();
            if (body.length == 0) {
                throw new HttpMessageNotReadableException("The body is empty.", request);
            }
            // The mapping ensures that there is a content type. The header is read as it was sent,
            // because Spring adds a charset; without a charset, the byte order mark is decisive.
            String type =
                    Objects.requireNonNull(
                            request.getServletRequest().getHeader(HttpHeaders.CONTENT_TYPE));
            return new JobDocument(body, MediaType.parseMediaType(type));
        } catch (IOException failure) {
            throw new HttpMessageNotReadableException("The body can't be read.", failure, request);
        }
    }
}
