#!/usr/bin/env python3
"""check.py HOST:PORT FILE...: runs the `console` blocks of the documents, one after the other in one shell, against the
sandbox gateway there, and compares each output with the one that the document shows. Times, UUIDs and digests in ETags
may differ. In the documents the gateway is at localhost:8080."""

import pathlib
import re
import subprocess
import sys

root = pathlib.Path(__file__).resolve().parents[2]
DIFFERS = [
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"), "TIME"),
    (re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "UUID"),
    (re.compile(r"(?<=UUID\.)[0-9a-f]{16}"), "DIGEST"),
    (re.compile(r'(?<="remoteJobId": ")\d+'), "NUMBER"),
]


def comparable(text):
    for pattern, placeholder in DIFFERS:
        text = pattern.sub(placeholder, text)
    return text.strip().splitlines()


script, promises = ["exec 2>&1"], []
for name in sys.argv[2:]:
    document = (root / name).read_text().replace("localhost:8080", sys.argv[1])
    for block in re.findall(r"```console\n(.*?)```", document, re.S):
        for line in block.splitlines():
            if line.startswith("$ "):
                promises.append((name, [line[2:]], []))
            elif line.startswith("> ") and not promises[-1][2]:
                promises[-1][1].append(line[2:])
            else:
                promises[-1][2].append(line)
for number, (_, command, _) in enumerate(promises):
    script += [*command, f"printf '\\n@@{number}@@\\n'"]
output = subprocess.run(
    ["bash", "-c", "\n".join(script)], cwd=root, capture_output=True, text=True, check=False
).stdout
failures = 0
for number, (name, command, promised) in enumerate(promises):
    got, output = output.split(f"\n@@{number}@@\n", 1)
    if comparable(got) != comparable("\n".join(promised)):
        failures += 1
        print(f"{name}: $", "\n> ".join(command), "\npromised:", *promised, "\ngot:", got, sep="\n")
print(f"{len(promises)} commands, {failures} with another output than promised")
sys.exit(failures > 0 or not promises)
