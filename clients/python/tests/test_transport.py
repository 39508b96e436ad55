"""Which requests are repeated, and that tokens stay where they belong."""

from __future__ import annotations

import io
import json
import logging
import traceback
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from rich.console import Console
from rich.traceback import Traceback

from interlink_gateway import Gateway, Retry, errors
from interlink_gateway._retry import Backoff
from interlink_gateway._secret import Secret
from interlink_gateway.cli._output import JOB_HEADER, job_row, table
from test_values import EVIDENCE, JOB

QUICK = Retry(requests=2.0, streams=2.0, first=0.001, most=0.01)
TOKEN = "secret-token-5b1c"


def client(
    answer: Callable[[httpx.Request], httpx.Response], token: str | None = None, requests: float = QUICK.requests
) -> Gateway:
    transport = httpx.MockTransport(answer)
    retry = replace(QUICK, requests=requests)
    return Gateway("https://gateway.example", token=token, retry=retry, client=httpx.Client(transport=transport))


def busy(status: int, **headers: str) -> httpx.Response:
    body = {"type": "/problems/busy", "title": "Busy", "status": status, "detail": "Busy.", "hint": "Wait."}
    return httpx.Response(status, json=body, headers=headers)


def stream(text: str) -> httpx.Response:
    return httpx.Response(200, text=text, headers={"Content-Type": "text/event-stream;charset=UTF-8"})


class Failing:
    """Fails a number of times, and then answers with a job."""

    def __init__(self, times: int, failure: Callable[[], httpx.Response]) -> None:
        self.requests: list[httpx.Request] = []
        self._times = times
        self._failure = failure

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self._failure() if len(self.requests) <= self._times else httpx.Response(201, json=JOB)


def lost() -> httpx.Response:
    raise httpx.ReadError("Connection reset by peer")


@pytest.mark.parametrize(
    "failure",
    [
        lost,
        lambda: busy(503),
        lambda: busy(429, **{"Retry-After": "0"}),
        lambda: httpx.Response(502, text="<html>Bad gateway</html>"),
        lambda: httpx.Response(504, text=""),
    ],
)
def test_a_submit_is_repeated_with_its_key(failure: Callable[[], httpx.Response]) -> None:
    answer = Failing(3, failure)
    assert client(answer).submit(node="n", image="i").name == "3dgan"
    keys = {request.headers["Idempotency-Key"] for request in answer.requests}
    assert len(answer.requests) == 4
    assert len(keys) == 1


def test_each_submit_has_a_key_of_its_own() -> None:
    answer = Failing(0, lost)
    gateway = client(answer)
    gateway.submit(node="n", image="i")
    gateway.submit(node="n", image="i")
    assert len({request.headers["Idempotency-Key"] for request in answer.requests}) == 2


@pytest.mark.parametrize("failure", [lost, lambda: busy(503), lambda: httpx.Response(200, text="<html>Log in</html>")])
@pytest.mark.parametrize("key", [None, "key-1"])
def test_the_key_of_a_submit_that_may_have_succeeded_can_be_used_again(
    failure: Callable[[], httpx.Response], key: str | None
) -> None:
    answer = Failing(10**9, failure)
    with pytest.raises(errors.GatewayError, match="may have been submitted") as caught:
        client(answer, requests=0.01).submit(node="n", image="i", key=key)
    assert caught.value.idempotency_key == answer.requests[-1].headers["Idempotency-Key"]
    assert caught.value.idempotency_key == (key or caught.value.idempotency_key)
    assert caught.value.idempotency_key in str(caught.value)


def test_a_refused_submit_was_not_done() -> None:
    with pytest.raises(errors.Problem) as caught:
        client(Failing(1, lambda: busy(422))).submit(node="n", image="i", key="key-1")
    assert caught.value.idempotency_key == "key-1"
    assert "key-1" not in str(caught.value)


@pytest.mark.parametrize("key", ["", " a", "a\nb", "ä"])
def test_a_key_that_no_header_can_have_is_refused(key: str) -> None:
    with pytest.raises(errors.ConfigurationError, match="Idempotency-Key"):
        client(Failing(0, lost)).submit(node="n", image="i", key=key)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 500])
