/// A node that runs pods as processes of this machine.
@NullMarked
package io.interlinkgateway.sandbox.node;

import org.jspecify.annotations.NullMarked;
