#!/usr/bin/env python3
"""An upgrade of the gateway under load, and the way back.

run.py --dir DIR --old JAR --old-configuration FILE --new JAR

DIR has what bench/replicas/up.sh started; FILE is docs/reference/configuration.md of the old version. For each kind of
database, one gateway is stopped and the other version is started on the same port, database and API server, as the
upgrade notes in CHANGELOG.md say: with the keys that their table renames. Clients submit, list and read jobs and follow
events and logs during that (bench/replicas/load.py), and at the end nothing may be missing. Ends with 1 if something
does not hold.
"""
import argparse
import os
import pathlib
import re
import subprocess
import time

from load import Load
from replicas import ROOT, PodShutdown, Replica

# Seconds of load before and after the change.
BETWEEN = 12
RENAMED = re.compile(r"\| `(gateway\.[a-z.-]+)` \| `(gateway\.[a-z.-]+)`")
DOCUMENTED = re.compile(r"\| `(gateway\.[a-z.-]+)` \| [^|]+ \| `([^`]+)` \|")


class Upgrade:
    def __init__(self, options) -> None:
        self.directory, self.old_jar, self.new_jar = options.dir, options.old, options.new
        self.broken = False
        self.renamed = renamed = dict(RENAMED.findall((ROOT / "CHANGELOG.md").read_text()))
        defaults = dict(DOCUMENTED.findall(options.old_configuration.read_text()))
        # Those that the old version has, with its defaults.
        old = {key: value for key, value in defaults.items() if key in renamed}
        self.old_keys = [f"--{key}={value}" for key, value in old.items()]
        self.new_keys = [f"--{renamed[key]}={value}" for key, value in old.items()]
        print("old keys of this revision:", *old or ["none"])

    def check(self, holds: bool, what: str) -> None:
        print(what if holds else f"BROKEN: {what}")
        self.broken |= not holds

    def refuses_old_keys(self) -> None:
        started = subprocess.run(
            [f"{os.environ['JAVA_HOME']}/bin/java", "-jar", self.new_jar, "--server.port=0",
             *(f"--{key}=1" for key in self.renamed)], stdout=subprocess.PIPE, text=True, timeout=240)
        # It stops at the first one.
        named = [key for key in self.renamed.values() if f"renamed to {key}." in started.stdout]
        self.check(started.returncode != 0 and bool(named),
                   f"the new version refuses old keys, and names the present one: {named}")

    def change(self, name: str, database: list[str]) -> None:
        """The upgrade, and then the way back."""
        common = ["--gateway.security.mode=open", *database]
        old = Replica(self.directory, f"{name}-old", self.old_jar, self.old_keys + common)
        new = Replica(self.directory, f"{name}-new", self.new_jar, self.new_keys + common)
        new.port = old.port
        try:
            old.start()
            old.await_ready()
            for step, before, after in (("upgrade", old, new), ("rollback", new, old)):
                load = Load(old.url, self.directory, f"{name}-{step}")
                load.start()
                time.sleep(BETWEEN)
                before.terminate(PodShutdown().grace)
                away = time.monotonic()
                after.start()
                after.await_ready()
                print(f"{name}, {step}: {time.monotonic() - away:.0f} s without a gateway")
                time.sleep(BETWEEN)
                load.stop()
                load.verify()
                load.print()
                self.broken |= bool(load.violations)
        finally:
            old.kill()
            new.kill()


def main() -> None:
    parser = argparse.ArgumentParser()
    for option in "dir", "old", "old-configuration", "new":
        parser.add_argument(f"--{option}", type=pathlib.Path, required=True)
    options = parser.parse_args()
    upgrade = Upgrade(options)
    upgrade.refuses_old_keys()
    url = (options.dir / "postgresql.url").read_text().strip()
    upgrade.change("postgresql", [f"--spring.datasource.url={url}", "--spring.datasource.username=postgres"])
    upgrade.change("h2", [f"--gateway.history.directory={options.dir}/h2"])
    raise SystemExit(upgrade.broken)


if __name__ == "__main__":
    main()
