package io.interlinkgateway.caller;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/// The role that an endpoint requires: in the request's workspace if it takes one, else in any workspace. An API
/// endpoint without this annotation refuses all requests.
@Documented
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
public @interface RequiredRole {

    /// @return the minimum role
    Role value();
}
