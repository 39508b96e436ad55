"""The package as users install it, and the state of its sources."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[1]
# What itwinai pins.
BESIDE = ("click==8.1.8", "numpy<2")
PYTHONS = ("3.10", "3.11", "3.12", "3.13")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that is built from the source distribution."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "build", "--outdir", folder, PROJECT], check=True, capture_output=True)
    assert len(list(folder.glob("*.tar.gz"))) == 1
    return next(folder.glob("*.whl"))


def test_the_wheel_has_the_package_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert "interlink_gateway/py.typed" in names
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"interlink_gateway"}


@pytest.mark.parametrize("version", PYTHONS)
def test_it_is_installed_beside_the_pins_of_itwinai(wheel: Path, version: str, tmp_path: Path) -> None:
    python = _python(version)
    if python is None:
        pytest.skip(f"there is no Python {version}")
    packages = list(BESIDE)
    if version == "3.13":
        packages = [package for package in BESIDE if not package.startswith("numpy")]  # numpy 1 has no wheels for it
    environment = tmp_path / "environment"
    subprocess.run([python, "-m", "venv", environment], check=True)
    pip = [environment / "bin" / "python", "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", wheel, *packages], check=True)
    subprocess.run([*pip, "check"], check=True)
    shown = subprocess.run([environment / "bin" / "igw", "version"], check=True, capture_output=True, text=True)
    assert shown.stdout.startswith("igw ")
    subprocess.run([environment / "bin" / "igw", "run", "--help"], check=True, capture_output=True)
    everything = "import interlink_gateway as i; [getattr(i, name) for name in i.__all__]"
    subprocess.run([environment / "bin" / "python", "-W", "error", "-c", everything], check=True)


def _python(version: str) -> str | None:
    """An interpreter of the version, if there is one that starts."""
    installed = sorted(Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"), "versions").glob(f"{version}.*"))
    candidates = [*(str(folder / "bin" / "python") for folder in installed), shutil.which(f"python{version}")]
    return next((each for each in candidates if each and _starts(each)), None)


def _starts(python: str) -> bool:
    return subprocess.run([python, "-c", "import venv"], check=False, capture_output=True).returncode == 0


def test_the_synchronous_client_is_made_of_the_asynchronous_one() -> None:
    subprocess.run([sys.executable, PROJECT / "scripts" / "make_sync.py", "--check"], check=True)


@pytest.mark.parametrize(
    "command", [("ruff", "check"), ("ruff", "format", "--check"), ("pyright", "--pythonpath", sys.executable)]
)
def test_the_sources_are_clean(command: tuple[str, ...]) -> None:
    done = subprocess.run([sys.executable, "-m", *command], cwd=PROJECT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
