"""What the chart makes of its values."""

import http.server
import json
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

from chart import CASES, CHART, PROMETHEUS, ROOT, TOOLS, Manifest, case, configuration, helm, only, render, run, text

GOLDEN = Path(__file__).parent / "golden"
# The files of the kinds that other projects define.
DEFINED_ELSEWHERE = {
    "ServiceMonitor": "prometheus-operator/monitoring.coreos.com_servicemonitors.yaml",
    "PrometheusRule": "prometheus-operator/monitoring.coreos.com_prometheusrules.yaml",
    "Certificate": "cert-manager/cert-manager.io_certificates.yaml",
    "HTTPRoute": "gateway-api/gateway.networking.k8s.io_httproutes.yaml",
}


@pytest.mark.parametrize("name", CASES)
def test_the_linter_has_nothing_to_say(name: str) -> None:
    result = helm("lint", "--strict", f"--values={CASES[name]}")

    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("name", CASES)
def test_a_rendering_is_as_it_was(name: str, update: bool) -> None:
    golden = GOLDEN / f"{name}.yaml"
    now = text(*case(name))
    if update:
        golden.write_text(now)

    assert now == golden.read_text(), "If this is meant: deploy/helm/check.sh --update"


def test_every_golden_rendering_has_its_case() -> None:
    assert {path.stem for path in GOLDEN.iterdir()} == set(CASES)


@pytest.mark.parametrize("version", ["1.35", "1.36", "1.37"])
@pytest.mark.parametrize("name", CASES)
def test_kubernetes_knows_every_field(name: str, version: str) -> None:
    for manifest in render(*case(name), f"--kube-version={version}"):
        if manifest["kind"] not in DEFINED_ELSEWHERE:
            assert kubernetes_validate.validate(manifest, version, strict=True).startswith(version)


def test_a_field_that_kubernetes_does_not_know_is_found() -> None:
    service = only(render(), "Service")
    service["spec"]["port"] = 80

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(service, "1.36", strict=True)


def schema_of(kind: str, version: str) -> dict[str, Any]:
    """The schema of a kind that another project defines. Fields that it does not name are refused."""
    definition = yaml.safe_load((TOOLS / "definitions" / DEFINED_ELSEWHERE[kind]).read_text())["spec"]
    schema: dict[str, Any]
    [schema] = [
        closed(item["schema"]["openAPIV3Schema"])
        for item in definition["versions"]
        if f"{definition['group']}/{item['name']}" == version
    ]
    return schema


def closed(schema: Any, inner: bool = False) -> Any:
    if isinstance(schema, list):
        return [closed(item, True) for item in schema]
    if isinstance(schema, str):
        # Python accepts flags only at the beginning of a regular expression.
        return schema.replace("^(?i)", "(?i)^")
    if not isinstance(schema, dict):
        return schema
    open_ended = schema.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in schema
    rest = {key: closed(value, True) for key, value in schema.items() if key != "properties"}
    if isinstance(fields := schema.get("properties"), dict):
        rest["properties"] = {name: closed(field, True) for name, field in fields.items()}
        if not inner:
            rest["properties"]["metadata"] = {"type": "object"}
        if schema.get("type") == "object" and not open_ended:
            rest["additionalProperties"] = False
    return rest


def test_the_other_projects_know_every_field() -> None:
    manifests = [item for item in render(*case("everything")) if item["kind"] in DEFINED_ELSEWHERE]

    assert {item["kind"] for item in manifests} == DEFINED_ELSEWHERE.keys()
    for item in manifests:
        schema = schema_of(item["kind"], item["apiVersion"])
        jsonschema.validate(item, schema)
        item["spec"]["unknown"] = True
        with pytest.raises(jsonschema.ValidationError, match="unknown"):
            jsonschema.validate(item, schema)


def test_a_cluster_without_the_prometheus_operator_gets_none_of_its_objects() -> None:
    values = {"serviceMonitor.enabled": True, "prometheusRule.enabled": True}

    assert render(values=values) == render()


def test_the_alerts_are_those_of_the_file() -> None:
    alerts = yaml.safe_load((CHART / "files/alerts.yaml").read_text())

    assert only(render(PROMETHEUS, values={"prometheusRule.enabled": True}), "PrometheusRule")["spec"] == alerts


def test_each_alert_says_what_to_do() -> None:
    groups = yaml.safe_load((CHART / "files/alerts.yaml").read_text())["groups"]
    names = [rule["alert"] for group in groups for rule in group["rules"]]
    runbook = (ROOT / "docs/operations/alerts.md").read_text()
    paragraphs = re.findall(r"^## (\w+)$\n(.*?)(?=^## |\Z)", runbook, re.MULTILINE | re.DOTALL)

    assert [name for name, _ in paragraphs] == names
    for _, paragraph in paragraphs:
        assert "* **Check:**" in paragraph
        assert "* **Do:**" in paragraph
    for rule in (rule for group in groups for rule in group["rules"]):
        assert rule["annotations"]["runbook"] == f"docs/operations/alerts.md#{rule['alert'].lower()}"


def test_the_dashboard_is_that_of_the_file() -> None:
    dashboard = only(render(values={"dashboard.enabled": True}), "ConfigMap", "interlink-gateway-dashboard")

    assert dashboard["metadata"]["labels"]["grafana_dashboard"] == "1"
    assert dashboard["data"] == {"interlink-gateway.json": (CHART / "files/dashboard.json").read_text()}


def test_a_changed_configuration_starts_new_pods() -> None:
    def template(**values: Any) -> Manifest:
        pods: Manifest = only(render(values=values), "Deployment")["spec"]["template"]
        return pods

    assert template(configuration={"gateway": {"log": {"heartbeat": "5s"}}}) != template()
    assert template(createWorkspaces=True) != template()
    # The replicas share what a node answers.
    assert template(replicas=3) != template()
    assert template(**{"dashboard.enabled": True}) == template()


