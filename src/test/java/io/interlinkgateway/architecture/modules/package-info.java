@NullMarked
package io.interlinkgateway.architecture.modules;

import org.jspecify.annotations.NullMarked;
