#!/usr/bin/env python3
"""check.py HOST:PORT: runs the README's tour against the gateway there, and compares each output with the promised one."""

import pathlib
import re
import subprocess
import sys

root = pathlib.Path(__file__).resolve().parents[2]
readme = (root / "README.md").read_text().replace("localhost:8080", sys.argv[1])
blocks = re.findall(r"```console\n(.*?)```", readme, re.S)
script, promises = ["exec 2>&1"], []
for block in blocks:
    command = None
    for line in block.splitlines():
        if line.startswith("$ "):
            command = [line[2:]]
            promises.append((command, []))
        elif line.startswith("> ") and not promises[-1][1]:
            command.append(line[2:])
        else:
            promises[-1][1].append(line)
for number, (command, _) in enumerate(promises):
    script += [*command, f"printf '\\n@@{number}@@\\n'"]
output = subprocess.run(
    ["bash", "-c", "\n".join(script)], cwd=root, capture_output=True, text=True, check=False
).stdout
failures = 0
for number, (command, promised) in enumerate(promises):
    got, output = output.split(f"\n@@{number}@@\n", 1)
    if got.strip().splitlines() != [line for line in promised]:
        failures += 1
        print("$", "\n> ".join(command), "\npromised:", *promised, "\ngot:", got, sep="\n")
print(f"{len(promises)} commands, {failures} with another output than promised")
sys.exit(failures > 0)
