"""Values that the chart refuses, with messages that name the value."""

from typing import Any

import pytest

from chart import PROMETHEUS, helm

ISSUER = "https://keycloak.example.org/realms/hpc"


@pytest.mark.parametrize(
    ("values", "message"),
    [
        # Typing errors, at each level.
        ({"replica": 1}, "'replica' not allowed"),
        ({"image.tagg": "1"}, "'tagg' not allowed"),
        ({"history.postgresql.uri": "jdbc:postgresql://db/x"}, "'uri' not allowed"),
        ({"networkPolicy.apiServer.cidr": ["192.0.2.1/32"]}, "'cidr' not allowed"),
        ({"resources.request": {"cpu": 1}}, "'request' not allowed"),
        ({"issuers": [{"uri": ISSUER, "any-audience": True, "anyAudience": True}]}, "'anyAudience' not allowed"),
        # Passwords and tokens.
        ({"history.postgresql.password": "x"}, "'password' not allowed"),
        ({"configuration": {"spring": {"datasource": {"password": "x"}}}}, "/configuration/spring/datasource/password"),
        ({"configuration": {"spring.datasource.password": "x"}}, "/configuration/spring.datasource.password"),
        ({"configuration": {"list": [{"API_TOKEN": "x"}]}}, "/configuration/list/0/API_TOKEN"),
        ({"extraEnv": [{"name": "SPRING_DATASOURCE_PASSWORD", "value": "x"}]}, "/extraEnv/0/name"),
        ({"history.postgresql.url": "jdbc:postgresql://db/x?user=a&password=b"}, "/history/postgresql/url"),
        ({"history.postgresql.url": "jdbc:postgresql://a:b@db/x"}, "/history/postgresql/url"),
        # Images.
        ({"image.digest": "sha256:abc"}, "/image/digest"),
        ({"image.digest": "latest"}, "/image/digest"),
        ({"image.tag": "a tag"}, "/image/tag"),
        ({"image.tag": "1@sha256:abc"}, "/image/tag"),
        ({"image.repository": "example.org/gateway:1.0"}, "/image/repository"),
        ({"image.repository": ""}, "/image/repository"),
        ({"image.pullPolicy": "Sometimes"}, "/image/pullPolicy"),
        # Numbers and names.
        ({"replicas": -1}, "/replicas"),
        ({"replicas": "2"}, "/replicas"),
        ({"service.port": 0}, "/service/port"),
        ({"service.type": "ExternalName"}, "/service/type"),
        ({"resources.limits": {"memory": "lots"}}, "/resources/limits/memory"),
        ({"workspaces": ["Upper"]}, "/workspaces/0"),
        ({"workspaces": ["hpc", "hpc"]}, "/workspaces"),
        ({"virtualNodes": ['vega"]']}, "/virtualNodes/0"),
        ({"serviceAccount.name": 'x" || true || "'}, "/serviceAccount/name"),
        ({"fullnameOverride": "a" * 41}, "/fullnameOverride"),
        ({"serviceMonitor.interval": "soon"}, "/serviceMonitor/interval"),
        ({"networkPolicy.issuers.cidrs": ["keycloak.example.org"]}, "/networkPolicy/issuers/cidrs/0"),
        ({"ingress.hosts": ["https://gateway.example.org"]}, "/ingress/hosts/0"),
        ({"console.enabled": "no"}, "/console/enabled"),
        ({"extraObjects": [{"kind": "ConfigMap"}]}, "'apiVersion'"),
        # Issuers.
        ({"issuers": [{"uri": "http://keycloak.example.org", "any-audience": True}]}, "/issuers/0/uri"),
        ({"issuers": [{"uri": ISSUER}]}, "'audiences'"),
        ({"issuers": [{"uri": ISSUER, "audiences": ["a"], "any-audience": True}]}, "/issuers/0"),
        (
            {"issuers": [{"uri": ISSUER, "any-audience": True, "rules": [{"claim": "groups", "workspace": "hpc"}]}]},
            "/issuers/0/rules/0",
        ),
        # Values that do not fit together.
        ({"history.type": "file"}, "/replicas"),
        ({"history.type": "oracle"}, "/history/type"),
        ({"history.type": "postgresql"}, "/history/postgresql/url"),
        (
            {"history": {"type": "postgresql", "postgresql": {"url": "jdbc:postgresql://db/x"}}},
            "/history/postgresql/existingSecret",
        ),
        ({"serviceAccount.create": False}, "/serviceAccount/name"),
        ({"ingress.enabled": True}, "/ingress/hosts"),
        ({"httpRoute.enabled": True}, "/httpRoute/parentRefs"),
        ({"certificate.enabled": True}, "/certificate/issuerRef/name"),
        ({"certificate": {"enabled": True, "issuerRef": {"name": "x"}}}, "needs host names"),
        ({"networkPolicy.enabled": True}, "/networkPolicy/apiServer/cidrs"),
        ({"serviceMonitor.enabled": True}, "Prometheus needs an API token"),
        ({"createWorkspaces": True, "fullnameOverride": "gateway"}, "set fullnameOverride to interlink-gateway"),
        ({"createWorkspaces": True, "serviceAccount.name": "gateway"}, "set fullnameOverride to interlink-gateway"),
        ({"workspaces": ["interlink-gateway"]}, "can't be a workspace"),
        ({"configuration": {"gateway": {"security": {"issuers": [{"uri": ISSUER}]}}}}, "value issuers"),
        (
            {"configuration": {"gateway": {"namespaces": {"create-workspaces": True}}}},
            "value createWorkspaces",
        ),
        ({"configuration": {"gateway": {"console": {"enabled": False}}}}, "value console.enabled"),
        ({"configuration": {"gateway": "x"}}, "/configuration/gateway"),
    ],
    ids=str,
)
def test_a_bad_value_is_refused(values: dict[str, Any], message: str) -> None:
    result = helm("template", PROMETHEUS, values=values)

    assert result.returncode != 0
    assert message in result.stderr


def test_a_cluster_that_is_too_old_is_refused() -> None:
    result = helm("template", "--kube-version=1.29")

    assert result.returncode != 0
    assert "requires kubeVersion: >=1.30.0-0" in result.stderr
