package io.interlinkgateway.sandbox.node;

import java.util.Map;

/// Kubernetes' own expansion: `$(NAME)` becomes the variable's value, `$$` becomes `$`, and a reference to
/// an unknown variable stays as it is (k8s.io/kubernetes/third_party/forked/golang/expansion).
final class Expansion {

    private Expansion() {}

    static String of(String text, Map<String, String> variables) {
        StringBuilder expanded = new StringBuilder();
        int position = 0;
        while (position < text.length()) {
            char character = text.charAt(position);
            char next = position + 1 < text.length() ? text.charAt(position + 1) : 0;
            int end = next == '(' ? text.indexOf(')', position + 2) : -1;
            if (character != '$') {
                expanded.append(character);
                position++;
            } else if (next == '$') {
                expanded.append('$');
                position += 2;
            } else if (end >= 0) {
                String reference = text.substring(position, end + 1);
                String name = text.substring(position + 2, end);
                expanded.append(variables.getOrDefault(name, reference));
                position = end + 1;
            } else {
                expanded.append('$');
                position++;
            }
        }
        return expanded.toString();
    }
}
