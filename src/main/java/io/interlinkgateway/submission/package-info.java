/// What changes jobs: submit, replace, delete, resubmit, preflight. May use `job`, `node`, `credential` and `caller`.
@NullMarked
package io.interlinkgateway.submission;

import org.jspecify.annotations.NullMarked;
