#!/usr/bin/env python3
"""Measures how late the start and the end of jobs are known: in the pod's phase, and in the gateway's answers.

run.py --gateway URL --slurm DIR --kubectl PROGRAM SCENARIO AUDIENCE...

SCENARIO is a number of jobs that are submitted at once and run 5 to 60 s; or N-of-M: M jobs run until further notice, N
of them end, one each 1.5 s, once the audience knows that the jobs it looks at run. Every fifth job fails with exit code 3. KUBECONFIG names the cluster, DIR is the folder of
SLURM (bench/slurm), where each audience has a virtual node lag-AUDIENCE. An AUDIENCE has its own jobs, on its own node,
so that none has to do with the looks of another:

  subscriber  reads the stream of the workspace's events
  poller      requests ten of the jobs by name, each once a second
  nobody      requests each job once, 5 s after its end

SLURM's times are those of its controller's log, to the millisecond. The clock of all times is this machine's.
"""
import argparse
import collections
import concurrent.futures
import datetime
import json
import os
import pathlib
import random
import re
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

FAILING = "exit 3"
SHORTEST, LONGEST = 5, 60
POLLED = 10
ASKED_AFTER = 5
BETWEEN_ENDS = 1.5
# Seconds for which the gateway's answers are awaited after SLURM's last start or end.
LONGEST_LAG = 120
STARTED = re.compile(r"\[(\S+)] sched.*: (?:Allocate|Started) JobId=(\d+) ")
ENDED = re.compile(r"\[(\S+)] _job_complete: JobId=(\d+) (?:WEXITSTATUS|done)")
# The run's own program for containers runs what follows this "image", without a container.
IMAGE = "/no-image"


class Job:
    """One job, and when its start and its end were known to whom, in seconds since the epoch."""

    def __init__(self, audience, name, command, fails):
        self.audience, self.name, self.command = audience, name, command
        self.state = "FAILED" if fails else "SUCCEEDED"
        self.fails = fails
        self.uid = self.slurm_id = None
        self.start, self.end = {}, {}
        self.wrong = set()
        self.seen = True  # by its audience
        self.awaited = audience.kind != "nobody"
        self.ran = False  # an answer had RUNNING

    def phase(self, phase):
        if phase in ("Running", "Succeeded", "Failed"):
            self.start.setdefault("phase", time.time())
        if phase in ("Succeeded", "Failed"):
            self.end.setdefault("phase", time.time())

    def answer(self, job):
        """An answer of the gateway: a start is known with RUNNING or an end, an end with the right one."""
        state = job["state"]
        self.ran |= state == "RUNNING"
        if state == "RUNNING" or state == self.state:
            self.start.setdefault("gateway", time.time())
        if state == self.state:
            self.end.setdefault("gateway", time.time())
        elif state in ("SUCCEEDED", "FAILED", "UNKNOWN"):
            self.wrong.add(state + " " + job.get("reason", ""))


