#!/usr/bin/env python3
"""artifacts.py FOLDER [TAG]: checks what a release publishes, and writes FOLDER/SHA256SUMS. All versions are that of
pom.xml; with a TAG, it is that of the tag, and the changelog has it. The jar has its bill of materials, which names each
of its libraries."""

import hashlib
import json
import pathlib
import re
import sys
import zipfile

root = pathlib.Path(__file__).resolve().parents[2]
folder = pathlib.Path(sys.argv[1])
tag = sys.argv[2] if len(sys.argv) > 2 else None
version = re.search(r"<artifactId>interlink-gateway</artifactId>\s*<version>([^<]+)<", (root / "pom.xml").read_text())[1]
python = version.replace("-SNAPSHOT", ".dev0")
expected = {
    f"interlink-gateway-{version}.jar",
    f"interlink-gateway-{version}.tgz",
    f"interlink_gateway-{python}-py3-none-any.whl",
    f"interlink_gateway-{python}.tar.gz",
}
failures = []


def check(condition, failure):
    if not condition:
        failures.append(failure)


found = {file.name for file in folder.iterdir()} - {"SHA256SUMS"}
check(found == expected, f"found {sorted(found)}, expected {sorted(expected)}")
if tag:
    check(tag == f"v{version}", f"the tag is {tag}, the version {version}")
    changelog = (root / "CHANGELOG.md").read_text()
    check(re.search(rf"^## \[{re.escape(version)}\] - \d{{4}}-\d\d-\d\d$", changelog, re.M), "no entry in CHANGELOG.md")

with zipfile.ZipFile(folder / f"interlink-gateway-{version}.jar") as jar:
    libraries = {pathlib.PurePath(name).stem for name in jar.namelist() if re.match(r"BOOT-INF/lib/.+\.jar$", name)}
    bill = json.loads(jar.read("META-INF/sbom/application.cdx.json"))
check(bill["metadata"]["component"]["version"] == version, "the bill of materials is that of another version")
listed = {f"{part['name']}-{part['version']}" for part in bill["components"]}
check(libraries, "the jar has no libraries")
# Spring Boot's plugin adds this one after the bill was made.
libraries = {library for library in libraries if not library.startswith("spring-boot-jarmode-tools-")}
missing = {library for library in libraries if not any(library.startswith(part) for part in listed)}
check(not missing, f"not in the bill of materials: {sorted(missing)}")

sums = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}" for name in sorted(found)]
(folder / "SHA256SUMS").write_text("\n".join(sums) + "\n")
print(*sums, f"{len(libraries)} libraries, {len(listed)} parts in the bill of materials", *failures, sep="\n")
sys.exit(bool(failures))
