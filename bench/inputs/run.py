#!/usr/bin/env python3
"""Times preflights of large documents, and liveness beside them.

run.py [URL [MANAGEMENT_URL]]     of a gateway in the sandbox, default http://localhost:8080 for both

Each kind of document is sent with 10, 100 and 1,000 kB: once alone, then by as many clients at once as the machine has
processors. A row has the status, the seconds of the first (one client, the second of two requests, so that most code
is compiled), the seconds per 100 kB, and the longest answer of liveness meanwhile. The last line has the slowest of all.
"""
import concurrent.futures
import json
import os
import sys
import threading
import time
import urllib.error
import urllib.request

URL = sys.argv[1] if len(sys.argv) > 1 else "http://localhost:8080"
LIVENESS = (sys.argv[2] if len(sys.argv) > 2 else URL) + "/actuator/health/liveness"
API = URL + "/api/v1/jobs/preflight"
JSON, YAML = "application/json", "application/yaml"


def pod(**changes):
    container = {"name": "c", "image": "/a.sif", "command": ["true"]}
    container.update(changes.pop("container", {}))
    document = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "j", **changes.pop("metadata", {})},
        "spec": {
            "nodeSelector": {"kubernetes.io/hostname": "sandbox"},
            "containers": [container] + changes.pop("containers", []),
            **changes,
        },
    }
    return YAML, json.dumps(document)


def annotated(key, value):
    return pod(metadata={"annotations": {key: value}})


def spec(**fields):
    return JSON, json.dumps({"node": "sandbox", "image": "/i.sif", "command": ["true"], **fields})



# Functions that make a document of about a size in bytes.
KINDS = {
    "spec: line breaks in preExec": lambda n: spec(preExec="\n" * (n // 2) + "x"),
    "spec: here-documents": lambda n: spec(preExec="cat <<A\nx\nA\n" * (n // 16)),
    "spec: open brackets in preExec": lambda n: spec(preExec="( " * (n // 2)),
    "spec: quotes in preExec": lambda n: spec(preExec="echo \"$(echo '" * (n // 16)),
    "spec: flags": lambda n: spec(slurm={"flags": "--exclude=n1 " * (n // 13)}),
    "spec: one long flag": lambda n: spec(slurm={"flags": "-" + "O" * n}),
    "spec: env": lambda n: spec(env={f"V{i}": "$(A)" for i in range(n // 18)}),
    "spec: args": lambda n: spec(args=["$(A)"] * (n // 8)),
    "spec: one long argument": lambda n: spec(args=["$(" * (n // 2)]),
    "spec: mounts": lambda n: spec(singularity={"mounts": ["/a:/b"] * (n // 9)}),
    "spec: labels": lambda n: spec(labels={f"l{i}": "x" for i in range(n // 13)}),
    "spec: nulls in args": lambda n: (JSON, '{"node":"sandbox","image":"/i","args":[' + "null," * (n // 5) + "null]}"),
    "spec: deep": lambda n: (JSON, '{"env":' * (n // 7)),
    "pod: empty variables": lambda n: pod(container={"env": [{}] * (n // 4)}),
    "pod: variables": lambda n: pod(container={"env": [{"name": f"V{i}", "value": "x"} for i in range(n // 32)]}),
    "pod: containers": lambda n: pod(containers=[{"name": f"d{i}", "image": "/a"} for i in range(n // 35)]),
    "pod: volumes": lambda n: pod(volumes=[{"name": f"v{i}", "emptyDir": {}} for i in range(n // 35)]),
    "pod: tolerations": lambda n: pod(tolerations=[{"key": "a", "operator": "Exists"}] * (n // 36)),
    "pod: line breaks in pre-exec": lambda n: annotated("slurm-job.vk.io/pre-exec", "\n" * (n // 2)),
    "pod: flags": lambda n: annotated("slurm-job.vk.io/flags", "--exclude=n1 " * (n // 13)),
    "pod: bundled flags": lambda n: annotated("slurm-job.vk.io/flags", "-" + "O" * n),
    "pod: mounts": lambda n: annotated("slurm-job.vk.io/singularity-mounts", "--bind /a:/b " * (n // 13)),
    "pod: options": lambda n: annotated("slurm-job.vk.io/singularity-options", "--env A=b " * (n // 10)),
    "pod: annotations": lambda n: pod(metadata={"annotations": {f"slurm-job.vk.io/a{i}": "" for i in range(n // 30)}}),
    "yaml: block lines": lambda n: (YAML, "kind: Pod\nmetadata:\n" + "".join(f"  a{i}: x\n" for i in range(n // 11))),
    "yaml: flow brackets": lambda n: (YAML, "kind: Pod\na: " + "[" * n),
    "yaml: aliases": lambda n: (YAML, "kind: Pod\na: &a x\nb: [" + "*a ," * (n // 4) + "]"),
    "yaml: comments": lambda n: (YAML, "#\n" * (n // 2) + "kind: Pod"),
    "yaml: spaces": lambda n: (YAML, "kind: Pod\na:" + " " * n + "b"),
    "yaml: documents": lambda n: (YAML, "---\n" * (n // 4)),
}


def request(media_type, body):
    begin = time.monotonic()
    call = urllib.request.Request(API, body, {"Content-Type": media_type, "Connection": "close"})
    try:
        with urllib.request.urlopen(call, timeout=300) as answer:
            status, read = answer.status, len(answer.read())
    except urllib.error.HTTPError as refused:
        status, read = refused.code, len(refused.read())
    except (OSError, TimeoutError) as failure:
        status, read = type(failure).__name__, 0
    return status, time.monotonic() - begin, read


def slowest_liveness(work):
    """Runs the work and asks for liveness every 50 ms until it is done."""
    slowest, done = [0.0], threading.Event()

    def ask():
        while not done.is_set():
            begin = time.monotonic()
            urllib.request.urlopen(LIVENESS, timeout=300).read()
            slowest[0] = max(slowest[0], time.monotonic() - begin)
            time.sleep(0.05)

    asker = threading.Thread(target=ask)
    asker.start()
    result = work()
    done.set()
    asker.join()
    return result, slowest[0]


def main():
    clients = os.cpu_count() or 2
    print(f"{'':34}{'kB':>6}{'status':>8}{'s':>8}{'s/100 kB':>10}{'answer kB':>11}{'liveness s, ' + str(clients) + ' at once':>24}")
    slowest, latest = 0.0, 0.0
    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        for name, make in KINDS.items():
            for kilobytes in (10, 100, 1000):
                media_type, text = make(kilobytes * 1000)
                body = text.encode()
                request(media_type, body)
                status, seconds, read = request(media_type, body)

                def together():
                    return [f.result() for f in [pool.submit(request, media_type, body) for _ in range(clients)]]

                _, liveness = slowest_liveness(together)
                slowest, latest = max(slowest, seconds), max(latest, liveness)
                print(
                    f"{name:34}{len(body) // 1000:6}{status!s:>8}{seconds:8.3f}"
                    f"{seconds * 100_000 / len(body):10.3f}{read // 1000:11}{liveness:24.3f}",
                    flush=True,
                )
    print(f"slowest answer {slowest:.3f} s, slowest liveness {latest:.3f} s")


if __name__ == "__main__":
    main()
