"""What a portal's server or a notebook does with the gateway: submits a job, follows its state and its log, and handles
refusals. It needs Python 3.11 and nothing else:

    python3 examples/portal.py http://localhost:8080

With authentication the token comes from the environment: GATEWAY_TOKEN."""

import base64
import http.client
import json
import os
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid

gateway = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8080"
token = os.environ.get("GATEWAY_TOKEN")


class Problem(Exception):
    def __init__(self, status, problem):
        super().__init__(problem.get("detail", f"HTTP status {status}"))
        self.status = status
        self.type = problem.get("type")
        self.hint = problem.get("hint", "")
        self.findings = problem.get("findings", [])


def request(method, path, body=None, headers=None):
    """The open response. Status 304 (nothing has changed) is one; other statuses from 300 on are a Problem."""
    attempt = 1
    while True:
        message = urllib.request.Request(f"{gateway}/api/v1{path}", method=method, headers=headers or {})
        if token:
            message.add_header("Authorization", f"Bearer {token}")
        if body is not None:
            message.data = json.dumps(body).encode()
            message.add_header("Content-Type", "application/json")
        try:
            return urllib.request.urlopen(message, timeout=60)
        except urllib.error.HTTPError as error:
            if error.status == 304:
                return error
            if error.status not in (429, 503) or attempt == 5:
                try:
                    problem = json.load(error)
                except ValueError:
                    problem = {}
                raise Problem(error.status, problem) from None
            time.sleep(int(error.headers.get("Retry-After", "1")))
            attempt += 1


def submit(spec):
    key = str(uuid.uuid4())
    attempt = 1
    while True:
        try:
            with request("POST", "/jobs", spec, {"Idempotency-Key": key}) as response:
                return json.load(response)
        except (OSError, http.client.HTTPException):
            if attempt == 5:
                raise
            time.sleep(1)  # The connection was lost: the same key finds the job, if it was created.
            attempt += 1


def stream(path):
    last_id = None
    while True:
        headers = {"Accept": "text/event-stream"}
        if last_id:
            headers["Last-Event-ID"] = last_id
        try:
            with request("GET", path, headers=headers) as response:
                if response.status == 204:
                    return
                event = {}
                for line in response:
                    name, _, value = line.decode().rstrip("\n").partition(": ")
                    if name:
                        event[name] = value
                        continue
                    last_id = event.get("id", last_id)
                    if "data" in event:
                        yield event["event"], json.loads(event["data"])
                    event = {}
        except (OSError, http.client.HTTPException):
            pass
        time.sleep(1)  # The connection was lost: go on after the last event.


def watch(name, show):
    for kind, job in stream(f"/jobs/{name}/events"):
        if kind == "deleted":
            return None
        if kind == "reset":
            return watch(name, show)  # changes may be missing: begin with the current state
        if kind != "state":
            continue
        show(job)
        if job["state"] in ("SUCCEEDED", "FAILED"):
            return job


def log(name, write):
    for kind, data in stream(f"/jobs/{name}/logs?follow=true"):
        if kind == "log":
            write(data["text"] if "text" in data else base64.b64decode(data["base64"]).decode(errors="replace"))
        elif kind == "problem":
            print(data["message"], file=sys.stderr)
        elif kind == "end":
            return data


def explain(problem):
    match problem.type:
        case "/problems/name-taken":  # 409: another job has this name
            return f"{problem} {problem.hint}"
        case "/problems/invalid-job":  # 422: one entry for each wrong field
            return "\n".join(f"{each['field']}: {each['message']} {each['hint']}" for each in problem.findings)
        case "/problems/unauthenticated":  # 401: log in again
            return "Please log in again."
        case _:
            return f"{problem} {problem.hint}"


def refresh(job, etag):
    with request("GET", f"/jobs/{job['name']}", headers={"If-None-Match": etag}) as response:
        return (job, etag) if response.status == 304 else (json.load(response), response.headers["ETag"])


spec = {
    "name": "notebook",
    "node": "sandbox",
    "image": "/ceph/hpc/data/images/itwinai.sif",
    "command": ["/bin/sh", "-c"],
    "args": ["for epoch in 1 2 3; do echo epoch $epoch; sleep 1; done"],
    "resources": {"limits": {"cpu": "1", "memory": "1Gi"}},
}
job = submit(spec)
follower = threading.Thread(target=log, args=(job["name"], lambda line: print(f"  {line}")))
follower.start()
final = watch(job["name"], lambda job: print(job["state"], job.get("reason", ""), job.get("message", "")))
follower.join()
print(f"{final['name']} ended: {final['state']}")

with request("GET", f"/jobs/{job['name']}") as response:
    known, etag = json.load(response), response.headers["ETag"]
print("nothing has changed" if refresh(known, etag) == (known, etag) else "the job has changed")

for wrong in ({**spec, "args": ["exit 1"]}, {**spec, "name": None, "node": "nowhere"}):
    try:
        submit(wrong)
    except Problem as problem:
        print(f"{problem.status}: {explain(problem)}")
request("DELETE", f"/jobs/{job['name']}", headers={"If-Match": etag}).close()
