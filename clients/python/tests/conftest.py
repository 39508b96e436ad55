from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from faulty_proxy import Faults, FaultyProxy
from gateway_process import GatewayProcess
from interlink_gateway import Gateway
from requirements import missing


def pytest_configure() -> None:
    # Shells start background jobs with Ctrl-C ignored, and the commands under test would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def own_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes the configuration of the user who runs it."""
    for name in ("GATEWAY_URL", "GATEWAY_TOKEN", "GATEWAY_TOKEN_FILE", "GATEWAY_WORKSPACE", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")


@pytest.fixture(scope="session")
def jar() -> Path:
    if "GATEWAY_JAR" not in os.environ:
        missing("GATEWAY_JAR is not set: the path of the packaged gateway")
    return Path(os.environ["GATEWAY_JAR"])


@pytest.fixture(scope="session")
def process(jar: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GatewayProcess]:
    """The gateway that all tests share."""
    gateway = GatewayProcess(jar, tmp_path_factory.mktemp("gateway") / "log")
    gateway.start()
    yield gateway
    gateway.stop()


@pytest.fixture
def gateway(process: GatewayProcess) -> Iterator[Gateway]:
    with Gateway(process.url) as client:
        yield client


@pytest.fixture
def proxy(process: GatewayProcess) -> Iterator[FaultyProxy]:
    faulty = FaultyProxy(process.port, Faults())
    yield faulty
    faulty.close()
