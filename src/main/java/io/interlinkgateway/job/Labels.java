package io.interlinkgateway.job;

import io.interlinkgateway.failure.InvalidValueException;
import io.interlinkgateway.failure.Text;
import java.util.regex.Pattern;

/// Kubernetes' rules for names and labels.
public final class Labels {

    private static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    private static final Pattern DNS_SUBDOMAIN =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*+");

    private static final Pattern LABEL_PART =
            Pattern.compile("[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?");
    private static final Pattern RESERVED =
            Pattern.compile(
                    "interlink-gateway\\.io/.*|app\\.kubernetes\\.io/managed-by"
                            + "|([^/]*\\.)?(kubernetes|k8s)\\.io/.*");
    private static final Pattern APPLICATION = Pattern.compile("app\\.kubernetes\\.io/.*");

    private Labels() {}

    /// Requires a label that a caller may give a job. The labels that Kubernetes recommends for applications
    /// (`app.kubernetes.io/…`) are allowed, except `managed-by`.
    ///
    /// @param key an optional DNS subdomain and '/', then at most 63 characters
    /// @param value at most 63 characters, may be empty
    /// @return the same key
    /// @throws InvalidValueException if Kubernetes would refuse it, or it is reserved for Kubernetes or the gateway
    public static String requireOwn(String key, String value) {
        int slash = key.indexOf('/');
        if (slash >= 0) {
            requireDnsSubdomain("A label's prefix", key.substring(0, slash));
        }
        if (!LABEL_PART.matcher(key.substring(slash + 1)).matches()) {
            throw new InvalidValueException(
                    "A label can't be named \"" + Text.shown(key) + "\".",
                    "Use at most 63 letters, digits and '._-', with a letter or digit first and"
                            + " last; a DNS name and '/' may precede.");
        }
        if (isReserved(key)) {
            throw new InvalidValueException(
                    "The label " + Text.shown(key) + " is reserved for Kubernetes or the gateway.",
                    "Use a prefix of your own, or none.");
        }
        if (!value.isEmpty() && !LABEL_PART.matcher(value).matches()) {
            throw new InvalidValueException(
                    "The label "
                            + Text.shown(key)
                            + " can't have the value \""
                            + Text.shown(value)
                            + "\".",
                    "Use at most 63 letters, digits and '._-', with a letter or digit first and"
                            + " last.");
        }
        return key;
    }

    private static boolean isReserved(String key) {
        boolean managedBy = key.equals("app.kubernetes.io/managed-by");
        return RESERVED.matcher(key).matches()
                && (managedBy || !APPLICATION.matcher(key).matches());
    }

    static void requireDnsLabel(String what, String value) {
        if (value.length() > JobName.MAX_LENGTH || !DNS_LABEL.matcher(value).matches()) {
            throw new InvalidValueException(
                    what + " can't be \"" + Text.shown(value) + "\".",
                    "Use 1 to 63 lower case letters, digits and '-', with a letter or digit first"
                            + " and last.");
        }
    }

    static void requireDnsSubdomain(String what, String value) {
        if (value.length() > 253 || !DNS_SUBDOMAIN.matcher(value).matches()) {
            throw new InvalidValueException(
                    what + " can't be \"" + Text.shown(value) + "\".",
                    "Use 1 to 253 lower case letters, digits, '-' and '.', with a letter or digit"
                            + " first and last.");
        }
    }
}
