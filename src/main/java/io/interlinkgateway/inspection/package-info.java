/// What shows jobs: one, a page, the manifest. May use `job` and `caller`.
@NullMarked
package io.interlinkgateway.inspection;

import org.jspecify.annotations.NullMarked;