def test_other_problems_are_not_repeated(status: int) -> None:
    answer = Failing(1, lambda: busy(status))
    with pytest.raises(errors.Problem) as caught:
        client(answer).submit(node="n", image="i")
    assert caught.value.status == status
    assert len(answer.requests) == 1


@pytest.mark.parametrize(
    "failure", [lost, lambda: httpx.Response(504, text=""), lambda: httpx.Response(502), lambda: httpx.Response(503)]
)
def test_a_token_is_not_created_twice(failure: Callable[[], httpx.Response]) -> None:
    answer = Failing(1, failure)
    with pytest.raises((errors.GatewayUnreachable, errors.Problem)):
        client(answer).tokens.create("t", "VIEWER")
    assert len(answer.requests) == 1


def test_a_gateway_that_does_not_answer_is_given_up() -> None:
    with pytest.raises(errors.GatewayUnreachable, match=r"gateway\.example.*ReadError"):
        client(Failing(10**9, lost)).nodes()


def test_a_pause_is_as_long_as_the_gateway_asks_for() -> None:
    for _ in range(100):
        assert 5.0 < (Backoff(Retry(), 60).pause(5.0) or 0) <= 5.25
    assert Backoff(Retry(), 60).pause(61.0) is None


def test_pauses_grow_to_their_limit() -> None:
    backoff = Backoff(Retry(first=0.1, most=1.0), 1e9)
    pauses = [backoff.pause() or 0 for _ in range(50)]
    assert all(0.05 * 2**index <= pause <= 0.1 * 2**index for index, pause in enumerate(pauses[:4]))
    assert all(0.5 <= pause <= 1.0 for pause in pauses[4:])


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>Log in</html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"items": [{}]}),
        httpx.Response(200, json={"items": 3}),
    ],
)
def test_answers_of_something_else_are_refused(answer: httpx.Response) -> None:
    with pytest.raises(errors.UnexpectedAnswer):
        client(lambda _: answer).nodes()


def test_a_page_is_no_stream_of_events() -> None:
    answer = Failing(10**9, lambda: httpx.Response(200, html="<html>Log in</html>"))
    with pytest.raises(errors.UnexpectedAnswer, match="text/html"):
        next(client(answer).events())
    assert len(answer.requests) == 1


def test_a_damaged_answer_is_repeated() -> None:
    headers = {"Content-Encoding": "gzip"}
    answer = Failing(1, lambda: httpx.Response(200, stream=httpx.ByteStream(b"not gzip"), headers=headers))
    assert client(answer).job("3dgan").name == "3dgan"


def test_a_deletion_whose_answer_was_lost_is_done() -> None:
    answers = iter([lost, lambda: busy(404)])
    client(lambda _: next(answers)()).credentials.delete("c")
    with pytest.raises(errors.Problem, match="404"):
        client(lambda _: busy(404)).credentials.delete("c")


def test_a_redirect_is_not_followed_with_the_token() -> None:
    requests: list[httpx.Request] = []

    def redirect(request: httpx.Request) -> httpx.Response:
        requests.append(request)
        return httpx.Response(302, headers={"Location": "https://elsewhere.example/"})

    with pytest.raises(errors.Problem, match="302"):
        client(redirect, TOKEN).nodes()
    assert [request.url.host for request in requests] == ["gateway.example"]


