"""The cluster of the tests in test_cluster.py: a real API server, whose nodes are simulated by kwok."""

import json
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from chart import ROOT, TOOLS, Manifest

NAMESPACE = "interlink-gateway"
SERVICE_ACCOUNT = f"system:serviceaccount:{NAMESPACE}:interlink-gateway"
VIRTUAL_NODES = ["vega-new-vk", "leonardo-vk"]
BENCH = ROOT / "bench"
KUBERNETES = ROOT / ".cache/control-plane/bin"
# An ordinary node, on which kwok reports every pod as ready.
ORDINARY_NODE = {
    "apiVersion": "v1",
    "kind": "Node",
    "metadata": {
        "name": "ordinary",
        "labels": {
            "kubernetes.io/hostname": "ordinary",
            "kubernetes.io/os": "linux",
            "kubernetes.io/arch": "amd64",
            "topology.kubernetes.io/zone": "zone",
        },
    },
}


def await_that(what: str, condition: Callable[[], Any]) -> Any:
    """The first result of the condition that is true."""
    end = time.monotonic() + 120
    while not (result := condition()):
        assert time.monotonic() < end, f"not within 2 minutes: {what}"
        time.sleep(0.1)
    return result


def namespace(name: str, level: str) -> Manifest:
    labels = {"pod-security.kubernetes.io/enforce": level}
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


class Cluster:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.kubeconfig = folder / "kubeconfig"
        self._nodes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        subprocess.run([BENCH / "control-plane/up.sh", self.folder], check=True)
        self.kubectl("config", "set-context", "--current", f"--namespace={NAMESPACE}")
        for stages in [BENCH / "load/stages.yaml", Path(__file__).parent / "stages.yaml"]:
            self._simulate(stages)
        node = (BENCH / "load/node.yaml").read_text()
        self.apply(ORDINARY_NODE, *(yaml.safe_load(node.replace("NAME", name)) for name in VIRTUAL_NODES))
        self.kubectl("wait", "--for=condition=Ready", "node", "--all", "--timeout=2m")
        self.kubectl("apply", "--server-side", "--recursive", "-f", TOOLS / "definitions")
        self.kubectl("wait", "--for=condition=Established", "customresourcedefinitions", "--all", "--timeout=2m")

    def stop(self) -> None:
        for process in self._nodes:
            process.terminate()
            process.wait()
        subprocess.run([BENCH / "control-plane/down.sh", self.folder], check=True)

    def _simulate(self, stages: Path) -> None:
        log = self.folder / f"kwok-{len(self._nodes)}.log"
        with log.open("wb") as output:
            command = [KUBERNETES / "kwok", "--kubeconfig", self.kubeconfig, "--config", stages]
            self._nodes.append(subprocess.Popen(command, stdout=output, stderr=output))

    def attempt(self, *arguments: str | Path, objects: tuple[Manifest, ...] = ()) -> subprocess.CompletedProcess[str]:
        """Runs kubectl, in the gateway's namespace unless the arguments name another, with the objects as its input."""
        items = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
        command = [KUBERNETES / "kubectl", "--kubeconfig", self.kubeconfig, *arguments]
        return subprocess.run(command, input=items, capture_output=True, text=True, check=False)

    def kubectl(self, *arguments: str | Path, objects: tuple[Manifest, ...] = ()) -> str:
        result = self.attempt(*arguments, objects=objects)
        assert result.returncode == 0, result.stderr
        return result.stdout

    def apply(self, *objects: Manifest) -> None:
        self.kubectl("apply", "-f", "-", objects=objects)

    def get(self, kind: str, name: str, namespace: str = NAMESPACE) -> Manifest:
        found: Manifest = json.loads(self.kubectl("get", kind, name, f"--namespace={namespace}", "-o", "json"))
        return found
