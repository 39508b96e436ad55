/// What the OpenAPI description says beyond the controllers.
@NullMarked
package io.interlinkgateway.documentation;

import org.jspecify.annotations.NullMarked;
