#!/usr/bin/env bash
# Installs Keycloak from Maven Central into .cache/keycloak, unless it is installed already. --check: see component.sh.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
. "$here/../component.sh"
root=$(cd "$here/../.." && pwd)
cache=$root/.cache/keycloak
version=26.4.0
begin "${1-}" "$cache" "$version" "keycloak-$version/bin/kc.sh" python3 openssl curl
rm -rf "$cache/keycloak-$version" "$cache/download"
"$root/mvnw" --batch-mode --quiet -f "$root/pom.xml" -Dspotless.check.skip dependency:copy \
  -Dartifact="org.keycloak:keycloak-quarkus-dist:$version:zip" -DoutputDirectory="$cache/download" -Dmdep.useBaseVersion=true
(cd "$cache" && jar --extract --file "download/keycloak-quarkus-dist-$version.zip" 2>/dev/null \
  || python3 -m zipfile -e "download/keycloak-quarkus-dist-$version.zip" .)
chmod +x "$cache/keycloak-$version/bin/kc.sh"
rm -rf "$cache/download"
echo "$version" >"$cache/stamp"
