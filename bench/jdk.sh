#!/usr/bin/env bash
# Prints the home of a JDK 25 or newer: JAVA_HOME, or one in the places that mvnw searches.
set -euo pipefail
for home in ${JAVA_HOME:+"$JAVA_HOME"} /usr/lib/jvm/* ~/.sdkman/candidates/java/* ~/.jdks/*; do
  version=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$home/release" 2>/dev/null || true)
  if [ "${version:-0}" -ge 25 ] && [ -x "$home/bin/javac" ]; then
    echo "$home"
    exit
  fi
done
echo "interLink Gateway needs a JDK 25 or newer: set JAVA_HOME" >&2
exit 1
