package io.interlinkgateway.documentation;

import com.fasterxml.jackson.databind.type.TypeFactory;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.oas.models.media.Schema;
import java.lang.reflect.RecordComponent;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/// Marks properties of records as required if they are not [Nullable].
final class RequiredFields implements ModelConverter {

    private static final String SCHEMAS = "#/components/schemas/";

    @Override
    public @Nullable Schema<?> resolve(
            AnnotatedType type, ModelConverterContext context, Iterator<ModelConverter> chain) {
        if (!chain.hasNext()) {
            return null;
        }
        Schema<?> resolved = chain.next().resolve(type, context, chain);
        Class<?> raw = TypeFactory.defaultInstance().constructType(type.getType()).getRawClass();
        Schema<?> model = defined(resolved, context);
        if (raw.isRecord() && model != null && model.getProperties() != null) {
            for (RecordComponent component : raw.getRecordComponents()) {
                if (model.getProperties().containsKey(component.getName())
                        && !component.getAnnotatedType().isAnnotationPresent(Nullable.class)) {
                    require(model, component.getName());
                }
            }
        }
        return resolved;
    }

    private static void require(Schema<?> model, String property) {
        if (model.getRequired() == null || !model.getRequired().contains(property)) {
            model.addRequiredItem(property);
        }
    }

    private static @Nullable Schema<?> defined(
            @Nullable Schema<?> schema, ModelConverterContext context) {
        return schema == null || schema.get$ref() == null
                ? schema
                : context.getDefinedModels().get(schema.get$ref().substring(SCHEMAS.length()));
    }
}
