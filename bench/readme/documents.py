#!/usr/bin/env python3
"""documents.py: checks the Markdown documents. Every relative link leads to a file and every anchor to a heading, every
path in `code` below one of the project's folders exists, as does every `package.Class` in CONTRIBUTING.md; every document in docs is linked from docs/index.md or from a
document that is, and each `js` and `python` block of docs/guide/portal.md is in the example that is run."""

import pathlib
import re
import subprocess
import sys
import unicodedata

root = pathlib.Path(__file__).resolve().parents[2]
listed = subprocess.run(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
    cwd=root, capture_output=True, text=True, check=True,
).stdout.split()
documents = {root / name: (root / name).read_text() for name in listed if not name.startswith("src/")}
FOLDERS = ("src/", "docs/", "bench/", "deploy/", "examples/", ".ci/", ".github/")
EXAMPLES = {"js": "examples/portal.mjs", "python": "examples/portal.py"}
failures = []


def without_blocks(text):
    return re.sub(r"^```.*?^```$", "", text, flags=re.S | re.M)


def anchors(text):
    """The anchors that GitHub gives to headings."""
    found, seen = set(), {}
    for heading in re.findall(r"^#{1,6} +(.+)$", without_blocks(text), re.M):
        heading = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", heading).strip().lower()
        anchor = "".join(
            "-" if letter == " " else letter
            for letter in heading
            if letter in " -_" or unicodedata.category(letter)[0] in "LN"
        )
        count = seen[anchor] = seen.get(anchor, -1) + 1
        found.add(f"{anchor}-{count}" if count else anchor)
    return found


for package, name in re.findall(r"`([a-z.]+)\.([A-Z]\w+)`", documents[root / "CONTRIBUTING.md"]):
    if not (root / "src/main/java/io/interlinkgateway" / package.replace(".", "/") / f"{name}.java").exists():
        failures.append(f"CONTRIBUTING.md: there is no {package}.{name}")

reached, linked = [root / "docs/index.md"], {}
for document, text in documents.items():
    plain = without_blocks(text)
    linked[document] = set()
    for link in re.findall(r"\]\(([^)\s]+)\)", re.sub(r"`[^`\n]*`", "", plain)):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        linked[document].add(target)
        if not target.exists():
            failures.append(f"{document.relative_to(root)}: nothing is at {link}")
        elif anchor and anchor not in anchors(documents.get(target, "")):
            failures.append(f"{document.relative_to(root)}: no heading for {link}")
    for code in re.findall(r"`([^`\s][^`\n]*)`", plain):
        path = code.split()[0].split("#")[0]
        if path.startswith(FOLDERS) and not re.search(r"[*{<…]", path) and not (root / path).exists():
            failures.append(f"{document.relative_to(root)}: there is no {path}")

for document in reached:
    reached += [target for target in linked.get(document, ()) if target in documents and target not in reached]
for document in documents:
    if root / "docs" in document.parents and document not in reached:
        failures.append(f"{document.relative_to(root)}: docs/index.md does not lead to it")

for language, example in EXAMPLES.items():
    code = (root / example).read_text()
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", documents[root / "docs/guide/portal.md"], re.S | re.M)
    failures += [f"docs/guide/portal.md: not in {example}:\n{block}" for block in blocks if block not in code]
    if not blocks:
        failures.append(f"docs/guide/portal.md: no block of {language}")

print(*failures, f"{len(documents)} documents, {len(failures)} failures", sep="\n")
sys.exit(bool(failures))