def test_the_token_is_sent_and_shown_nowhere(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    seen: list[str] = []

    def refuse(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers["Authorization"])
        return busy(401)

    gateway = client(refuse, TOKEN)
    with pytest.raises(errors.Problem) as caught:
        gateway.nodes()
    assert seen.pop() == f"Bearer {TOKEN}"
    _assert_hidden(caught.value, gateway, caplog)


def test_the_token_is_not_in_the_traceback_of_a_lost_connection(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    gateway = Gateway("http://127.0.0.1:1", token=TOKEN, retry=QUICK)
    with pytest.raises(errors.GatewayUnreachable) as caught:
        gateway.nodes()
    _assert_hidden(caught.value, gateway, caplog)


def test_a_password_is_not_in_the_traceback_of_its_refusal() -> None:
    gateway = client(lambda _: busy(403))
    for secret in ({"token": TOKEN}, {"username": "ada", "password": TOKEN}, {"password": TOKEN}):
        with pytest.raises(errors.GatewayError) as caught:
            gateway.credentials.put("c", **secret)
        assert caught.value.__traceback__ is not None
        caught.value.__traceback__ = caught.value.__traceback__.tb_next  # The test itself has it.
        assert_hidden(caught.value, TOKEN)


def test_a_token_that_is_refused_is_not_in_the_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**settings: str) -> None:
        with pytest.raises(errors.ConfigurationError) as caught:
            Gateway(**settings)
        assert caught.value.__traceback__ is not None
        caught.value.__traceback__ = caught.value.__traceback__.tb_next  # The test itself has it.
        assert_hidden(caught.value, TOKEN)

    fail(url="https://gateway.example", token=f"{TOKEN} x")
    fail(url="nowhere", token=TOKEN)
    monkeypatch.setenv("GATEWAY_TOKEN", f"{TOKEN} x")
    fail(url="https://gateway.example")


def _assert_hidden(error: BaseException, gateway: Gateway, caplog: pytest.LogCaptureFixture) -> None:
    assert caplog.text
    assert_hidden(error, TOKEN, repr(gateway), caplog.text)


def assert_hidden(error: BaseException, secret: str, *shown: str) -> None:
    """Neither the texts nor a traceback with all variables has the secret."""
    screen = Console(file=io.StringIO(), width=400)
    screen.print(
        Traceback.from_exception(type(error), error, error.__traceback__, show_locals=True, locals_max_length=None)
    )
    captured = traceback.TracebackException.from_exception(error, capture_locals=True)
    texts = [screen.file.getvalue(), "".join(captured.format()), str(error), repr(error), *shown]  # type: ignore[attr-defined]
    assert all(texts)
    assert not [text for text in texts if secret in text]


def test_a_secret_hides_itself() -> None:
    secret = Secret(TOKEN)
    assert TOKEN not in f"{secret} {secret!r} {vars(type(secret))}"
    assert secret.reveal() == TOKEN


@pytest.mark.parametrize("token", ["a b", "a\nX-Other: b", "", "\x00", "ä"])
def test_a_token_with_other_characters_is_refused_without_showing_it(tmp_path: Path, token: str) -> None:
    file = tmp_path / "token"
    file.write_text(token)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("GATEWAY_TOKEN_FILE", str(file))
        with pytest.raises(errors.ConfigurationError, match="token"):
            client(Failing(0, lost)).nodes()


def test_a_token_file_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "token"
    monkeypatch.setenv("GATEWAY_TOKEN_FILE", str(file))
    answer = Failing(0, lost)
    gateway = client(answer)
    for token in ("one", "two"):
        file.write_text(f"{token}\n")
        gateway.submit(node="n", image="i")
    assert [request.headers["Authorization"] for request in answer.requests] == ["Bearer one", "Bearer two"]


def test_settings_come_from_the_first_place_that_has_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "config" / "interlink-gateway"
    folder.mkdir(parents=True)
    (folder / "config.toml").write_text('url = "https://file.example/"\nworkspace = "file"\n')
    assert (Gateway().url, Gateway().workspace) == ("https://file.example", "file")
    monkeypatch.setenv("GATEWAY_URL", "https://environment.example")
    assert (Gateway().url, Gateway().workspace) == ("https://environment.example", "file")
    assert Gateway("https://argument.example", workspace="w").url == "https://argument.example"


@pytest.mark.parametrize(
    "url",
    [
        "gateway",
        "ftp://a",
        "https://",
        "https://user:password@a",
        "https://a?x",
        "https://[",
        "http://a:b",
        "https://u:password@a:b",
    ],
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(errors.ConfigurationError) as caught:
        Gateway(url)
    assert "password@" not in str(caught.value)


def test_a_missing_address_is_explained() -> None:
    with pytest.raises(errors.ConfigurationError, match="GATEWAY_URL"):
        Gateway()


def test_a_token_without_encryption_is_warned_of() -> None:
    with pytest.warns(UserWarning, match="without encryption"):
        Gateway("http://gateway.example", token=TOKEN)


def test_names_are_one_segment_of_an_address() -> None:
    paths: list[bytes] = []

    def answer(request: httpx.Request) -> httpx.Response:
        paths.append(request.url.raw_path)
        return httpx.Response(200, json=JOB)

    client(answer).job("../nodes?a#b")
    assert paths == [b"/api/v1/jobs/..%2Fnodes%3Fa%23b"]
    for name in ("", ".", ".."):
        with pytest.raises(errors.ConfigurationError):
            client(answer).job(name)


def test_the_reason_of_a_failure_is_waited_for() -> None:
    """interLink reports a failure seconds before the job's own record is found."""
    vague = {**JOB, "state": "FAILED", "reason": "OTHER", "evidence": {**EVIDENCE, "source": "API_SERVER"}}
    exact = {**vague, "reason": "EXIT_CODE", "exitCode": 5, "evidence": EVIDENCE}

    def answer(request: httpx.Request) -> httpx.Response:
        if request.method == "POST":
            return httpx.Response(201, json=vague)
        if request.url.path.endswith("/logs"):
            return httpx.Response(200, text="before\n")
        if not request.url.path.endswith("/events"):
            return httpx.Response(200, json=exact)
        return stream("".join(f"event: state\ndata: {json.dumps(job)}\n\n" for job in (vague, exact)))

    with pytest.raises(errors.JobFailed) as caught:
        client(answer).submit(node="n", image="i").wait()
    assert (caught.value.reason, caught.value.exit_code, caught.value.last_lines) == ("EXIT_CODE", 5, ("before",))


class Replaced:
    """A gateway that loses the connection of a log, after which the name belongs to another job."""

    def __init__(self) -> None:
        self._logs = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        if not request.url.path.endswith("/logs"):
            return httpx.Response(200, json={**JOB, "uid": "u1" if self._logs < 2 else "u2"})
        self._logs += 1
        if request.url.params.get("follow"):
            line = json.dumps({"source": "OUTPUT", "container": "main", "text": f"line {self._logs}"})
            return stream(f"event: log\nid: {self._logs}\ndata: {line}\n\n")

        def parts() -> Iterator[bytes]:
            yield b"one\n" if self._logs == 1 else b"other log"
            if self._logs == 1:
                raise httpx.ReadError("Connection reset by peer")

        return httpx.Response(200, content=parts())


@pytest.mark.parametrize("follow", [False, True])
def test_a_log_does_not_go_on_with_that_of_a_later_job(follow: bool) -> None:
    received: list[bytes] = []
    job = client(Replaced()).job("3dgan")
    with pytest.raises(errors.JobDeleted):
        received.extend(job.log_bytes(follow=follow))
    assert len(received) <= 1


class ManyJobs:
    """10,000 jobs, in pages as the gateway has them."""

    COUNT = 10_000

    def __init__(self) -> None:
        self.pages = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.pages += 1
        start, size = int(request.url.params.get("cursor", "0")), int(request.url.params["limit"])
        end = min(start + size, self.COUNT)
        page: dict[str, object] = {"items": [{**JOB, "name": f"job-{number}"} for number in range(start, end)]}
        if end < self.COUNT:
            page["nextCursor"] = str(end)
        return httpx.Response(200, json=page)


def test_jobs_are_read_while_they_are_iterated_over() -> None:
    answer = ManyJobs()
    jobs = iter(client(answer).jobs())
    assert next(jobs).name == "job-0"
    assert answer.pages == 1
    jobs.close()
    tracemalloc.start()
    assert sum(1 for _ in client(answer).jobs()) == ManyJobs.COUNT
    assert answer.pages == 21
    # A page of 500 jobs, as JSON and decoded; all jobs would be twenty times as much.
    peak = tracemalloc.get_traced_memory()[1]
    frame = client(answer).jobs().to_pandas()
    tracemalloc.stop()
    assert peak < 10_000_000
    assert len(frame) == ManyJobs.COUNT
    assert frame["name"].is_unique


def test_a_table_of_many_jobs_is_printed_as_they_arrive(capsys: pytest.CaptureFixture[str]) -> None:
    answer = ManyJobs()
    pages_at_rows: list[int] = []

    def rows() -> Iterator[tuple[str, ...]]:
        for status in client(answer).jobs().statuses():
            pages_at_rows.append(answer.pages)
            yield job_row(status, wide=False)

    table(JOB_HEADER, rows())
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == ManyJobs.COUNT + 1
    assert pages_at_rows[0] == 1
    assert pages_at_rows[-1] == 20