def test_the_configuration_is_completed_by_what_has_values_of_its_own() -> None:
    issuers = [{"uri": "https://keycloak.example.org/realms/hpc", "any-audience": True}]
    manifests = render(
        values={
            "configuration": {"gateway": {"security": {"open-metrics": True}}, "logging": {"level": {"audit": "off"}}},
            "issuers": issuers,
            "createWorkspaces": True,
            "console": {"enabled": False},
        }
    )

    assert configuration(manifests) == {
        "gateway": {
            "security": {"open-metrics": True, "issuers": issuers},
            "namespaces": {"create-workspaces": True},
            "console": {"enabled": False},
        },
        "logging": {"level": {"audit": "off"}},
    }


def test_the_digest_is_used_instead_of_the_tag() -> None:
    digest = "sha256:" + "0" * 64
    manifests = render(values={"image": {"repository": "example.org/gateway", "tag": "1.0", "digest": digest}})

    assert only(manifests, "Deployment")["spec"]["template"]["spec"]["containers"][0]["image"] == (
        f"example.org/gateway@{digest}"
    )


def test_each_release_restricts_its_own_service_account() -> None:
    result = run(TOOLS / "bin/helm", "template", "second", CHART, "--namespace=other")
    policies = [item for item in yaml.safe_load_all(result.stdout) if item["kind"] == "ValidatingAdmissionPolicy"]

    assert {condition["expression"] for item in policies for condition in item["spec"]["matchConditions"]} == {
        'request.userInfo.username == "system:serviceaccount:other:second-interlink-gateway"'
    }


def test_the_versions_are_those_of_the_product() -> None:
    pom = (ROOT / "pom.xml").read_text()
    version = re.search(r"<artifactId>interlink-gateway</artifactId>\s*<version>([^<]+)</version>", pom)
    chart = yaml.safe_load((CHART / "Chart.yaml").read_text())

    assert version
    assert {chart["version"], chart["appVersion"]} == {version[1]}


def test_the_readme_shows_the_values(update: bool) -> None:
    result = run(TOOLS / "bin/helm-docs", "--chart-search-root", CHART, "--dry-run", "--sort-values-order=file")
    assert result.returncode == 0, result.stderr
    now = result.stdout.strip() + "\n"
    readme = CHART / "README.md"
    if update:
        readme.write_text(now)

    assert now == readme.read_text(), "Run deploy/helm/check.sh --update"
    assert not re.findall(r".*\|  \|$", now, re.MULTILINE), "values without a description"


def names(schema: dict[str, Any], prefix: str = "") -> Iterator[str]:
    """The names of all values that the schema allows."""
    for name, value in schema["properties"].items():
        yield from names(value, f"{prefix}{name}.") if "properties" in value else [prefix + name]


def leaves(values: dict[str, Any], allowed: set[str], prefix: str = "") -> Iterator[str]:
    for name, value in values.items():
        whole = prefix + name
        yield from [whole] if whole in allowed or not isinstance(value, dict) else leaves(value, allowed, f"{whole}.")


def test_every_value_that_the_schema_allows_has_its_default() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())
    defaults = yaml.safe_load((CHART / "values.yaml").read_text())
    # Helm itself sets `global`, if the chart is a part of another one.
    allowed = set(names(schema)) - {"global"}

    assert set(leaves(defaults, allowed)) == allowed


@pytest.mark.parametrize(
    ("values", "note"),
    [
        ({}, "It does not start"),
        ({}, "It has no workspaces"),
        ({"workspaces": ["hpc"]}, "kubectl label namespace hpc"),
        ({"ingress": {"enabled": True, "hosts": ["gateway.example.org"]}}, "https://gateway.example.org/"),
        ({"prometheusRule.enabled": True}, "no Prometheus operator"),
    ],
)
def test_the_notes_say_what_is_missing(values: dict[str, Any], note: str) -> None:
    result = helm("install", "--dry-run=client", values=values)
    assert result.returncode == 0, result.stderr

    assert note in result.stdout.partition("NOTES:")[2]


@contextmanager
def server(status: int, body: bytes) -> Iterator[tuple[int, list[str]]]:
    """An HTTP server on the returned port, and the names by which it was called."""
    hosts: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            hosts.append(self.headers["Host"])
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running.server_port, hosts
        running.shutdown()


@pytest.mark.parametrize(
    ("status", "body", "passed"),
    [
        (200, b'{"name":"interLink Gateway"}', True),
        (200, b'{"name":"another"}', False),
        (500, b'{"name":"interLink Gateway"}', False),
    ],
)
def test_the_test_pod_passes_if_the_gateway_responds(status: int, body: bytes, passed: bool) -> None:
    container = only(render(*case("everything")), "Pod", "interlink-gateway-test")["spec"]["containers"][0]
    with server(status, body) as (port, hosts):
        variables = {item["name"]: item["value"] for item in container["env"]}
        result = subprocess.run(
            container["command"],
            env=variables | {"PATH": "/usr/bin:/bin", "SERVICE": "127.0.0.1", "PORT": str(port)},
            check=False,
            timeout=60,
        )

    assert (result.returncode == 0) == passed
    assert hosts == ["gateway.example.org"]


def test_the_service_does_not_select_the_test_pod() -> None:
    manifests = render()
    selector = only(manifests, "Service")["spec"]["selector"]

    assert selector.items() <= only(manifests, "Deployment")["spec"]["template"]["metadata"]["labels"].items()
    assert not selector.items() <= only(manifests, "Pod", "interlink-gateway-test")["metadata"]["labels"].items()
