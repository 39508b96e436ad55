"""The chart on a real API server, and the packaged gateway with the permissions and the configuration that the chart
made there. cluster-check.sh runs these tests."""

import base64
import json
import os
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from chart import CASES, CHART, ROOT, TOOLS, Manifest, Values, case, only, render, run
from cluster import NAMESPACE, SERVICE_ACCOUNT, VIRTUAL_NODES, Cluster, await_that, namespace

NODE, FORBIDDEN_NODE = VIRTUAL_NODES
WORKSPACE = "group-stars"
CLOSED = "closed"
AS_THE_GATEWAY = f"--as={SERVICE_ACCOUNT}"
IN_WORKSPACE = f"--namespace={WORKSPACE}"
TO_WORKSPACE = f"workspace={WORKSPACE}"
VALUES: Values = {
    "fullnameOverride": "interlink-gateway",
    "replicas": 1,
    "configuration": {"gateway": {"security": {"mode": "open"}}},
    "workspaces": [WORKSPACE],
    "virtualNodes": [NODE],
    "createWorkspaces": True,
    "history": {"type": "file"},
}
Key = tuple[str, str, str]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    started = Cluster(tmp_path_factory.mktemp("cluster"))
    try:
        started.start()
        # The workspaces enforce nothing here, so that what is refused is refused by the chart's policies.
        started.apply(
            namespace(NAMESPACE, "restricted"),
            *(namespace(name, "privileged") for name in [WORKSPACE, "vo-example", CLOSED]),
            {"apiVersion": "scheduling.k8s.io/v1", "kind": "PriorityClass", "metadata": {"name": "services"}, "value": 9},
            {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "another", "namespace": WORKSPACE}},
            {
                "apiVersion": "v1",
                "kind": "PersistentVolume",
                "metadata": {"name": "disk"},
                "spec": {
                    "capacity": {"storage": "20Gi"},
                    "accessModes": ["ReadWriteOnce"],
                    "hostPath": {"path": "/nowhere"},
                },
            },
        )
        yield started
    finally:
        started.stop()


def helm(cluster: Cluster, command: str, *options: str | Path) -> None:
    release = ["interlink-gateway", f"--namespace={NAMESPACE}", f"--kubeconfig={cluster.kubeconfig}"]
    result = run(TOOLS / "bin/helm", command, *release, *options)
    assert result.returncode == 0, result.stdout + result.stderr


def key(manifest: Manifest) -> Key:
    metadata = manifest["metadata"]
    return manifest["kind"], metadata.get("namespace", NAMESPACE), metadata["name"]


def rendered(name: str) -> dict[Key, Manifest]:
    """The objects of a case, without the pod of `helm test`."""
    manifests = render(*case(name))
    return {key(item): item for item in manifests if "helm.sh/hook" not in item["metadata"].get("annotations", {})}


def existing(cluster: Cluster, manifests: dict[Key, Manifest]) -> set[Key]:
    objects = tuple(manifests.values())
    found = cluster.kubectl("get", "-f", "-", "--ignore-not-found", "-o", "json", objects=objects)
    return {key(item) for item in json.loads(found)["items"]} if found else set()


def names(deployment: Manifest) -> dict[str, list[str]]:
    pod = deployment["spec"]["template"]["spec"]
    container = pod["containers"][0]
    return {
        "environment": [item["name"] for item in container["env"]],
        "mounts": [item["name"] for item in container["volumeMounts"]],
        "volumes": [item["name"] for item in pod["volumes"]],
    }


