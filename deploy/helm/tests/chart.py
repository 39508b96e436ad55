"""The chart's renderings by the real Helm."""

import json
import subprocess
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[3]
CHART = ROOT / "deploy/helm/interlink-gateway"
CASES = {path.stem: path for path in sorted((Path(__file__).parent / "cases").glob("*.yaml"))}
TOOLS = ROOT / ".cache/helm"
PROMETHEUS = "--api-versions=monitoring.coreos.com/v1"

Values = dict[str, Any]
Manifest = dict[str, Any]


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)


def helm(command: str, *options: str | Path, values: Values | None = None) -> subprocess.CompletedProcess[str]:
    """Runs a command of Helm on the chart, as the release `interlink-gateway` in the namespace of that name."""
    release = [] if command == "lint" else ["interlink-gateway"]
    arguments = ["--namespace=interlink-gateway", *options]
    if values:
        arguments += [f"--set-json={name}={json.dumps(value)}" for name, value in values.items()]
    return run(TOOLS / "bin/helm", command, *release, CHART, *arguments)


def text(*options: str | Path, values: Values | None = None) -> str:
    result = helm("template", *options, values=values)
    assert result.returncode == 0, result.stderr
    return result.stdout


def render(*options: str | Path, values: Values | None = None) -> list[Manifest]:
    return load(text(*options, values=values))


def case(name: str) -> list[str]:
    """The options that render a case, in a cluster with the Prometheus operator."""
    return [f"--values={CASES[name]}", PROMETHEUS]


def load(documents: str) -> list[Manifest]:
    return [document for document in yaml.safe_load_all(documents) if document]


def only(manifests: list[Manifest], kind: str, name: str = "interlink-gateway") -> Manifest:
    [manifest] = [item for item in manifests if item["kind"] == kind and item["metadata"]["name"] == name]
    return manifest


def configuration(manifests: list[Manifest]) -> Values:
    found: Values = yaml.safe_load(only(manifests, "ConfigMap")["data"]["application.yaml"])
    return found
