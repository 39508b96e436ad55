#!/usr/bin/env bash
# run.sh [PART...]: measures what holds with three replicas behind a TCP load balancer (run.py describes the parts; by
# default all). Starts a control plane, a SLURM, the stand-in with interLink's limits, PostgreSQL, HAProxy and the
# packaged gateway three times, and stops them afterwards. Ends with 1 if something does not hold. GATEWAY_JAR is the jar
# to measure; by default this tree's.
set -euo pipefail
cd "$(dirname "$0")/../.."
bench/haproxy/install.sh
environment=$(clients/python/environment.sh)
./mvnw -q -DskipTests package dependency:build-classpath -DincludeScope=test -Dmdep.outputFile=target/classpath
jar=${GATEWAY_JAR:-$(ls target/interlink-gateway-*.jar)}
JAVA_HOME=$(bench/jdk.sh)
export JAVA_HOME
dir=$PWD/target/replicas-$$
trap 'bench/replicas/down.sh "$dir"' EXIT
bench/replicas/up.sh "$dir"
PYTHONPATH=clients/python/src "$environment/bin/python" bench/replicas/run.py --dir "$dir" --jar "$jar" "$@"
