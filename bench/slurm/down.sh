#!/usr/bin/env bash
# down.sh DIR: kills what up.sh started in DIR, including its jobs, and removes DIR. No data in it needs an orderly
# shutdown.
set -euo pipefail
[ $# = 1 ] || { echo "usage: down.sh DIR" >&2; exit 2; }
cd "$1" 2>/dev/null || exit 0
dir=$PWD
cd /
python3 - "$dir" <<'PYTHON'
import os, signal, sys, time

folder = sys.argv[1]
DAEMONS = {"munged", "slurmctld", "slurmscriptd", "slurmd", "slurmstepd", "slurmrestd"}


def read(pid, name):
    try:
        with open(f"/proc/{pid}/{name}", "rb") as file:
            return file.read().decode(errors="replace")
    except OSError:
        return ""


def has_open(pid):
    try:
        for number in os.listdir(f"/proc/{pid}/fd"):
            if os.readlink(f"/proc/{pid}/fd/{number}").startswith(folder + "/"):
                return True
    except OSError:
        pass
    return False


def ours(pid, name):
    """A daemon that writes here, a job of this cluster, or the script that powers node2 up."""
    environment = read(pid, "environ").split("\0")
    here = f"SLURM_CONF={folder}/slurm.conf" in environment
    if name in DAEMONS:
        return here or has_open(pid)
    in_job = any(entry.startswith("SLURM_JOB_ID=") for entry in environment)
    return here and in_job or folder + "/resume" in read(pid, "cmdline").split("\0")


def processes():
    """All that are ours and whatever they started."""
    found, parents = set(), {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        stat = read(pid, "stat")
        if not stat:
            continue
        name, rest = stat[stat.index("(") + 1 : stat.rindex(")")], stat[stat.rindex(")") + 2 :].split()
        if rest[0] in "ZX":
            continue
        parents[pid] = rest[1]
        if ours(pid, name):
            found.add(pid)
    while grown := {pid for pid, parent in parents.items() if parent in found} - found:
        found |= grown
    return found - {str(os.getpid())}


for _ in range(100):
    left = processes()
    if not left:
        break
    for pid in left:
        try:
            os.kill(int(pid), signal.SIGKILL)
        except ProcessLookupError:
            pass
    time.sleep(0.02)
else:
    sys.exit(f"slurm: still alive in {folder}: {' '.join(sorted(left))}")
PYTHON
rm -rf "$dir"
