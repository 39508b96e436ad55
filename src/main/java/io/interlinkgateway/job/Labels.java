package io.interlinkgateway.job;

import java.util.regex.Pattern;

/// The rules of Kubernetes for names and label values.
final class Labels {

    private static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    private static final Pattern DNS_SUBDOMAIN =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

    private Labels() {}

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
