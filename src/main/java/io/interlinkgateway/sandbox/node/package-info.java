/// A node of this machine: pods as processes.
@NullMarked
package io.interlinkgateway.sandbox.node;

import org.jspecify.annotations.NullMarked;
