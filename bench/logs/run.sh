#!/usr/bin/env bash
# run.sh: 1,000 followers of 1,000 jobs, then 5,000 of one job: checks that each receives every byte, and measures the
# gateway's memory. The logs are simulated in the gateway's process. Takes three minutes.
set -euo pipefail
cd "$(dirname "$0")/../.."
./mvnw -q -DskipTests test-compile dependency:build-classpath -DincludeScope=test -Dmdep.outputFile=target/classpath
java=$(bench/jdk.sh)/bin/java
measure() {
  "$java" -Dgateway.options="${GATEWAY_OPTIONS:--Xmx192m -XX:+UseSerialGC -XX:+UseCompactObjectHeaders -Dbegin.after=30}" \
    -cp "target/test-classes:target/classes:$(cat target/classpath)" io.interlinkgateway.log.LogBenchmark "$@"
}
measure 1000 1000
measure 5000 1
