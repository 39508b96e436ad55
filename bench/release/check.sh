#!/usr/bin/env bash
# check.sh [TAG]: the steps of .github/workflows/release.yml that publish nothing, on the present commit and into
# target/release: the jar, built twice in different folders, which must be the same byte for byte and contain its bill of
# materials; the chart's package; the Python package. With a TAG, the version must be that of the tag. Needs
# bench/helm/install.sh, Node.js and Python.
set -euo pipefail
cd "$(dirname "$0")/../.."
bench/helm/install.sh --check || { echo "run bench/helm/install.sh first" >&2; exit 1; }
out=$PWD/target/release
rm -rf "$out"
mkdir -p "$out"

for build in one another; do
  git clone --quiet . "$out/$build"
  (cd "$out/$build" && ./mvnw --batch-mode --no-transfer-progress -q -DskipTests -Dconsole.required=true package)
done
cmp "$out"/{one,another}/target/interlink-gateway-*.jar
mv "$out"/one/target/interlink-gateway-*.jar "$out"
rm -rf "$out/one" "$out/another"

.cache/helm/bin/helm package deploy/helm/interlink-gateway --destination "$out" >/dev/null

python3 -m venv "$out/venv"
"$out/venv/bin/pip" install --quiet --disable-pip-version-check build twine
"$out/venv/bin/python" -m build --outdir "$out" clients/python >"$out/python.log"
"$out/venv/bin/twine" check --strict "$out"/*.whl "$out"/*.tar.gz
rm -rf "$out/venv" "$out/python.log"

python3 bench/release/artifacts.py "$out" "$@"
