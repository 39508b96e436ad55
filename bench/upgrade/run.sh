#!/usr/bin/env bash
# run.sh [REVISION]: upgrades the gateway of a REVISION, by default the last of 0.1.0-SNAPSHOT, to this tree's under load,
# and goes back again (run.py). Its history is once in PostgreSQL and once in H2. The jar of the revision is built once,
# and stays in .cache/upgrade. Starts and stops what bench/replicas/up.sh starts. Ends with 1 if something does not hold.
set -euo pipefail
cd "$(dirname "$0")/../.."
revision=$(git rev-parse --verify "${1:-c0ada91^}^{commit}")
environment=$(clients/python/environment.sh)
JAVA_HOME=$(bench/jdk.sh)
export JAVA_HOME
old=$PWD/.cache/upgrade/$revision.jar
dir=$PWD/target/upgrade-$$
trap 'rm -rf "$dir-source"; bench/replicas/down.sh "$dir"' EXIT
if [ ! -e "$old" ]; then
  mkdir -p "$dir-source" "$(dirname "$old")"
  git archive "$revision" | tar -x -C "$dir-source"
  (cd "$dir-source" && ./mvnw -q -DskipTests package)
  mv "$dir-source"/target/interlink-gateway-*.jar "$old"
fi
git show "$revision:docs/reference/configuration.md" >"${old%.jar}.md"
./mvnw -q -DskipTests package dependency:build-classpath -DincludeScope=test -Dmdep.outputFile=target/classpath
jar=${GATEWAY_JAR:-$(ls target/interlink-gateway-*.jar)}
bench/replicas/up.sh "$dir"
PYTHONPATH=clients/python/src:bench/replicas "$environment/bin/python" bench/upgrade/run.py --dir "$dir" --old "$old" \
  --old-configuration "${old%.jar}.md" --new "$jar"
