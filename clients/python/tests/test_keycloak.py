"""Login at a real Keycloak, and requests to a gateway that trusts it. Needs what bench/keycloak/install.sh installs."""

from __future__ import annotations

import html
import re
import subprocess
import threading
from collections.abc import Iterator
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from urllib.parse import urlencode, urljoin, urlsplit
from urllib.request import HTTPCookieProcessor, build_opener

import pytest

from gateway_process import GatewayProcess
from interlink_gateway import Gateway, errors
from interlink_gateway.config import LoginSettings
from interlink_gateway.login import DevicePrompt, Flow, _store, log_in, log_out
from requirements import missing

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    if not (ROOT / ".cache" / "keycloak" / "stamp").exists():
        missing("bench/keycloak/install.sh has not installed Keycloak")
    folder = tmp_path_factory.mktemp("keycloak") / "server"
    bench = ROOT / "bench" / "keycloak"
    try:
        # Keycloak takes any port of a loopback address that is registered without one (RFC 8252).
        subprocess.run([bench / "up.sh", folder, "http://127.0.0.1/callback"], check=True)
        yield (folder / "issuer").read_text().strip()
    finally:
        subprocess.run([bench / "down.sh", folder], check=True)


@pytest.fixture(scope="module")
def guarded(jar: Path, issuer: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    rules = "--gateway.security.issuers[0]"
    gateway = GatewayProcess(
        jar,
        tmp_path_factory.mktemp("guarded") / "log",
        "--gateway.security.mode=authenticated",
        f"{rules}.uri={issuer}",
        f"{rules}.audiences=interlink-gateway-api",
        f"{rules}.rules[0].claim=groups",
        f"{rules}.rules[0].value=/astronomers",
        f"{rules}.rules[0].workspace=default",
    )
    gateway.start()
    yield gateway
    gateway.stop()


class Browser:
    """Follows pages and fills in their forms, as ada does."""

    def __init__(self) -> None:
        # Like a browser, it trusts this machine with secure cookies.
        policy = DefaultCookiePolicy(secure_protocols=("http", "https"))
        self._opener = build_opener(HTTPCookieProcessor(CookieJar(policy)))

    def log_in(self, address: str) -> None:
        page = self._open(address)
        page = self._submit(page, {"username": "ada", "password": "ada", "credentialId": ""})
        if 'name="accept"' in page[1]:
            self._submit(page, {"accept": "Yes"})

    def _open(self, address: str, fields: dict[str, str] | None = None) -> tuple[str, str]:
        data = urlencode(fields).encode() if fields is not None else None
        with self._opener.open(address, data) as response:
            return response.url, response.read().decode()

    def _submit(self, page: tuple[str, str], fields: dict[str, str]) -> tuple[str, str]:
        address, text = page
        form = re.search(r'<form[^>]*action="([^"]+)"[^>]*>(.*?)</form>', text, re.DOTALL)
        assert form, text[:2000]
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[2]))
        return self._open(urljoin(address, html.unescape(form[1])), {**hidden, **fields})


def use(guarded: GatewayProcess) -> None:
    """The login is enough for everything, is renewed, and ends with the logout."""
    with Gateway(guarded.url) as gateway:
        assert [workspace.name for workspace in gateway.workspaces()] == ["default"]
        job = gateway.submit(node="sandbox", image="/a.sif", command=["echo", "hello"])
        assert list(job.logs(follow=True)) == ["hello"]
    store = _store.store(guarded.url)
    before = store.read()
    assert before is not None
    expired = type(before)(**{**before.__dict__, "expires_at": 0.0})
    store.write(expired)
    with Gateway(guarded.url) as gateway:
        gateway.workspaces()
    after = store.read()
    assert after is not None
    assert after.access.reveal() != before.access.reveal()
    assert log_out(guarded.url)
    with Gateway(guarded.url) as gateway, pytest.raises(errors.Unauthenticated):
        gateway.workspaces()


def test_a_login_by_the_browser_of_this_machine(guarded: GatewayProcess, issuer: str) -> None:
    def open_page(address: str) -> None:
        threading.Thread(target=Browser().log_in, args=(address,), daemon=True).start()

    log_in(guarded.url, LoginSettings(issuer, "interlink-gateway"), Flow.BROWSER, open_page=open_page, prompt=print)
    use(guarded)


def test_a_login_by_another_device(guarded: GatewayProcess, issuer: str) -> None:
    def prompt(shown: DevicePrompt) -> None:
        assert shown.complete is not None
        assert urlsplit(shown.complete).netloc == urlsplit(issuer).netloc
        Browser().log_in(shown.complete)

    log_in(guarded.url, LoginSettings(issuer, "interlink-gateway"), Flow.DEVICE, open_page=print, prompt=prompt)
    use(guarded)
