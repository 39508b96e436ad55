/// The documents that a job is defined by, as callers send them and get them back: the typed spec as JSON
/// ([io.interlinkgateway.definition.SubmitJobRequest]) and the pod as YAML
/// ([io.interlinkgateway.definition.PodDocument]). May use `job`.
@NullMarked
package io.interlinkgateway.definition;

import org.jspecify.annotations.NullMarked;
