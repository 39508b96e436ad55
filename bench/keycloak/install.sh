#!/usr/bin/env bash
# Puts a Keycloak from Maven Central into .cache/keycloak, unless it is there.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
cache=$root/.cache/keycloak
version=26.4.0
mkdir -p "$cache"
exec 9>"$cache/lock"
flock 9
[ "$version" = "$(cat "$cache/stamp" 2>/dev/null)" ] && exit 0
rm -rf "$cache/keycloak-$version" "$cache/download"
"$root/mvnw" --batch-mode --quiet -f "$root/pom.xml" -Dspotless.check.skip dependency:copy \
  -Dartifact="org.keycloak:keycloak-quarkus-dist:$version:zip" -DoutputDirectory="$cache/download" -Dmdep.useBaseVersion=true
(cd "$cache" && jar --extract --file "download/keycloak-quarkus-dist-$version.zip" 2>/dev/null \
  || python3 -m zipfile -e "download/keycloak-quarkus-dist-$version.zip" .)
chmod +x "$cache/keycloak-$version/bin/kc.sh"
rm -rf "$cache/download"
echo "$version" >"$cache/stamp"
