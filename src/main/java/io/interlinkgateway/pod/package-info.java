/// Pure functions both ways between jobs and pods, and every name of a label or annotation. Start with
/// [io.interlinkgateway.pod.PodTranslation]. May use `job` and `node`.
@NullMarked
package io.interlinkgateway.pod;

import org.jspecify.annotations.NullMarked;
