"""Clients of a gateway that restarts, and what they must find at the end. They use the Python client as it is."""

import collections
import itertools
import json
import os
import pathlib
import random
import re
import subprocess
import threading
import time
import traceback
from contextlib import closing

import httpx

from interlink_gateway import Gateway, GatewayError
from interlink_gateway._log import LogEnd, content
from interlink_gateway._sse import OPENED
from interlink_gateway.models import LogLine

ROOT = pathlib.Path(__file__).resolve().parents[2]
KUBECTL = ROOT / ".cache/control-plane/bin/kubectl"
NODES = "hpc-1", "hpc-2", "hpc-3", "hpc-4"
IMAGE = "/no-image"
SUBMITTERS, READERS, LISTERS = 3, 4, 2
SUBSCRIBERS = 30
LONG_JOBS, FOLLOWERS_OF_EACH = 6, 5
# In this order a job's states may be seen.
ORDER = {"QUEUED": 0, "STARTING": 1, "RUNNING": 2, "UNKNOWN": 3, "SUCCEEDED": 4, "FAILED": 4}
# Seconds for the jobs to end and for their logs to be archived.
PATIENCE = 300
REPEATED = "connection", "429", "503"
# Seconds after which a job that was submitted to one replica must be in the lists of all. A single read has it at once.
LIST_DELAY = 5


class Counts:
    """How requests were answered, by kind. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of = collections.defaultdict(collections.Counter)
        self.failures = []

    def add(self, kind: str, outcome: str) -> None:
        with self._lock:
            self._of[kind][outcome] += 1

    def fail(self, kind: str, failure: Exception) -> None:
        with self._lock:
            self._of[kind]["failed"] += 1
            self.failures.append(f"{kind}: {failure!r}")

    def get(self, kind: str, outcome: str) -> int:
        return self._of[kind][outcome]

    def print(self) -> None:
        print("| | answered | repeated after a lost connection | after 429 | after 503 | streams cut | failed |")
        print("|---|---|---|---|---|---|---|")
        for kind, outcomes in sorted(self._of.items()):
            print(f"| {kind} |", *(f"{outcomes[each]} |" for each in ("answered", *REPEATED, "cut", "failed")))


def kind_of(request: httpx.Request) -> str:
    path = request.url.path.removeprefix("/api/v1")
    if path.endswith("/logs"):
        return "streams of logs"
    if path == "/events":
        return "streams of events"
    if path.startswith("/history"):
        return "reads of the history"
    if request.method == "POST":
        return "submits"
    return "lists" if path == "/jobs" else "reads"


class CountedStream(httpx.SyncByteStream):
    def __init__(self, stream, cut) -> None:
        self._stream, self._cut = stream, cut

    def __iter__(self):
        try:
            yield from self._stream
        except httpx.RequestError:
            self._cut()
            raise

    def close(self) -> None:
        self._stream.close()


class CountingClient(httpx.Client):
    """Counts each attempt of the Python client, before that decides whether to repeat it."""

    def __init__(self, counts: Counts, kept_connections: bool) -> None:
        limits = httpx.Limits(max_keepalive_connections=None if kept_connections else 0)
        super().__init__(timeout=httpx.Timeout(30.0, connect=10.0), limits=limits, trust_env=False)
        self._counts = counts

    def send(self, request, **options):
        kind = kind_of(request)
        try:
            response = super().send(request, **options)
        except httpx.RequestError:
            self._counts.add(kind, "connection")
            raise
        status = str(response.status_code)
        # Any other refusal is an exception of the Python client, and counted there.
        if status in REPEATED:
            self._counts.add(kind, status)
        elif response.is_success:
            self._counts.add(kind, "answered")
            if options.get("stream"):
                response.stream = CountedStream(response.stream, lambda: self._counts.add(kind, "cut"))
        return response


class Subscriber:
    """A stream of the workspace's events: the states of each job, each with the number of the connection."""

    def __init__(self) -> None:
        self.connections = 0
        self.resets = 0
        self.states = collections.defaultdict(list)

    def receive(self, event) -> None:
        if event is OPENED:
            self.connections += 1
        elif event.type == "reset":
            self.resets += 1
        elif event.type == "state" and event.data:
            job = json.loads(event.data)
            self.states[job["uid"]].append((self.connections, job["state"]))

    def has_end_of(self, uid: str) -> bool:
        return any(state == "SUCCEEDED" for _, state in list(self.states[uid]))


