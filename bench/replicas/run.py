#!/usr/bin/env python3
"""What holds with three replicas behind a TCP load balancer.

run.py --dir DIR --jar JAR [PART...]

DIR has what up.sh started. The parts are

  rates        a caller that sends more requests than one replica allows
  idempotency  the same Idempotency-Key, sent to all replicas and through the balancer at the same time
  kill         each replica is killed in turn (SIGKILL) and started again, under load
  restart      a rolling restart under load, as deploy/gateway.yaml has it: a new replica is ready before an old one is
               stopped; its preStop, then SIGTERM, then terminationGracePeriodSeconds
  no-pre-stop  the same without preStop

The load (load.py) submits, lists and reads jobs, and follows events and logs. Ends with 1 if something does not hold.
"""
import argparse
import concurrent.futures
import pathlib
import threading
import time
import uuid

import httpx
from issuer import Issuer
from load import IMAGE, Load
from replicas import PROPAGATION, Balancer, PodShutdown, Replica

PARTS = "rates", "idempotency", "kill", "restart", "no-pre-stop"
REPLICAS = 3
KEYS = 40
# Requests a second, and at once; the seconds of the measurement.
RATE, BURST, SECONDS = 5, 5, 20
CALLERS = 16
# Seconds of load before, between and after restarts.
BETWEEN = 5