def test_a_release_is_installed_upgraded_rolled_back_and_uninstalled(cluster: Cluster) -> None:
    cases = {name: rendered(name) for name in ["default", "history-file", "everything"]}
    everything = {key: item for manifests in cases.values() for key, item in manifests.items()}
    claim = ("PersistentVolumeClaim", NAMESPACE, "interlink-gateway-history")
    kept: set[Key] = set()

    def has_the_objects_of(name: str) -> None:
        # Its pods are admitted and become ready.
        cluster.kubectl("rollout", "status", "deployment/interlink-gateway", "--timeout=2m")
        wanted = only(list(cases[name].values()), "Deployment")
        live = cluster.get("deployment", "interlink-gateway")
        assert live["status"]["readyReplicas"] == live["status"]["replicas"] == wanted["spec"]["replicas"]
        assert live["spec"]["strategy"] == wanted["spec"]["strategy"]
        assert names(live) == names(wanted)
        assert existing(cluster, everything) == cases[name].keys() | kept

    helm(cluster, "install", CHART, f"--values={CASES['default']}")
    has_the_objects_of("default")
    helm(cluster, "upgrade", CHART, f"--values={CASES['history-file']}")
    kept.add(claim)
    has_the_objects_of("history-file")
    helm(cluster, "rollback", "1")
    has_the_objects_of("default")
    helm(cluster, "upgrade", CHART, f"--values={CASES['everything']}")
    has_the_objects_of("everything")
    helm(cluster, "uninstall", "--wait")
    assert existing(cluster, everything) == kept


@pytest.fixture(scope="module")
def release(cluster: Cluster) -> Cluster:
    """With the claim that an uninstalled release has left."""
    values = [f"--set-json={name}={json.dumps(value)}" for name, value in VALUES.items()]
    helm(cluster, "upgrade", CHART, "--install", *values)
    cluster.kubectl("rollout", "status", "deployment/interlink-gateway", "--timeout=2m")
    token = {"name": "awaited", "annotations": {"kubernetes.io/service-account.name": "default"}}
    secret = {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/service-account-token", "metadata": token}
    # The API server applies new policies after some time.
    await_that(
        "policies are applied",
        lambda: "'interlink-gateway-secrets'" in refusal(cluster, secret, IN_WORKSPACE, AS_THE_GATEWAY),
    )
    return cluster


def refusal(cluster: Cluster, manifest: Manifest, *options: str) -> str:
    """Why the object may not be created; empty if it may."""
    result = cluster.attempt("create", "-f", "-", "--dry-run=server", *options, objects=(manifest,))
    return result.stderr if result.returncode else ""


def pod(**specification: Any) -> Manifest:
    fields = {
        "nodeSelector": {"kubernetes.io/hostname": NODE},
        "automountServiceAccountToken": False,
        "containers": [{"name": "main", "image": "busybox"}],
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "job"}, "spec": fields | specification}


def test_pods_that_are_not_restricted_are_refused_beside_the_gateway(cluster: Cluster) -> None:
    assert "restricted" in refusal(cluster, pod())


def test_the_pod_of_a_job_is_admitted(release: Cluster) -> None:
    assert not refusal(release, pod(), IN_WORKSPACE, AS_THE_GATEWAY)


@pytest.mark.parametrize(
    "specification",
    [
        {"hostNetwork": True},
        {"nodeName": NODE},
        {"nodeSelector": {"kubernetes.io/hostname": FORBIDDEN_NODE}},
        {"serviceAccountName": "another"},
        {"automountServiceAccountToken": True},
        {"volumes": [{"name": "root", "hostPath": {"path": "/"}}]},
        {"containers": [{"name": "main", "image": "busybox", "securityContext": {"privileged": True}}]},
    ],
    ids=str,
)
def test_a_forbidden_pod_is_refused(release: Cluster, specification: Values) -> None:
    assert "'interlink-gateway-pods'" in refusal(release, pod(**specification), IN_WORKSPACE, AS_THE_GATEWAY)


def test_others_are_not_restricted(release: Cluster) -> None:
    assert not refusal(release, pod(hostNetwork=True), IN_WORKSPACE)


def test_a_pod_is_not_changed(release: Cluster) -> None:
    release.kubectl("create", IN_WORKSPACE, "-f", "-", objects=(pod(),))
    patch = ["patch", "pod", "job", IN_WORKSPACE, AS_THE_GATEWAY, "--type=merge", "--dry-run=server"]
    try:
        record = release.attempt(*patch, '--patch={"metadata":{"annotations":{"interlink-gateway.io/job-record":"x"}}}')
        label = release.attempt(*patch, '--patch={"metadata":{"labels":{"other":"x"}}}')
    finally:
        release.kubectl("delete", "pod", "job", IN_WORKSPACE)

    assert record.returncode == 0, record.stderr
    assert "'interlink-gateway-pod-changes'" in label.stderr


