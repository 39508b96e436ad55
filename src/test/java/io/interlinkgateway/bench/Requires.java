package io.interlinkgateway.bench;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/// What a test class, or one test of it, runs against. If something is missing the test is skipped, before any of its
/// code runs, and the reason has the command that brings it. With `CI=true` it is brought, and if it can't be had the
/// test fails.
///
/// What superclasses, interfaces and enclosing classes require is required too.
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Inherited
@Documented
@ExtendWith(RequiredComponents.class)
public @interface Requires {

    /// @return all that must be there
    Component[] value();
}
