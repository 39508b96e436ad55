#!/usr/bin/env python3
"""What active jobs cost one gateway.

run.py --dir DIR --jar JAR --database URL JOBS...

DIR has a control plane with the nodes hpc-1 to hpc-20 of kwok (run.sh). The JOBS, rising numbers, run on all nodes at the
same time. For each number it prints what the gateway uses while nobody reads, and while one client lists the jobs each
5 s and follows their events; and how long a new process takes until it knows all jobs. Pods of kwok have no log, so a
request for one fails: the gateway sends as many of them as its budget permits.
"""
import argparse
import concurrent.futures
import http.client
import json
import os
import pathlib
import re
import subprocess
import sys
import threading
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "replicas"))
from replicas import Replica  # noqa: E402

WORKSPACE = "load-submits"
NODES = 20
SUBMITTERS = 8
# Seconds of each measurement.
PERIOD = 60
LIST_EVERY = 5
# Seconds until all jobs of a step are known to run.
SETTLE = 900
TICK = os.sysconf("SC_CLK_TCK")
METRIC = re.compile(r"^(\w+)(?:\{(.*)\})? ([0-9.eE+-]+)$", re.MULTILINE)


class Gateway(Replica):
    """One gateway, and what it uses."""

    def metrics(self) -> dict[str, list[tuple[str, float]]]:
        url = f"http://127.0.0.1:{self.management}/actuator/prometheus"
        found: dict[str, list[tuple[str, float]]] = {}
        with urllib.request.urlopen(url, timeout=30) as answer:
            for name, labels, value in METRIC.findall(answer.read().decode()):
                found.setdefault(name, []).append((labels, float(value)))
        return found

    def total(self, name: str, label: str = "") -> float:
        return sum(value for labels, value in self.metrics().get(name, []) if label in labels)

    def processor(self) -> float:
        """Seconds of processor time so far."""
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / TICK

    def resident(self) -> float:
        """Resident memory in MB."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+) kB", status)[1]) * 1024 / 1e6

    def heap(self) -> float:
        """Used heap after a collection, in MB."""
        jcmd = [f"{os.environ['JAVA_HOME']}/bin/jcmd", str(self.process.pid)]
        subprocess.run([*jcmd, "GC.run"], check=True, stdout=subprocess.DEVNULL)
        info = subprocess.run([*jcmd, "GC.heap_info"], check=True, stdout=subprocess.PIPE, text=True).stdout
        return sum(int(used) for used in re.findall(r"\btotal \d+K, used (\d+)K", info)) * 1024 / 1e6

    def await_running(self, jobs: int) -> None:
        """Waits until it knows that all jobs run."""
        self._await(lambda: self.total("gateway_jobs", 'state="RUNNING"') == jobs)

    def await_recorded(self) -> None:
        """Waits until the history has everything."""
        self._await(lambda: self.total("gateway_history_backlog") == 0)

    def _await(self, condition) -> None:
        end = time.monotonic() + SETTLE
        while not condition():
            if time.monotonic() > end:
                metrics = self.metrics()
                raise SystemExit(f"not within {SETTLE} s: {metrics.get('gateway_jobs')}, "
                                 f"{metrics.get('gateway_history_backlog')}")
            time.sleep(0.2)


def submit(gateway: Gateway, numbers) -> None:
    client = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=60)
    for number in numbers:
        body = {"name": f"job-{number}", "node": f"hpc-{number % NODES + 1}", "image": "/images/busybox.sif",
                "command": ["/bin/sh", "-c", "python train.py --epochs 10"], "labels": {"ends": "running"},
                "slurm": {"partition": "gpu", "timeLimit": "PT1H"},
                "resources": {"limits": {"cpu": "1", "memory": "1Gi"}}}
        client.request("POST", f"/api/v1/jobs?workspace={WORKSPACE}", json.dumps(body),
                       {"Content-Type": "application/json"})
        answer = client.getresponse()
        text = answer.read()
        if answer.status != 201:
            raise SystemExit(f"a submit was answered {answer.status}: {text.decode()}")


def submit_all(gateway: Gateway, first: int, last: int) -> float:
    """Submits the jobs and returns how many a second."""
    begin = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(SUBMITTERS) as pool:
        for done in [pool.submit(submit, gateway, range(first + each, last, SUBMITTERS)) for each in range(SUBMITTERS)]:
            done.result()
    return (last - first) / (time.monotonic() - begin)


def follow(gateway: Gateway, stop: threading.Event) -> None:
    """Reads the events of the workspace."""
    request = urllib.request.Request(f"{gateway.url}/api/v1/events?workspace={WORKSPACE}",
                                     headers={"Accept": "text/event-stream"})
    with urllib.request.urlopen(request, timeout=120) as events:
        while not stop.is_set() and events.readline():
            pass


def list_jobs(gateway: Gateway, stop: threading.Event) -> None:
    """Lists the first jobs again and again."""
    while not stop.wait(LIST_EVERY):
        with urllib.request.urlopen(f"{gateway.url}/api/v1/jobs?workspace={WORKSPACE}&limit=100", timeout=60) as page:
            page.read()


def use(gateway: Gateway) -> tuple[float, float, float, float]:
    """The time, and the processor's seconds, requests to the API server and requests for logs so far."""
    processor, now = gateway.processor(), time.monotonic()
    requests = gateway.metrics().get("gateway_api_server_requests_seconds_count", [])
    logs = sum(value for labels, value in requests if 'resource="pods/log"' in labels)
    return now, processor, sum(value for _, value in requests) - logs, logs


