/// What the OpenAPI description says beyond the controllers. May use `job` and `definition`.
@NullMarked
package io.interlinkgateway.documentation;

import org.jspecify.annotations.NullMarked;
