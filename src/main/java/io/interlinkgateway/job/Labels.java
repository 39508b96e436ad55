package io.interlinkgateway.job;

import java.util.regex.Pattern;

/// The rules of Kubernetes for names and label values.
final class Labels {

    private static final Pattern DNS_LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
    private static final Pattern DNS_SUBDOMAIN =
            Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*");

    private static final Pattern LABEL_NAME =
            Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");
    private static final Pattern RESERVED =
            Pattern.compile("(.*\\.)?(kubernetes\\.io|k8s\\.io|interlink-gateway\\.io)/.*");

    private Labels() {}

    /// A caller's own label, by the rules of Kubernetes, outside the prefixes that belong to others.
    static void requireLabel(String key, String value) {
        int slash = key.indexOf('/');
        boolean legal =
                LABEL_NAME.matcher(key.substring(slash + 1)).matches()
                        && (slash < 0 || DNS_SUBDOMAIN.matcher(key.substring(0, slash)).matches())
                        && (value.isEmpty() || LABEL_NAME.matcher(value).matches());
        if (!legal || RESERVED.matcher(key).matches()) {
            throw new InvalidValueException(
                    "A job can't have the label \"" + Text.shown(key + "=" + value) + "\".",
                    "Use up to 63 letters, digits, '-', '_' and '.', with a letter or digit first"
                            + " and last, and no prefix of Kubernetes or the gateway.");
        }
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