def measure(gateway: Gateway) -> tuple[float, float, float]:
    """Processor in percent of a core, requests to the API server and requests for logs a second."""
    begin = use(gateway)
    time.sleep(PERIOD)
    end = use(gateway)
    seconds, processor, requests, logs = (after - before for before, after in zip(begin, end, strict=True))
    return 100 * processor / seconds, requests / seconds, logs / seconds


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--dir", type=pathlib.Path, required=True)
    parser.add_argument("--jar", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("jobs", type=int, nargs="+")
    options = parser.parse_args()
    gateway = Gateway(
        options.dir, "gateway", options.jar,
        ["--gateway.security.mode=open", f"--spring.datasource.url={options.database}",
         "--spring.datasource.username=postgres"],
        {"KUBECONFIG": str(options.dir / "gateway.kubeconfig")})
    gateway.start()
    print("| active jobs | submits a second | heap, MB | resident, MB | nobody reads: processor, requests, log requests "
          "a second | one reads: processor, requests, log requests a second | all known after a start |")
    print("|---|---|---|---|---|---|---|")
    try:
        gateway.await_ready()
        first = 0
        for jobs in options.jobs:
            rate = submit_all(gateway, first, jobs)
            first = jobs
            gateway.await_running(jobs)
            gateway.await_recorded()
            unread = measure(gateway)
            stop = threading.Event()
            readers = [threading.Thread(target=each, args=(gateway, stop), daemon=True) for each in (follow, list_jobs)]
            for reader in readers:
                reader.start()
            read = measure(gateway)
            if not all(reader.is_alive() for reader in readers):
                raise SystemExit("a reader has ended")
            heap, resident = gateway.heap(), gateway.resident()
            stop.set()
            gateway.terminate(30)
            gateway.start()
            begin = time.monotonic()
            gateway.await_ready()
            gateway.await_running(jobs)
            started = time.monotonic() - begin
            print(f"| {jobs:,} | {rate:.0f} | {heap:.0f} | {resident:.0f} "
                  f"| {unread[0]:.1f} %, {unread[1]:.2f}, {unread[2]:.2f} "
                  f"| {read[0]:.1f} %, {read[1]:.2f}, {read[2]:.2f} | {started:.1f} s |", flush=True)
    finally:
        gateway.kill()


main()