def test_only_its_own_kind_of_namespaces_is_created(release: Cluster) -> None:
    own = namespace("group-moon", "baseline")
    own["metadata"]["labels"]["app.kubernetes.io/managed-by"] = "interlink-gateway"

    assert not refusal(release, own, AS_THE_GATEWAY)
    assert "'interlink-gateway-workspace-creation'" in refusal(release, namespace("group-moon", "baseline"), AS_THE_GATEWAY)


def permissions(cluster: Cluster, user: str, namespace: str) -> set[tuple[str, str, str, str]]:
    """Group, resource, name (`*` for all) and verb of all that the user may do there, as `kubectl auth can-i --list`."""
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectRulesReview",
        "spec": {"namespace": namespace},
    }
    # Items of a list are printed one after the other, and this is one.
    answer = json.loads(cluster.kubectl("create", "-f", "-", "-o", "json", f"--as={user}", objects=(review,)))
    assert not answer["status"]["incomplete"]
    return {
        (group, resource, name, verb)
        for rule in answer["status"]["resourceRules"]
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for name in rule.get("resourceNames", ["*"])
        for verb in rule["verbs"]
    }


def granted(resource: str, verbs: str, group: str = "", name: str = "*") -> set[tuple[str, str, str, str]]:
    return {(group, resource, name, verb) for verb in verbs.split()}


def test_permissions_end_at_the_workspaces(release: Cluster) -> None:
    rbac = "rbac.authorization.k8s.io"
    anywhere = (
        granted("nodes", "get list watch")
        | granted("namespaces", "get create")
        | granted("resourcequotas", "create")
        | granted("rolebindings", "create", rbac)
        | granted("clusterroles", "bind", rbac, "interlink-gateway-workspace")
    )
    workspace = (
        granted("pods", "get list watch create delete patch")
        | granted("pods/log", "get")
        | granted("events", "get create")
        | granted("secrets", "get list create update delete")
        | granted("configmaps", "get")
    )
    more = {WORKSPACE: workspace, NAMESPACE: granted("secrets", "get list create delete")}

    for place in [WORKSPACE, NAMESPACE, "vo-example", CLOSED, "default", "kube-system"]:
        # What every service account may do is not the chart's.
        own = permissions(release, SERVICE_ACCOUNT, place) - permissions(
            release, f"system:serviceaccount:{CLOSED}:default", place
        )
        assert own == anywhere | more.get(place, set()), place


