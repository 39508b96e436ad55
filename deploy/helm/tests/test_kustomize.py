"""The chart and the folder `deploy` make the same objects.

Different are only what Helm needs to know its objects, by labels and annotations; the namespace, which Helm does not
make; the test pod; and the user in the conditions of admission policies: those of `deploy` name the service account in
any namespace, because kustomize can put it in another one and does not change expressions. kustomize also gives a
namespace to some kinds that have none, which the API server ignores, and puts variables and volumes of components
before the others.
"""

import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from chart import CASES, ROOT, Manifest, Values, load, render, run

KUBECTL = ROOT / ".cache/control-plane/bin/kubectl"
HELM_ONLY = {
    "app.kubernetes.io/instance",
    "app.kubernetes.io/version",
    "app.kubernetes.io/managed-by",
    "helm.sh/chart",
    "helm.sh/resource-policy",
    "checksum/configuration",
}
UNORDERED = {"env", "volumes", "volumeMounts"}
ANY_NAMESPACE = (
    'request.userInfo.username.startsWith("system:serviceaccount:") '
    '&& request.userInfo.username.endsWith(":interlink-gateway")'
)
THIS_NAMESPACE = 'request.userInfo.username == "system:serviceaccount:interlink-gateway:interlink-gateway"'


def kustomize(folder: Path, *components: str) -> list[Manifest]:
    """What `kubectl apply -k deploy` applies, after the components were added as the documents say."""
    shutil.copytree(ROOT / "deploy", folder, ignore=shutil.ignore_patterns("helm"))
    file = folder / "kustomization.yaml"
    content = yaml.safe_load(file.read_text())
    file.write_text(yaml.safe_dump(content | ({"components": list(components)} if components else {})))
    result = run(KUBECTL, "kustomize", folder)
    assert result.returncode == 0, result.stderr
    return load(result.stdout)


def plain(value: Any) -> Any:
    """Without what only Helm needs, without maps that are empty then, and with variables and volumes in one order."""
    if isinstance(value, dict):
        kept = {key: plain(item) for key, item in value.items() if key not in HELM_ONLY}
        for key in UNORDERED & kept.keys():
            kept[key].sort(key=lambda item: item["name"])
        return {key: item for key, item in kept.items() if item != {} or value[key] == {}}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return THIS_NAMESPACE if value == ANY_NAMESPACE else value


def comparable(manifests: list[Manifest]) -> dict[str, Manifest]:
    found = {}
    for manifest in plain(manifests):
        metadata = manifest["metadata"]
        if manifest["kind"].startswith(("Cluster", "ValidatingAdmissionPolicy")):
            metadata.pop("namespace", None)
        # In `deploy` only the objects that are selected by it have this label.
        metadata.pop("labels", None)
        if manifest["kind"] == "ConfigMap":
            manifest["data"] = {name: yaml.safe_load(text) for name, text in manifest["data"].items()}
        key = f"{manifest['kind']} {metadata.get('namespace', '')}/{metadata['name']}"
        assert key not in found
        found[key] = manifest
    return found


def by_the_chart(values: Values) -> dict[str, Manifest]:
    return comparable(
        render("--skip-tests", values=values | {"image": {"repository": "interlink-gateway", "tag": "latest"}})
    )


def by_kustomize(folder: Path, *components: str) -> dict[str, Manifest]:
    manifests = comparable(kustomize(folder, *components))
    del manifests["Namespace /interlink-gateway"]
    return manifests


@pytest.mark.parametrize(
    ("case", "components"),
    [("default", []), ("history-file", ["history-file"]), ("history-postgresql", ["history-postgresql"])],
)
def test_the_chart_makes_what_kustomize_makes(case: str, components: list[str], tmp_path: Path) -> None:
    chart = by_the_chart(yaml.safe_load(CASES[case].read_text()))

    kustomized = by_kustomize(tmp_path / "deploy", *components)
    assert chart.keys() == kustomized.keys()
    for key, manifest in chart.items():
        assert manifest == kustomized[key]


def test_the_chart_opens_workspaces_as_the_manifest_does() -> None:
    values = {"workspaces": ["hpc", "stars"]}
    manifests = load((ROOT / "deploy/workspace.yaml").read_text())
    opened: list[Manifest] = [
        manifest | {"metadata": manifest["metadata"] | {"namespace": workspace}}
        for workspace in values["workspaces"]
        for manifest in manifests
    ]

    assert by_the_chart(values) == by_the_chart({}) | comparable(opened)


def test_the_chart_allows_the_creation_of_workspaces_as_the_manifest_does() -> None:
    added = {
        key: manifest
        for key, manifest in by_the_chart({"createWorkspaces": True}).items()
        if manifest != by_the_chart({}).get(key)
    }

    configuration = added.pop("ConfigMap interlink-gateway/interlink-gateway")["data"]["application.yaml"]
    assert configuration["gateway"]["namespaces"] == {"create-workspaces": True}
    assert added == comparable(load((ROOT / "deploy/workspace-creation.yaml").read_text()))


def test_the_virtual_nodes_are_those_of_the_admission_policy() -> None:
    policy = by_the_chart({"virtualNodes": ["vega-vk", "leonardo-vk"]})[
        "ValidatingAdmissionPolicy /interlink-gateway-pods"
    ]

    assert policy["spec"]["variables"][0] == {"name": "nodes", "expression": '["vega-vk","leonardo-vk"]'}
