#!/usr/bin/env bash
# small.sh DIRECTORY SIZE: mounts an empty file system of this size, in memory, on the directory. Needs root and Linux.
# small.sh [--check]: the exit status shows whether that is possible.
set -euo pipefail
if [ $# = 2 ]; then
  exec mount -t tmpfs -o "size=$2" tmpfs "$1"
fi
directory=$(mktemp -d)
trap 'rmdir "$directory"' EXIT
mount -t tmpfs -o size=1m tmpfs "$directory" || { echo "disk: needs root, and the right to mount" >&2; exit 1; }
umount "$directory"