class Gateway:
    """The packaged gateway as the container of the Deployment in the cluster: with its variables, its files and its
    service account, but on free ports of this machine."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        self._folder = folder
        container = cluster.get("deployment", "interlink-gateway")["spec"]["template"]["spec"]["containers"][0]
        mounts = {item["name"]: item["mountPath"] for item in container["volumeMounts"]}
        assert mounts["configuration"] == "/app/config"
        for name, content in cluster.get("configmap", "interlink-gateway")["data"].items():
            (folder / "config").mkdir(exist_ok=True)
            (folder / "config" / name).write_text(content)
        variables = {
            item["name"]: item["value"] if "value" in item else NAMESPACE
            for item in container["env"]
            if "value" in item or item["valueFrom"]["fieldRef"]["fieldPath"] == "metadata.namespace"
        }
        assert len(variables) == len(container["env"])
        assert variables["GATEWAY_HISTORY_DIRECTORY"] == mounts["history"]
        with socket.create_server(("127.0.0.1", 0)) as first, socket.create_server(("127.0.0.1", 0)) as second:
            self._port, self._management = first.getsockname()[1], second.getsockname()[1]
        variables |= {
            "GATEWAY_HISTORY_DIRECTORY": str(folder / "history"),
            "KUBECONFIG": str(self._kubeconfig(cluster)),
            "MANAGEMENT_SERVER_PORT": str(self._management),
            "SERVER_ADDRESS": "127.0.0.1",
            "SERVER_PORT": str(self._port),
            "SPRING_PROFILES_ACTIVE": "kubernetes",
        }
        java = Path(run(ROOT / "bench/jdk.sh").stdout.strip()) / "bin/java"
        command = [java, f"@{ROOT}/bench/image/jvm.options", "-jar", Path(os.environ["GATEWAY_JAR"]).resolve()]
        with (folder / "log").open("wb") as log:
            self._process = subprocess.Popen(command, cwd=folder, env=variables, stdout=log, stderr=log)

    def _kubeconfig(self, cluster: Cluster) -> Path:
        content = yaml.safe_load(cluster.kubeconfig.read_text())
        token = cluster.kubectl("create", "token", "interlink-gateway").strip()
        content["users"][0]["user"] = {"token": token}
        file = self._folder / "kubeconfig"
        file.write_text(yaml.safe_dump(content))
        return file

    def is_ready(self) -> bool:
        assert self._process.poll() is None, (self._folder / "log").read_text()
        try:
            return self._request(self._management, "GET", "/actuator/health/readiness", None)[0] == 200
        except urllib.error.URLError:
            return False

    def request(self, method: str, path: str, body: Values | None = None) -> tuple[int, Any]:
        """The status and the document of a response."""
        return self._request(self._port, method, f"/api/v1{path}", body)

    @staticmethod
    def _request(port: int, method: str, path: str, body: Values | None) -> tuple[int, Any]:
        request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", method=method)
        if body is not None:
            request.add_header("Content-Type", "application/json")
            request.data = json.dumps(body).encode()
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                status, content = response.status, response.read()
        except urllib.error.HTTPError as problem:
            status, content = problem.code, problem.read()
        return status, json.loads(content) if content else None

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()


@pytest.fixture(scope="module")
def gateway(release: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    started = Gateway(release, tmp_path_factory.mktemp("gateway"))
    try:
        await_that("readiness", started.is_ready)
        yield started
    finally:
        started.stop()


def job(name: str, node: str = NODE) -> Values:
    return {"name": name, "node": node, "image": "/images/busybox.sif", "command": ["true"]}


def test_a_job_is_submitted_listed_and_deleted(gateway: Gateway, release: Cluster) -> None:
    status, submitted = gateway.request("POST", f"/jobs?{TO_WORKSPACE}", job("hello"))
    assert status == 201, submitted

    def seen() -> Any:
        status, found = gateway.request("GET", f"/jobs/hello?{TO_WORKSPACE}")
        assert status == 200, found
        return found if "remoteJobId" in found else None

    assert await_that("the HPC's id of the job", seen)["remoteJobId"] == "4711"
    assert release.get("pod", "hello", WORKSPACE)["spec"]["nodeName"] == NODE
    status, page = gateway.request("GET", f"/jobs?{TO_WORKSPACE}")
    assert (status, [item["name"] for item in page["items"]]) == (200, ["hello"])

    status, deleted = gateway.request("DELETE", f"/jobs/hello?{TO_WORKSPACE}")
    assert status in {200, 202, 204}, deleted
    await_that("the job is gone", lambda: gateway.request("GET", f"/jobs/hello?{TO_WORKSPACE}")[0] == 404)
    assert release.attempt("get", "pod", "hello", IN_WORKSPACE).returncode == 1


def test_a_namespace_that_is_no_workspace_is_out_of_reach(gateway: Gateway) -> None:
    status, problem = gateway.request("POST", f"/jobs?workspace={CLOSED}", job("hello"))

    assert (status, problem["type"]) == (502, "/problems/cluster-refused"), problem


def test_a_node_that_the_values_do_not_name_is_out_of_reach(gateway: Gateway) -> None:
    status, problem = gateway.request("POST", f"/jobs?{TO_WORKSPACE}", job("hello", FORBIDDEN_NODE))

    assert status == 422, problem
    assert "'interlink-gateway-pods'" in problem["detail"]
