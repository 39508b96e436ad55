package io.interlinkgateway.caller;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The role that an endpoint asks for: in the request's workspace if it takes one, else in any. An endpoint of
/// the API without it answers nobody.
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface RequiredRole {

    /// @return the least role
    Role value();
}