def some(jobs, count):
    """So many of the jobs, spread over all; all if there are fewer."""
    return jobs[:: max(1, len(jobs) // count)][:count]


class Audience:
    """A workspace and its jobs, on a node of their own."""

    def __init__(self, run, kind):
        self.run, self.kind = run, kind
        self.node = "lag-" + kind
        self.workspace = f"lag-{kind}-{int(time.time())}"
        self.jobs = {}
        self.folder = pathlib.Path(run.slurm, self.node, "jobs")

    def open(self):
        self.run.kubectl("create", "namespace", self.workspace)
        self.run.kubectl("-n", self.workspace, "apply", "-f", "deploy/workspace.yaml")
        self.run.background(self.watch)
        if self.kind == "subscriber":
            opened = threading.Event()
            self.run.background(self.subscribe, opened)
            if not opened.wait(180):
                sys.exit("the stream of events did not open")

    def add(self, command, fails):
        name = f"job-{len(self.jobs)}"
        self.jobs[name] = Job(self, name, command, fails)

    def submit(self, job):
        spec = {
            "name": job.name, "node": self.node, "image": IMAGE, "command": ["/bin/sh", "-c"], "args": [job.command],
            "resources": {"limits": {"cpu": "1", "memory": "16Mi"}},
        }
        self.ask("jobs", json.dumps(spec).encode())

    def ask(self, path, body=None):
        request = urllib.request.Request(
            f"{self.run.gateway}/api/v1/{path}?workspace={self.workspace}", body, {"Content-Type": "application/json"})
        with self.run.patiently(request) as answer:
            return json.load(answer)

    def watch(self):
        """The phases of the pods, as kubectl receives them."""
        command = [self.run.program, "-n", self.workspace, "get", "pods", "--watch", "-o",
                   r'jsonpath={.metadata.name} {.metadata.uid} {.status.phase}{"\n"}']
        while not self.run.over.is_set():  # the API server ends a watch after half an hour or more
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
                self.run.children.append(process)
                for line in process.stdout:
                    name, uid, phase = (line.split() + 3 * [""])[:3]
                    if name in self.jobs:
                        self.jobs[name].uid = uid
                        self.jobs[name].phase(phase)

    def subscribe(self, opened):
        while not self.run.over.is_set():
            request = urllib.request.Request(
                f"{self.run.gateway}/api/v1/events?workspace={self.workspace}", headers={"Accept": "text/event-stream"})
            with self.run.patiently(request) as stream:
                opened.set()
                for line in stream:
                    if line.startswith(b"data:"):
                        job = json.loads(line[5:])
                        if job.get("name") in self.jobs and "state" in job:
                            self.jobs[job["name"]].answer(job)
            # After an interruption, list the jobs once: changes may have been missed.
            for job in self.ask("jobs")["items"]:
                self.jobs[job["name"]].answer(job)

    def begin(self):
        """What the audience does once its jobs are submitted."""
        jobs = list(self.jobs.values())
        if self.kind == "poller":
            for job in jobs:
                job.seen = job.awaited = False
            for job in some(jobs, POLLED):
                job.seen = job.awaited = True
                self.run.background(self.poll, job)
        elif self.kind == "nobody":
            for job in jobs:
                self.run.background(self.ask_once, job)

    def poll(self, job):
        while not self.run.over.is_set() and "gateway" not in job.end:
            begin = time.time()
            job.answer(self.ask("jobs/" + job.name))
            self.run.over.wait(max(0.0, 1 - (time.time() - begin)))

    def ask_once(self, job):
        while not self.run.over.wait(0.5):
            if "slurm" in job.end and time.time() > job.end["slurm"] + ASKED_AFTER:
                job.answer(self.ask("jobs/" + job.name))
                return


class Run:
    def __init__(self, options):
        self.gateway, self.slurm, self.program = options.gateway, options.slurm, options.kubectl
        self.patience = options.patience
        self.over = threading.Event()
        self.children = []
        self.refused = 0
        self.stopped = None  # the end of the measurement, in seconds since the epoch
        many, _, running = options.scenario.partition("-of-")
        self.ends, self.count = int(many), int(running or many)
        self.held = bool(running)
        self.audiences = [Audience(self, kind) for kind in options.audience]

    def patiently(self, request):
        """An answer; repeats the request while the gateway answers 503, as one that has just started may."""
        while True:
            try:
                return urllib.request.urlopen(request, timeout=120)
            except urllib.error.HTTPError as refused:
                if refused.code != 503:
                    raise
                self.refused += 1
                time.sleep(1)

    def kubectl(self, *arguments):
        subprocess.run([self.program, *arguments], check=True, stdout=subprocess.DEVNULL)

    def background(self, task, *arguments):
        def guarded():
            try:
                task(*arguments)
            except Exception as failure:  # an answer that breaks off when the run is over
                if not self.over.is_set():
                    print(f"{task.__name__}: {failure!r}", file=sys.stderr)
        threading.Thread(target=guarded, daemon=True).start()

    @property
    def jobs(self):
        return [job for audience in self.audiences for job in audience.jobs.values()]

    def follow_slurm(self):
        """The times of SLURM's controller. A job's id is in its folder once it is submitted."""
        times = {STARTED: {}, ENDED: {}}
        with open(pathlib.Path(self.slurm, "slurmctld.log"), encoding="utf-8") as log:
            log.seek(0, os.SEEK_END)
            rest = ""
            while not self.over.wait(0.25):
                *lines, rest = (rest + log.read()).split("\n")
                for line in lines:
                    for pattern, seen in times.items():
                        if found := pattern.match(line):
                            at = datetime.datetime.fromisoformat(found[1]).timestamp()
                            seen.setdefault(found[2], at)
                for job in self.jobs:
                    if job.slurm_id is None and job.uid is not None:
                        file = job.audience.folder / f"{job.audience.workspace}-{job.uid}" / "JobID.jid"
                        job.slurm_id = file.read_text().strip() or None if file.exists() else None
                    for known, seen in ((job.start, times[STARTED]), (job.end, times[ENDED])):
                        if job.slurm_id in seen:
                            known.setdefault("slurm", seen[job.slurm_id])

    def await_all(self, what, seconds, jobs, known):
        """Waits at most so long; the jobs that are still missing are named."""
        begin = time.time()
        while not all(known(job) for job in jobs):
            if time.time() > begin + seconds:
                missing = [job.audience.kind + "/" + job.name for job in jobs if not known(job)]
                print(f"after {seconds:.0f} s still {what}: {len(missing)} of {len(jobs)}"
                      f" ({', '.join(missing[:5])} …)", file=sys.stderr)
                return
            time.sleep(0.5)
        print(f"after {time.time() - begin:.0f} s no more {what}", file=sys.stderr)

    def fifo(self, job):
        return pathlib.Path(self.slurm, "fifos", job.audience.workspace + "-" + job.name)

    def make_jobs(self):
        order = list(range(self.count))
        random.Random(17).shuffle(order)
        for audience in self.audiences:
            for place in order:
                fails = place % 5 == 4
                seconds = SHORTEST + (LONGEST - SHORTEST) * place // max(1, self.count - 1)
                audience.add(f"sleep {seconds}; {FAILING if fails else 'exit 0'}", fails)
            if self.held:
                for job in audience.jobs.values():
                    job.command = f"read end <{self.fifo(job)}; {FAILING if job.fails else 'exit 0'}"
                    self.fifo(job).parent.mkdir(exist_ok=True)
                    os.mkfifo(self.fifo(job))

    def release(self):
        """Ends some of the jobs that run, those in the middle, one after the other."""
        ending = []
        for audience in self.audiences:
            ending += some(list(audience.jobs.values()), self.ends)
        for turn in range(self.ends):
            for job in ending[turn :: self.ends]:
                self.let_end(job)
            time.sleep(BETWEEN_ENDS)
        return ending

    def let_end(self, job):
        with open(self.fifo(job), "w", encoding="utf-8") as end:
            end.write("now\n")

    def measure(self):
        self.make_jobs()
        for audience in self.audiences:
            audience.open()
        self.background(self.follow_slurm)
        begin = time.time()
        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            list(pool.map(lambda job: job.audience.submit(job), self.jobs))
        print(f"{len(self.jobs)} submitted in {time.time() - begin:.1f} s", file=sys.stderr)
        for audience in self.audiences:
            audience.begin()
        self.await_all("not started by SLURM", 600, self.jobs, lambda job: "slurm" in job.start)
        if self.jobs:
            first = min(job.start.get("slurm", begin) for job in self.jobs)
            last = max(job.start.get("slurm", begin) for job in self.jobs)
            print(f"SLURM started them {first - begin:.1f} to {last - begin:.1f} s later", file=sys.stderr)
        if self.held:
            # The ends are measured among jobs that are known to run, not during the hand-over.
            self.await_all("not known to run", LONGEST_LAG, self.jobs,
                           lambda job: "gateway" in job.start or not job.awaited)
            print(f"the first of them ends {time.time() - begin:.0f} s after the first submission", file=sys.stderr)
        ending = self.release() if self.held else self.jobs
        self.await_all("not ended by SLURM", 600, ending, lambda job: "slurm" in job.end)
        print(f"SLURM had ended them {time.time() - begin:.0f} s after the first submission", file=sys.stderr)
        self.await_all("not known to have ended", LONGEST_LAG, ending,
                       lambda job: "gateway" in job.end or not job.awaited)
        self.await_all("without an end in their phase", self.patience, ending, lambda job: "phase" in job.end)
        self.stopped = time.time()
        self.over.set()
        if self.held:
            for job in set(self.jobs) - set(ending):
                self.let_end(job)
        for child in self.children:
            child.terminate()
        return ending



def figures(lags, waits):
    """Median, p90 and longest. What was not known in time counts as longer than all that was.

    If a figure is not known for this reason, it is the least that it can be: waits has for how long each missing job was
    waited for.
    """
    known, least = sorted(lags), sorted(lags + waits)

    def at(quantile):
        place = max(0, -(-int(quantile * 1000) * len(least) // 1000) - 1)
        return f"{known[place]:.1f}" if place < len(known) else f"> {least[place]:.1f}"
    return [at(0.5), at(0.9), at(1)] if least else ["", "", ""]


def row(scenario, moment, column, jobs, known, stopped):
    jobs = [known(job) for job in jobs if "slurm" in known(job)]
    lags = [times[column] - times["slurm"] for times in jobs if column in times]
    waits = [stopped - times["slurm"] for times in jobs if column not in times]
    count = f"{len(lags)} of {len(jobs)}" if waits else len(jobs)
    return scenario, moment, column, count, figures(lags, waits)


def report(run, scenario, ending, note):
    rows = [row(scenario, "start", "phase", run.jobs, lambda job: job.start, run.stopped),
            row(scenario, "end", "phase", ending, lambda job: job.end, run.stopped)]
    for audience in run.audiences:
        mine = [job for job in run.jobs if job.audience is audience and job.seen]
        ended = [job for job in ending if job.audience is audience and job.seen]
        if audience.kind == "nobody":
            right = [job for job in ended if "gateway" in job.end]
            note(f"{scenario}: requested once, {ASKED_AFTER} s after the end: {len(right)} of {len(ended)} right")
            continue
        for moment, jobs, known in (("start", mine, lambda job: job.start), ("end", ended, lambda job: job.end)):
            name, of, _, count, lags = row(scenario, moment, "gateway", jobs, known, run.stopped)
            rows.append((name, of, audience.kind, count, lags))
        note(f"{scenario}: {audience.kind}: RUNNING was seen for {sum(job.ran for job in mine)} of {len(mine)}")
    if run.refused:
        note(f"{scenario}: {run.refused} answers were 503")
    others = collections.Counter((job.state, wrong) for job in run.jobs for wrong in job.wrong)
    for (state, wrong), count in others.items():
        note(f"{scenario}: {count} jobs that ended {state} were {wrong} for a time")
    phases = {moment: lags for _, moment, column, _, lags in rows if column == "phase"}

    def ratio(mine, other):
        try:
            return f"{float(other) / float(mine):.0f}"
        except ValueError:
            return ""
    for name, moment, column, count, lags in rows:
        against = [ratio(*pair) for pair in zip(lags, phases[moment])]
        print(f"| {name} | {moment} | {column} | {count} | {' | '.join(lags)} |"
              f" {'' if column == 'phase' else ', '.join(against)} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gateway", required=True)
    parser.add_argument("--slurm", required=True)
    parser.add_argument("--kubectl", required=True)
    parser.add_argument("--patience", type=float, default=900,
                        help="seconds for which the phases' ends are awaited once the gateway's are known")
    parser.add_argument("scenario")
    parser.add_argument("audience", nargs="+", choices=["subscriber", "poller", "nobody"])
    options = parser.parse_args()
    run = Run(options)
    ending = run.measure()
    report(run, options.scenario, ending, lambda text: print(text, file=sys.stderr))


main()