class Load:
    """Requests of all kinds until `stop`. Each client is a thread."""

    def __init__(self, url: str, directory: pathlib.Path, name: str) -> None:
        self.workspace = f"{name}-{int(time.time())}"
        self._url, self._kubeconfig = url, directory / "kubeconfig"
        self.folder = directory / self.workspace
        self.folder.mkdir()
        self.counts = Counts()
        self.violations = []
        self.outputs = {}  # by uid; None until it is known
        self.numbers = {}
        self._jobs, self._submitted = [], {}
        self._list_delays, self._steps_back = [], collections.Counter()
        self._numbers = itertools.count()
        self._over, self._all_over = threading.Event(), threading.Event()
        self._threads, self._followers = [], []
        self.subscribers = [Subscriber() for _ in range(SUBSCRIBERS)]
        self._kubectl("create", "namespace", self.workspace)
        self._kubectl("-n", self.workspace, "apply", "-f", ROOT / "deploy/workspace.yaml")

    def _kubectl(self, *arguments) -> str:
        command = [KUBECTL, "--kubeconfig", self._kubeconfig, *arguments]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout

    def gateway(self, kept_connections: bool = True) -> Gateway:
        client = CountingClient(self.counts, kept_connections)
        return Gateway(self._url, workspace=self.workspace, client=client)

    def _thread(self, kind: str, task, *arguments) -> threading.Thread:
        def guarded():
            try:
                task(*arguments)
            except Exception as failure:
                traceback.print_exc()
                self.counts.fail(kind, failure)

        thread = threading.Thread(target=guarded, daemon=True)
        thread.start()
        return thread

    def _repeat(self, kind: str, pause: float, task) -> None:
        while not self._over.wait(random.uniform(0.5, 1.5) * pause):
            try:
                task()
            except GatewayError as failure:
                self.counts.fail(kind, failure)

    def start(self) -> None:
        submitting = self.gateway()
        for number in range(LONG_JOBS):
            job = self._submit(submitting, f"long-{number}", self._long(number))
            for _ in range(FOLLOWERS_OF_EACH):
                received = bytearray()
                self._followers.append((job.uid, received, self._thread("streams of logs", self._follow, job, received)))
        for subscriber in self.subscribers:
            self._thread("streams of events", self._subscribe, subscriber)
        until = time.monotonic() + 60
        while not all(each.connections for each in self.subscribers):
            if time.monotonic() > until:
                raise SystemExit("the streams of events do not open")
            time.sleep(0.1)
        for number in range(SUBMITTERS):
            submitter, other = self.gateway(number % 2 == 0), self.gateway(False)
            self._start("submits", 2.0, lambda s=submitter, o=other: self._submit_and_read(s, o))
        for number in range(READERS):
            reader = self.gateway(number % 2 == 0)
            self._start("reads", 0.2, lambda r=reader: self._read(r, random.choice(self._jobs)))
        for number in range(LISTERS):
            lister = self.gateway(number % 2 == 0)
            self._start("lists", 0.5, lambda l=lister: self._list(l))

    def _start(self, kind: str, pause: float, task) -> None:
        self._threads.append(self._thread(kind, self._repeat, kind, pause, task))

    def _long(self, number: int) -> str:
        return (f"n=0; until [ -e {self.folder}/end ]; do n=$((n+1)); echo long {number} line $n; sleep 0.2; done;"
                f" echo $n >{self.folder}/lines-{number}")

    def _submit(self, gateway: Gateway, number: str, command: str):
        job = gateway.submit(
            node=random.choice(NODES), image=IMAGE, command=["/bin/sh", "-c"],
            args=[f"echo {number} >>{self.folder}/ran; {command}"], labels={"number": number},
            resources={"limits": {"cpu": "1", "memory": "16Mi"}})
        self.outputs[job.uid] = None if number.startswith("long") else f"output of {number}\n".encode()
        self.numbers[job.uid] = number
        self._submitted[job.uid] = time.monotonic()
        self._jobs.append(job)
        return job

    def _submit_and_read(self, gateway: Gateway, other: Gateway) -> None:
        number = str(next(self._numbers))
        job = self._submit(gateway, number, f"echo output of {number}; sleep {random.uniform(0.5, 3):.1f}")
        try:
            self._read(other, job)
        except GatewayError as failure:
            self.counts.fail("reads", failure)

    def _read(self, gateway: Gateway, job) -> None:
        if (found := gateway.job(job.name)).uid != job.uid:
            self.violations.append(f"{job.name} is {found.uid}, and was submitted as {job.uid}")

    def _list(self, gateway: Gateway) -> None:
        known, begin = list(self._jobs), time.monotonic()
        listed = {each.uid for each in gateway.jobs()}
        for job in known:
            if job.uid not in listed:
                self._list_delays.append(age := begin - self._submitted[job.uid])
                if age > LIST_DELAY:
                    self.violations.append(f"{job.name} is missing in a list {age:.1f} s after it was submitted")

    def _follow(self, job, received: bytearray) -> None:
        follower = self.gateway().job(job.name)
        with closing(follower.log_events()) as events:
            for event in events:
                if isinstance(event, LogLine):
                    received += content(event)
                elif isinstance(event, LogEnd):
                    return
        raise AssertionError("the log has no end")

    def _subscribe(self, subscriber: Subscriber) -> None:
        transport = self.gateway()._transport
        with closing(transport.stream("/events", query={"workspace": self.workspace})) as events:
            for event in events:
                if self._all_over.is_set():
                    return
                subscriber.receive(event)

    def stop(self) -> None:
        """Ends the requests, and lets the jobs end."""
        self._over.set()
        for thread in self._threads:
            thread.join(120)
            if thread.is_alive():
                self.violations.append("a request does not end")
        (self.folder / "end").touch()

    def _await(self, what: str, condition) -> None:
        until = time.monotonic() + PATIENCE
        while left := condition():
            if time.monotonic() > until:
                self.violations.append(f"{what}: {len(left)} missing, such as {sorted(left)[:3]}")
                return
            time.sleep(1)

    def verify(self) -> None:
        """Waits for the end of all jobs, and adds what does not hold to `violations`."""
        gateway = self.gateway()
        self._await("jobs that succeed", lambda: [
            each for each in self.outputs if each not in {job.uid for job in gateway.jobs(state="SUCCEEDED")}])
        for uid in self.outputs:
            if self.outputs[uid] is None:
                number = self.numbers[uid].removeprefix("long-")
                lines = int((self.folder / f"lines-{number}").read_text())
                self.outputs[uid] = b"".join(b"long %s line %d\n" % (number.encode(), n + 1) for n in range(lines))
        self.verify_jobs()
        for uid, received, thread in self._followers:
            thread.join(PATIENCE)
            if received != self.outputs[uid]:
                self.violations.append(
                    f"a followed log has {len(received)} bytes instead of {len(self.outputs[uid])}, or others")
        for number, subscriber in enumerate(self.subscribers):
            self._await(f"ends in events of {number}", lambda: [
                each for each in self.outputs if not subscriber.has_end_of(each)])
        self._all_over.set()
        self._verify_events()
        self._verify_history(gateway)
        self.violations += self.counts.failures

    def verify_jobs(self) -> None:
        """Each job has one pod, and runs once on the HPC."""
        expected = sorted(self.numbers.values())
        ran = self.folder / "ran"
        self._await("jobs that run", lambda: set(expected) - set(ran.read_text().split() if ran.exists() else ()))
        pods = json.loads(self._kubectl("-n", self.workspace, "get", "pods", "-o", "json"))["items"]
        for what, found in (
                ("pods", [each["metadata"]["labels"]["number"] for each in pods]),
                ("runs on the HPC", ran.read_text().split())):
            if sorted(found) != expected:
                twice = [each for each, count in collections.Counter(found).items() if count > 1]
                self.violations.append(f"{what}: {sorted(set(expected) ^ set(found))} differ, {twice} are doubled")

    def _verify_events(self) -> None:
        seen = collections.defaultdict(set)
        for subscriber in self.subscribers:
            for uid, states in subscriber.states.items():
                seen[uid].update(state for _, state in states)
        for number, subscriber in enumerate(self.subscribers):
            if subscriber.resets:
                self.violations.append(f"{subscriber.resets} resets in events of {number}")
            for uid in self.outputs:
                self._verify_states(number, uid, list(subscriber.states[uid]), seen[uid])

    def _verify_states(self, number: int, uid: str, received: list, seen: set) -> None:
        """States of one connection come in order. One that others received may only be missing if a resumed connection
        began with a later one: it begins with the present state, as its replica knows it."""
        for (before, earlier), (after, later) in itertools.pairwise(received):
            if ORDER[later] < ORDER[earlier]:
                self._steps_back[f"{later} after {earlier}"] += 1
                if before == after:
                    self.violations.append(f"events of {number}: {received} of {uid} are not in order")
        for missing in seen - {state for _, state in received}:
            first = {}
            for connection, state in received:
                first.setdefault(connection, state)
            if not any(ORDER[state] > ORDER[missing] for connection, state in first.items() if connection > 1):
                self.violations.append(f"events of {number}: {missing} of {uid} is lost among {received}")

    def _verify_history(self, gateway: Gateway) -> None:
        self._await("jobs of the history that succeeded", lambda: set(self.outputs) - {
            each.uid for each in gateway.history(state="SUCCEEDED")})
        self._await("archived logs", lambda: {
            each for each in self.outputs if not self._is_archived(gateway, each)})
        if doubled := len(list(gateway.history())) - len(self.outputs):
            self.violations.append(f"the history has {doubled} more jobs")

    def _is_archived(self, gateway: Gateway, uid: str) -> bool:
        try:
            return b"".join(gateway.past_job(uid).log_bytes()) == self.outputs[uid]
        except GatewayError:
            return False

    def print(self) -> None:
        print(f"{len(self.outputs)} jobs")
        self.counts.print()
        resumed = sum(each.connections - 1 for each in self.subscribers)
        events = sum(len(states) for each in self.subscribers for states in each.states.values())
        logs = sum(len(received) for _, received, _ in self._followers)
        print(f"{len(self.subscribers)} streams of events, resumed {resumed} times in all: {events} states")
        print("states behind the last one of another connection:", dict(self._steps_back) or "none")
        print(f"lists without a job that another replica had accepted: {len(self._list_delays)}, at most"
              f" {max(self._list_delays, default=0):.2f} s after it was submitted")
        opened = self.counts.get("streams of logs", "answered")
        print(f"{len(self._followers)} followed logs, opened {opened} times in all: {logs} bytes")
        for violation in self.violations[:30]:
            print(f"BROKEN: {violation}")
        if not self.violations:
            print("no job lost or doubled, no state lost, each byte of each log once, no request failed")