class Run:
    def __init__(self, options) -> None:
        self.directory, self.jar = options.dir, options.jar
        self.broken = False
        self.database = (self.directory / "postgresql.url").read_text().strip()
        self.replicas, self.balancer = [], None

    def start(self, name: str, *options: str) -> None:
        options = [f"--spring.datasource.url={self.database}", "--spring.datasource.username=postgres",
                   f"--gateway.cluster.log-requests.replicas={REPLICAS}", *options]
        # One more for the rolling restart, in which a new replica starts before an old one is stopped.
        self.replicas = [Replica(self.directory, f"{name}-{number}", self.jar, options) for number in range(REPLICAS + 1)]
        self.balancer = Balancer(self.directory, self.replicas)
        for replica in self.replicas[:REPLICAS]:
            replica.start()
            replica.await_ready()
            self.balancer.admit(replica)

    def stop(self) -> None:
        for replica in self.replicas:
            replica.kill()
        if self.balancer:
            self.balancer.close()
            (self.directory / "haproxy.sock").unlink(missing_ok=True)
        self.replicas, self.balancer = [], None

    def check(self, holds: bool, what: str) -> None:
        print(what if holds else f"BROKEN: {what}")
        self.broken |= not holds

    def rates(self) -> None:
        self.stop()
        issuer = Issuer()
        self.start("limited", f"--gateway.caller.requests-per-second={RATE}", f"--gateway.caller.burst={BURST}",
                   *issuer.options())
        headers = {"Authorization": f"Bearer {issuer.token()}"}
        begin = time.monotonic()

        def send(_) -> list[int]:
            # A new connection for each request: the balancer chooses a replica for each.
            statuses = []
            while time.monotonic() < begin + SECONDS:
                answer = httpx.get(f"{self.balancer.url}/api/v1/nodes", headers=headers, trust_env=False, timeout=30)
                statuses.append(answer.status_code)
            return statuses

        with concurrent.futures.ThreadPoolExecutor(CALLERS) as pool:
            statuses = sum(pool.map(send, range(CALLERS)), [])
        seconds = time.monotonic() - begin
        answered, refused = statuses.count(200), statuses.count(429)
        most = REPLICAS * (BURST + RATE * seconds)
        self.check(answered + refused == len(statuses), f"rates: {answered} answered, {refused} refused with 429")
        # More than two replicas would answer, and never more than three.
        self.check(most * (REPLICAS - 1) / REPLICAS < answered <= most + REPLICAS,
                   f"rates: {answered / seconds:.1f} requests a second for a limit of {RATE} (bursts of {BURST}) with"
                   f" {REPLICAS} replicas, {answered / most:.2f} of three times the limit")
        self.stop()

    def idempotency(self) -> None:
        load = Load(self.balancer.url, self.directory, "keys")
        addresses = [each.url for each in self.replicas[:REPLICAS]] + REPLICAS * [self.balancer.url]
        together = threading.Barrier(len(addresses))
        created = repeated = 0
        uids = set()

        def post(address: str, key: str, number: int):
            together.wait()
            return httpx.post(
                f"{address}/api/v1/jobs?workspace={load.workspace}", headers={"Idempotency-Key": key}, trust_env=False,
                timeout=60, json={
                    "node": "hpc-1", "image": IMAGE, "command": ["/bin/sh", "-c"], "labels": {"number": str(number)},
                    "args": [f"echo {number} >>{load.folder}/ran"],
                    "resources": {"limits": {"cpu": "1", "memory": "16Mi"}}})

        with concurrent.futures.ThreadPoolExecutor(len(addresses)) as pool:
            for number in range(KEYS):
                key = str(uuid.uuid4())
                answers = list(pool.map(lambda address: post(address, key, number), addresses))
                statuses = sorted(each.status_code for each in answers)
                found = {each.json().get("uid") for each in answers}
                if len(found) != 1 or statuses != [200] * (len(addresses) - 1) + [201]:
                    self.check(False, f"idempotency: {statuses}, {found}")
                created += statuses.count(201)
                repeated += statuses.count(200)
                uids |= found
                for uid in found:
                    load.numbers[uid] = str(number)
        load.verify_jobs()
        self.check(created == len(uids) == KEYS and not load.violations,
                   f"idempotency: {KEYS} keys, each sent {len(addresses)} times at once: {created} answers 201,"
                   f" {repeated} answers 200, {len(uids)} jobs{''.join('; ' + each for each in load.violations)}")

    def under_load(self, name: str, disturb) -> None:
        load = Load(self.balancer.url, self.directory, name)
        load.start()
        begin = time.monotonic()
        time.sleep(BETWEEN)
        disturb()
        time.sleep(BETWEEN)
        load.stop()
        print(f"{name}: {time.monotonic() - begin:.0f} s of load")
        load.verify()
        load.print()
        self.broken |= bool(load.violations)

    def kill(self) -> None:
        def disturb() -> None:
            for replica in self.replicas[:REPLICAS]:
                replica.kill()
                replica.start()
                replica.await_ready()
                self.balancer.admit(replica)
                time.sleep(BETWEEN)

        self.under_load("kill", disturb)

    def restart(self, name: str = "restart", pre_stop: bool = True) -> None:
        shutdown = PodShutdown()
        pause = shutdown.pause if pre_stop else 0.0

        def disturb() -> None:
            took = []
            for _ in range(REPLICAS):
                old, new = self.replicas[0], self.replicas[-1]
                self.replicas = [*self.replicas[1:-1], new, old]
                new.start()
                new.await_ready()
                self.balancer.admit(new)
                # The endpoint is removed and the pod is stopped at the same time, each in its own time.
                removal = threading.Timer(PROPAGATION, self.balancer.drain, [old])
                removal.start()
                time.sleep(pause)
                took.append(old.terminate(shutdown.grace - pause))
                removal.join()
                time.sleep(BETWEEN)
            print(f"{name}: preStop {pause:.0f} s, then ended", ", ".join(f"{each:.1f}" for each in took),
                  "s after SIGTERM")

        self.under_load(name, disturb)

    def no_pre_stop(self) -> None:
        self.restart("no-pre-stop", pre_stop=False)

    def all(self, parts: list[str]) -> None:
        try:
            if "rates" in parts:
                self.rates()
            rest = [each for each in parts if each != "rates"]
            if rest:
                self.start("replica", "--gateway.security.mode=open")
            for part in rest:
                getattr(self, part.replace("-", "_"))()
        finally:
            self.stop()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--dir", type=pathlib.Path, required=True)
    parser.add_argument("--jar", required=True)
    parser.add_argument("parts", nargs="*", metavar="PART")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    run = Run(options)
    run.all(options.parts or list(PARTS))
    raise SystemExit(run.broken)


if __name__ == "__main__":
    main()
