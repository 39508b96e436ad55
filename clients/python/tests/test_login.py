"""Login at an issuer of the tests' own, with all that can go wrong."""

from __future__ import annotations

import asyncio
import json
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest

from interlink_gateway import AsyncGateway, Gateway, Retry, errors
from interlink_gateway.config import LoginSettings
from interlink_gateway.errors import LoginError
from interlink_gateway.login import DevicePrompt, Flow, _store, log_in, log_out
from interlink_gateway.login._device import device_login
from interlink_gateway.login._issuer import discover
from test_transport import assert_hidden

GATEWAY = "https://gateway.example"
QUICK = Retry(requests=2.0, streams=2.0, first=0.001, most=0.01)


class Issuer:
    """An issuer that answers what a test wants."""

    def __init__(self) -> None:
        self.forms: list[dict[str, str]] = []
        self.answers: list[tuple[int, dict[str, Any]]] = []
        self.changes: dict[str, Any] = {}
        issuer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._send(200, issuer.document())

            def do_POST(self) -> None:
                form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
                issuer.forms.append({"path": self.path, **form})
                self._send(*issuer.answer(form))

            def _send(self, status: int, body: dict[str, Any]) -> None:
                data = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.uri = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def answer(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        return self.answers.pop(0) if self.answers else (200, {})

    def document(self) -> dict[str, Any]:
        names = {"authorization": "auth", "token": "token", "device_authorization": "device", "revocation": "revoke"}
        endpoints = {f"{name}_endpoint": f"{self.uri}/{path}" for name, path in names.items()}
        return {"issuer": self.uri, **endpoints, **self.changes}

    @property
    def settings(self) -> LoginSettings:
        return LoginSettings(self.uri, "client", "openid")

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    server = Issuer()
    yield server
    server.close()


def token(name: str, lifetime: int = 300) -> tuple[int, dict[str, Any]]:
    body = {"access_token": name, "refresh_token": f"refresh-{name}", "expires_in": lifetime, "token_type": "Bearer"}
    return 200, body


DEVICE = (200, {"device_code": "dc", "user_code": "AB-CD", "verification_uri": "https://i/device", "interval": 1})


def device(issuer: Issuer) -> list[DevicePrompt]:
    prompts: list[DevicePrompt] = []
    with httpx.Client() as client:
        found = discover(client, issuer.uri)
        tokens = device_login(client, found, issuer.settings, prompts.append, pause=lambda _: None)
    _store.store(GATEWAY).write(tokens)
    return prompts


def test_a_device_login_waits_for_the_user(issuer: Issuer) -> None:
    issuer.answers = [DEVICE, (400, {"error": "authorization_pending"}), (400, {"error": "slow_down"}), token("one")]
    prompts = device(issuer)
    assert (prompts[0].code, prompts[0].address) == ("AB-CD", "https://i/device")
    assert issuer.forms[0]["code_challenge_method"] == "S256"
    assert {form["device_code"] for form in issuer.forms[1:]} == {"dc"}
    assert len({form["code_verifier"] for form in issuer.forms[1:]}) == 1


@pytest.mark.parametrize(
    "answer",
    [
        (400, {"error": "access_denied", "error_description": "The user\x1b[31m refused."}),
        (200, {"token_type": "Bearer"}),
        (200, {"access_token": "a b"}),
        (200, {"access_token": "a", "token_type": "DPoP"}),
        (500, {}),
    ],
)
def test_a_refused_login_stores_nothing(issuer: Issuer, answer: tuple[int, dict[str, Any]]) -> None:
    issuer.answers = [DEVICE, answer]
    with pytest.raises(LoginError) as caught:
        device(issuer)
    assert "\x1b" not in str(caught.value)
    assert _store.store(GATEWAY).read() is None


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": "https://other.example"},
        {"token_endpoint": "http://other.example/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
def test_an_issuer_that_is_not_what_it_says_is_refused(issuer: Issuer, changes: dict[str, Any]) -> None:
    issuer.changes = changes
    with pytest.raises(LoginError):
        device(issuer)
    assert issuer.forms == []


def browse(issuer: Issuer, visit: Callable[[str, dict[str, str]], None]) -> None:
    """A browser login whose browser does what the test says."""

    def open_page(address: str) -> None:
        query = dict(parse_qsl(urlsplit(address).query))
        threading.Thread(target=visit, args=(query["redirect_uri"], query), daemon=True).start()

    log_in(GATEWAY, issuer.settings, Flow.BROWSER, open_page=open_page, prompt=lambda _: None)


def test_a_browser_login_takes_only_its_own_answer(issuer: Issuer) -> None:
    issuer.answers = [token("one")]
    statuses: list[int] = []

    def visit(redirect: str, query: dict[str, str]) -> None:
        for path in (
            f"{redirect}?code=bad&state=other",
            f"{redirect}?code=bad",
            f"{redirect[:-8]}x?state={query['state']}",
        ):
            statuses.append(httpx.get(path).status_code)
        good = {"code": "good", "state": query["state"], "iss": issuer.uri}
        statuses.append(httpx.get(f"{redirect}?{urlencode(good)}").status_code)

    browse(issuer, visit)
    form = issuer.forms[0]
    assert (form["code"], form["grant_type"]) == ("good", "authorization_code")
    assert statuses[:3] == [400, 400, 400]


@pytest.mark.parametrize("answer", [{"error": "access_denied"}, {"code": "c", "iss": "https://other.example"}])
def test_a_browser_login_that_fails(issuer: Issuer, answer: dict[str, str]) -> None:
    with pytest.raises(LoginError):
        browse(
            issuer,
            lambda redirect, query: void(httpx.get(f"{redirect}?{urlencode({**answer, 'state': query['state']})}")),
        )
    assert issuer.forms == []


def void(_: object) -> None:
    pass


def test_tokens_are_in_a_file_that_only_the_user_can_read(issuer: Issuer, tmp_path: Path) -> None:
    issuer.answers = [DEVICE, token("one")]
    device(issuer)
    files = list((tmp_path / "config" / "interlink-gateway" / "logins").iterdir())
    assert [stat.S_IMODE(file.stat().st_mode) for file in files] == [0o600]
    files[0].chmod(0o644)
    with pytest.raises(LoginError, match="others"):
        Gateway(GATEWAY)


class FakeKeyring:
    priority = 5

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, text: str) -> None:
        self.kept[service, name] = text

    def delete_password(self, service: str, name: str) -> None:
        del self.kept[service, name]


def test_tokens_are_in_the_keyring_where_there_is_one(
    issuer: Issuer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring = FakeKeyring()
    monkeypatch.setattr("keyring.get_keyring", lambda: keyring)
    issuer.answers = [DEVICE, token("one")]
    device(issuer)
    assert len(keyring.kept) == 1
    assert not list((tmp_path / "config").rglob("*.json"))
    assert log_out(GATEWAY)
    assert keyring.kept == {}
    assert not log_out(GATEWAY)


def test_a_locked_keyring_is_replaced_by_the_file(
    issuer: Issuer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Locked(FakeKeyring):
        def set_password(self, service: str, name: str, text: str) -> None:
            raise RuntimeError("locked")

    monkeypatch.setattr("keyring.get_keyring", Locked)
    issuer.answers = [DEVICE, token("one")]
    device(issuer)
    assert len(list((tmp_path / "config").rglob("*.json"))) == 1


def test_tokens_that_were_renewed_while_the_keyring_was_locked_are_used(
    issuer: Issuer, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Lockable(FakeKeyring):
        locked = False

        def get_password(self, service: str, name: str) -> str | None:
            if self.locked:
                raise RuntimeError("locked")
            return super().get_password(service, name)

        def set_password(self, service: str, name: str, text: str) -> None:
            if self.locked:
                raise RuntimeError("locked")
            super().set_password(service, name, text)

    keyring = Lockable()
    monkeypatch.setattr("keyring.get_keyring", lambda: keyring)
    issuer.answers = [DEVICE, token("one")]
    device(issuer)
    keyring.locked = True
    issuer.answers = [DEVICE, token("two", lifetime=400)]
    device(issuer)
    keyring.locked = False
    tokens = _store.store(GATEWAY).read()
    assert tokens is not None
    assert tokens.access.reveal() == "two"
    keyring.locked = True
    with pytest.raises(LoginError, match="keyring"):
        log_out(GATEWAY)


def test_a_login_is_not_sent_without_encryption(issuer: Issuer) -> None:
    with pytest.raises(LoginError, match="TLS"):
        log_in("http://gateway.example", issuer.settings, Flow.DEVICE, open_page=void, prompt=void)
    assert issuer.forms == []


class GuardedGateway:
    """Takes the tokens that it is given, and records who asked for what."""

    def __init__(self, *accepted: str) -> None:
        self.accepted = accepted
        self.seen: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if request.url.host != "gateway.example":
            assert "Authorization" not in request.headers
            assert all(request.extensions["timeout"].values())
            kind = {"Content-Type": request.headers["Content-Type"]}
            answer = httpx.post(str(request.url), content=request.content, headers=kind)
            return httpx.Response(answer.status_code, content=answer.content)
        self.seen.append(request.headers["Authorization"])
        if request.headers["Authorization"].removeprefix("Bearer ") in self.accepted:
            return httpx.Response(200, json={"items": []})
        document = {"type": "/problems/unauthenticated", "title": "t", "status": 401, "detail": "d", "hint": "h"}
        return httpx.Response(401, json=document)

    def client(self) -> Gateway:
        return Gateway(GATEWAY, retry=QUICK, client=httpx.Client(transport=httpx.MockTransport(self)))


def test_an_expired_token_is_renewed_before_a_request(issuer: Issuer) -> None:
    issuer.answers = [DEVICE, token("one", lifetime=1), token("two")]
    device(issuer)
    guarded = GuardedGateway("two")
    guarded.client().nodes()
    assert guarded.seen == ["Bearer two"]
    assert issuer.forms[-1]["refresh_token"] == "refresh-one"
    # The renewed tokens are stored: another program needs no renewal.
    GuardedGateway("two").client().nodes()
    assert len(issuer.forms) == 3


def test_a_refused_token_is_renewed_once(issuer: Issuer) -> None:
    issuer.answers = [DEVICE, token("one"), token("two")]
    device(issuer)
    guarded = GuardedGateway("two")
    guarded.client().nodes()
    assert guarded.seen == ["Bearer one", "Bearer two"]


def test_the_asynchronous_client_renews_too(issuer: Issuer) -> None:
    issuer.answers = [DEVICE, token("one", lifetime=1), token("two")]
    device(issuer)
    guarded = GuardedGateway("two")

    async def use() -> None:
        client = httpx.AsyncClient(transport=httpx.MockTransport(guarded))
        async with AsyncGateway(GATEWAY, client=client) as gateway:
            await gateway.nodes()

    asyncio.run(use())
    assert guarded.seen == ["Bearer two"]


def test_what_another_program_renewed_is_taken(issuer: Issuer) -> None:
    issuer.answers = [DEVICE, token("one")]
    device(issuer)
    guarded = GuardedGateway("three")
    client = guarded.client()
    issuer.answers = [DEVICE, token("three")]
    device(issuer)
    before = len(issuer.forms)
    client.nodes()
    assert guarded.seen == ["Bearer one", "Bearer three"]
    assert len(issuer.forms) == before


class Rotating(Issuer):
    """An issuer whose refresh tokens are valid once. One that is used again ends the login, as at Keycloak."""

    def __init__(self) -> None:
        super().__init__()
        self.valid = "refresh-one"
        self._one = threading.Lock()

    def answer(self, form: dict[str, str]) -> tuple[int, dict[str, Any]]:
        if form.get("grant_type") != "refresh_token":
            return super().answer(form)
        with self._one:
            if form["refresh_token"] != self.valid:
                self.valid = ""
                return 400, {"error": "invalid_grant", "error_description": "Maximum allowed refresh token reuse"}
            self.valid = "refresh-two"
            return token("two")


@pytest.fixture
def rotating() -> Iterator[Rotating]:
    server = Rotating()
    server.answers = [DEVICE, token("one", lifetime=1)]
    device(server)
    yield server
    server.close()


def test_threads_renew_a_login_once(rotating: Rotating) -> None:
    guarded = GuardedGateway("two")
    clients = [guarded.client() for _ in range(4)] * 2
    begin = threading.Barrier(len(clients))

    def use(client: Gateway) -> None:
        begin.wait()
        client.nodes()

    with ThreadPoolExecutor(len(clients)) as threads:
        list(threads.map(use, clients))
    assert rotating.valid == "refresh-two"
    assert guarded.seen == ["Bearer two"] * len(clients)


def test_tasks_renew_a_login_once(rotating: Rotating) -> None:
    guarded = GuardedGateway("two")

    async def answer(request: httpx.Request) -> httpx.Response:
        return await asyncio.to_thread(guarded, request)

    async def use() -> None:
        client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
        async with AsyncGateway(GATEWAY, retry=QUICK, client=client) as gateway:
            await asyncio.gather(*(gateway.nodes() for _ in range(8)))

    asyncio.run(use())
    assert rotating.valid == "refresh-two"
    assert guarded.seen == ["Bearer two"] * 8


USE_AFTER_A_LINE = """
import sys
from test_login import GuardedGateway
client = GuardedGateway("two").client()
print("ready", flush=True)
sys.stdin.readline()
client.nodes()
"""


def test_programs_renew_a_login_once(rotating: Rotating) -> None:
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", USE_AFTER_A_LINE],
            cwd=Path(__file__).parent,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == "ready\n"
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("\n")
        program.stdin.close()
    assert [program.wait() for program in programs] == [0] * len(programs)
    assert rotating.valid == "refresh-two"
    assert sum(form.get("grant_type") == "refresh_token" for form in rotating.forms) == 1


@pytest.mark.parametrize("failure", [(503, {}), (500, {"error": "unknown_error"}), (429, {})])
def test_an_issuer_that_fails_for_a_moment_does_not_end_the_login(
    issuer: Issuer, failure: tuple[int, dict[str, Any]]
) -> None:
    issuer.answers = [DEVICE, token("one", lifetime=1), failure, failure, token("two")]
    device(issuer)
    guarded = GuardedGateway("two")
    guarded.client().nodes()
    assert guarded.seen == ["Bearer two"]


def test_an_issuer_that_does_not_answer_is_not_an_expired_login(issuer: Issuer) -> None:
    issuer.answers = [DEVICE, token("one", lifetime=1), *[(503, {})] * 1000]
    device(issuer)
    with pytest.raises(errors.IssuerUnreachable, match=r"127\.0\.0\.1.*503"):
        GuardedGateway("two").client().nodes()
    issuer.answers = [token("two")]
    GuardedGateway("two").client().nodes()


def test_an_issuer_that_can_not_be_reached_is_not_the_gateway(issuer: Issuer) -> None:
    issuer.answers = [DEVICE, token("one", lifetime=1)]
    device(issuer)
    issuer.close()
    with pytest.raises(errors.IssuerUnreachable, match=r"127\.0\.0\.1.*ConnectError"):
        GuardedGateway("two").client().nodes()


def test_a_login_that_can_not_be_renewed_is_explained(issuer: Issuer) -> None:
    issuer.answers = [DEVICE, token("one", lifetime=1), (400, {"error": "invalid_grant"})]
    device(issuer)
    with pytest.raises(LoginError, match="igw login") as caught:
        GuardedGateway().client().nodes()
    assert_hidden(outside(caught.value), "refresh-one")


@pytest.mark.parametrize(
    "answer",
    [(200, {"access_token": "secret-x", "refresh_token": "secret-x", "token_type": "DPoP"}), (400, {}), (500, {})],
)
def test_what_a_login_is_made_of_is_in_no_traceback(issuer: Issuer, answer: tuple[int, dict[str, Any]]) -> None:
    start = {**DEVICE[1], "device_code": "secret-x"}
    issuer.answers = [(200, start), answer]
    with pytest.raises(LoginError) as caught:
        device(issuer)
    assert_hidden(outside(caught.value), "secret-x")
    issuer.answers = [answer]
    with pytest.raises(LoginError) as caught:
        browse(
            issuer,
            lambda redirect, query: void(httpx.get(f"{redirect}?code=secret-x&state={query['state']}")),
        )
    assert_hidden(outside(caught.value), "secret-x")
    assert_hidden(outside(caught.value), issuer.forms[-1]["code_verifier"])


def outside(error: BaseException) -> BaseException:
    """The error without the frames of the tests, which have what the issuer answers."""
    while error.__traceback__ and error.__traceback__.tb_frame.f_code.co_filename == __file__:
        error.__traceback__ = error.__traceback__.tb_next
    return error


def test_an_issuer_with_a_slash_at_its_end(issuer: Issuer) -> None:
    issuer.changes = {"issuer": f"{issuer.uri}/"}
    issuer.answers = [token("one")]

    def visit(redirect: str, query: dict[str, str]) -> None:
        httpx.get(f"{redirect}?{urlencode({'code': 'good', 'state': query['state'], 'iss': f'{issuer.uri}/'})}")

    browse(issuer, visit)
    assert issuer.forms[0]["code"] == "good"


def test_tokens_go_to_no_other_gateway(issuer: Issuer) -> None:
    issuer.answers = [DEVICE, token("one")]
    device(issuer)
    requests: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(200, json={"items": []})

    Gateway("https://other.example", client=httpx.Client(transport=httpx.MockTransport(answer))).nodes()
    assert "Authorization" not in requests[0].headers


def test_a_logout_gives_the_refresh_token_back(issuer: Issuer) -> None:
    issuer.answers = [DEVICE, token("one")]
    device(issuer)
    assert log_out(GATEWAY)
    assert issuer.forms[-1] == {
        "path": "/revoke",
        "token": "refresh-one",
        "token_type_hint": "refresh_token",
        "client_id": "client",
    }
