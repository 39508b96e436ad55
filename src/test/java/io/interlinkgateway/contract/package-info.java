/// What every adapter of the ports must do. Each adapter's tests extend these classes.
@NullMarked
package io.interlinkgateway.contract;

import org.jspecify.annotations.NullMarked;
