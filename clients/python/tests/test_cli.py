"""The command `igw`, as people and scripts use it."""

from __future__ import annotations

import json
import os
import pty
import resource
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import yaml

from gateway_process import GatewayProcess
from interlink_gateway import Gateway

IGW = shutil.which("igw", path=str(Path(sys.executable).parent)) or "igw"
EXAMPLES = Path(__file__).parents[3] / "examples"


def igw(*arguments: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([IGW, *arguments], input=text, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(autouse=True)
def address(process: GatewayProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATEWAY_URL", process.url)


class Terminal:
    """`igw` on a terminal, with somebody at the keyboard."""

    def __init__(self, *arguments: str) -> None:
        self._process, self._handle = pty.fork()
        if self._process == 0:
            os.environ.update(TERM="xterm", COLUMNS="200", LINES="40")
            os.execv(IGW, [IGW, *arguments])
        self.output = ""

    def until(self, text: str, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while text not in self.output:
            assert time.monotonic() < end, self.output
            self._read()

    def type(self, text: str) -> None:
        os.write(self._handle, text.encode())

    def exit_code(self) -> int:
        while self._read():
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self._process, 0)[1])

    def _read(self) -> bool:
        if not select.select([self._handle], [], [], 1)[0]:
            return True
        try:
            data = os.read(self._handle, 65536)
        except OSError:
            return False
        self.output += data.decode("utf-8", "replace")
        return bool(data)


def test_run_ends_with_the_exit_code_of_the_job() -> None:
    done = igw("run", "--node", "sandbox", "--image", "/a.sif", "--", "sh", "-c", "echo out; exit 7")
    assert (done.returncode, done.stdout) == (7, "out\n")
    assert "FAILED" in done.stderr
    assert "Hint: " in done.stderr
    done = igw("run", "--node", "sandbox", "--image", "/a.sif", "-e", "A=x y", "--", "sh", "-c", "echo $A")
    assert (done.returncode, done.stdout) == (0, "x y\n")


def test_the_time_limit_is_shown() -> None:
    command = ("run", "--node", "sandbox", "--image", "/a.sif", "--time", "1m", "--detach", "--", "sleep", "600")
    name = igw(*command).stdout.strip()
    shown = igw("get", name).stdout
    assert "Walltime:" in shown
    with Gateway() as gateway:
        job = gateway.job(name)
        assert job.walltime is not None
        job.cancel()


def test_logs_of_a_job_that_ended() -> None:
    name = igw("run", "-d", "--node", "sandbox", "--image", "/a.sif", "--", "seq", "5").stdout.strip()
    assert igw("wait", name).returncode == 0
    assert igw("logs", name).stdout == "1\n2\n3\n4\n5\n"
    assert igw("logs", name, "--tail", "2").stdout == "4\n5\n"
    followed = igw("logs", "-f", name)
    assert (followed.returncode, followed.stdout) == (0, "1\n2\n3\n4\n5\n")


def test_wait_and_cancel() -> None:
    name = igw("run", "-d", "--node", "sandbox", "--image", "/a.sif", "--", "sleep", "600").stdout.strip()
    assert igw("wait", name, "--for", "running").returncode == 0
    assert igw("wait", name, "--timeout", "1s").returncode == 124
    assert "RUNNING: would cancel and delete" in igw("cancel", name, "--dry-run").stdout
    assert json.loads(igw("get", name, "-o", "json").stdout)["state"] == "RUNNING"
    assert "CONFIRMED" in igw("cancel", name, "--wait").stdout
    assert igw("wait", name).returncode == 1
    assert igw("wait", "nothing-of-this-name").returncode == 125


def test_a_repeated_submission_with_a_key_is_the_same_job(tmp_path: Path) -> None:
    command = ("run", "-d", "--idempotency-key", "run-1", "--node", "sandbox", "--image", "/a.sif", "--", "true")
    name = igw(*command).stdout
    assert igw(*command).stdout == name != ""
    text = json.dumps({"node": "sandbox", "image": "/a.sif", "command": ["true"]})
    submitted = [igw("submit", "-", "--idempotency-key", "submit-1", text=text).stdout for _ in range(2)]
    assert submitted[0] == submitted[1] != ""
    again = [igw("resubmit", name.strip(), "--idempotency-key", "again-1").stdout for _ in range(2)]
    assert again[0] == again[1] != ""


def test_an_interrupted_submission_shows_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("GATEWAY_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        command = [IGW, "run", "--node", "sandbox", "--image", "/a.sif", "--", "true"]
        running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        connection, _ = silent.accept()
        request = connection.recv(65536).decode()
        running.send_signal(signal.SIGINT)
        shown = running.communicate()[1]
        connection.close()
    key = next(line for line in request.split("\r\n") if line.lower().startswith("idempotency-key")).split()[1]
    assert running.returncode == 130
    assert f"--idempotency-key {key}" in shown


def test_a_pod_from_a_file_and_from_the_standard_input(tmp_path: Path) -> None:
    pod = (EXAMPLES / "my-pod.yaml").read_text()
    igw("secrets", "put", "mlflow-server", "--username", "XYZ", text="ABC\n")
    assert igw("submit", str(EXAMPLES / "my-pod.yaml")).stdout == "3dgan-train\n"
    replaced = igw("submit", "--replace", "-", text=pod.replace("epoch 1", "epoch 2"))
    assert replaced.stdout == "3dgan-train\n"
    assert igw("logs", "-f", "3dgan-train").stdout.startswith("epoch 2\n")
    igw("cancel", "3dgan-train", "--wait")
    assert igw("secrets", "delete", "mlflow-server").returncode == 0


def test_a_spec_in_json_and_in_yaml(tmp_path: Path) -> None:
    spec = {"name": "from-yaml", "node": "sandbox", "image": "/a.sif", "command": ["true"]}
    file = tmp_path / "spec.yaml"
    file.write_text(yaml.safe_dump(spec))
    assert igw("submit", str(file)).stdout == "from-yaml\n"
    result = igw("submit", "--dry-run", "-", "-o", "json", text=json.dumps({**spec, "name": "from-json"}))
    assert result.returncode == 0
    assert json.loads(result.stdout)["accepted"] is True
    assert igw("get", "from-json").returncode == 125


@pytest.mark.parametrize("text", ["", "[]", "a: [", "\x00", "{" * 3000, "&a [*a]"])
def test_other_files_are_refused(text: str) -> None:
    result = igw("submit", "-", text=text)
    assert result.returncode == 125
    assert result.stderr.startswith("igw: ")
    assert "Traceback" not in result.stderr


def test_a_refused_job_shows_its_findings() -> None:
    result = igw("run", "--node", "nowhere", "--image", "/a.sif", "--", "true")
    assert result.returncode == 125
    assert "ERROR node:" in result.stderr
    assert igw("preflight", "-", text='{"node": "nowhere", "image": "/a.sif"}').returncode == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("run",),
        ("nothing",),
        ("ps", "-o", "xml"),
        ("run", "--node", "n", "--image", "i", "-e", "x"),
        ("run", "--node", "n", "--image", "i", "--time", "soon"),
        ("secrets", "put", "x"),
    ],
)
def test_a_wrong_command_line_is_explained(arguments: tuple[str, ...]) -> None:
    result = igw(*arguments)
    assert result.returncode == 2
    assert "Traceback" not in result.stderr


def test_a_missing_gateway_is_explained(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GATEWAY_URL")
    result = igw("ps")
    assert result.returncode == 125
    assert "GATEWAY_URL" in result.stderr


def test_outputs_for_programs() -> None:
    name = igw("run", "-d", "--node", "sandbox", "--image", "/a.sif", "-l", "test=output", "--", "true").stdout.strip()
    igw("wait", name)
    listed = json.loads(igw("ps", "-l", "test=output", "-o", "json").stdout)
    assert [job["name"] for job in listed["items"]] == [name]
    as_yaml = yaml.safe_load(igw("ps", "-l", "test=output", "-o", "yaml").stdout)
    assert [job["uid"] for job in as_yaml["items"]] == [job["uid"] for job in listed["items"]]
    assert json.loads(igw("get", name, "-o", "json").stdout)["name"] == name
    assert yaml.safe_load(igw("get", name, "-o", "yaml").stdout)["name"] == name
    assert json.loads(igw("nodes", "-o", "json").stdout)["items"][0]["name"] == "sandbox"
    assert json.loads(igw("version", "-o", "json").stdout)
    assert json.loads(igw("ps", "-l", "test=none", "-o", "json").stdout) == {"items": []}
    assert yaml.safe_load(igw("ps", "-l", "test=none", "-o", "yaml").stdout) == {"items": []}
    again = json.loads(igw("resubmit", name, "--time", "5m", "-o", "json").stdout)
    assert again["definition"]["slurm"] == {"timeLimit": "PT5M"}
    assert "HPC JOB" in igw("ps", "-o", "wide").stdout


def test_outputs_of_the_end_for_programs() -> None:
    name = igw("run", "-d", "--node", "sandbox", "--image", "/a.sif", "--", "sh", "-c", "exit 3").stdout.strip()
    waited = igw("wait", name, "-o", "json")
    assert waited.returncode == 3
    assert [(job["name"], job["state"]) for job in json.loads(waited.stdout)["items"]] == [(name, "FAILED")]
    assert json.loads(igw("receipt", name, "-o", "json").stdout)["job"]["name"] == name
    assert yaml.safe_load(igw("receipt", name, "-o", "yaml").stdout)["job"]["name"] == name
    cancelled = json.loads(igw("cancel", name, "--wait", "-o", "json").stdout)["items"]
    assert [(job["name"], job["deleted"]) for job in cancelled] == [(name, True)]
    stored = json.loads(igw("secrets", "put", "s2", "--token", "-o", "json", text="hidden-token\n").stdout)
    assert (stored["name"], "hidden-token" in str(stored)) == ("s2", False)
    assert json.loads(igw("secrets", "delete", "s2", "-o", "json").stdout) == {"name": "s2", "deleted": True}


def test_a_time_limit_as_slurm_writes_it() -> None:
    command = ("run", "--dry-run", "--node", "sandbox", "--image", "/a.sif", "--time", "1:30:00", "--", "true")
    assert "#SBATCH --time=01:30:00" in igw(*command).stdout


def test_no_colour_without_a_terminal() -> None:
    for arguments in (("ps",), ("nodes",), ("--help",), ("get", "nope")):
        result = igw(*arguments)
        assert "\x1b" not in result.stdout + result.stderr


def test_a_terminal_has_colours_and_progress() -> None:
    terminal = Terminal("run", "--node", "sandbox", "--image", "/a.sif", "--", "sh", "-c", "sleep 2; exit 3")
    assert terminal.exit_code() == 3
    assert "\x1b[" in terminal.output
    assert "FAILED" in terminal.output


def test_a_log_does_nothing_to_a_terminal_but_colour_it() -> None:
    script = r"printf '\033]0;title\007\033[31mred\033[2J\n'"
    name = igw("run", "-d", "--node", "sandbox", "--image", "/a.sif", "--", "sh", "-c", script).stdout.strip()
    igw("wait", name)
    terminal = Terminal("logs", name)
    assert terminal.exit_code() == 0
    assert terminal.output == "\x1b[31mred\r\n\x1b[0m"
    assert igw("logs", name).stdout == "\x1b]0;title\x07\x1b[31mred\x1b[2J\n"


@pytest.mark.parametrize(("answer", "state"), [("d", "RUNNING"), ("c", "CANCELLING")])
def test_ctrl_c_asks_once_what_becomes_of_the_job(answer: str, state: str) -> None:
    name = f"ctrl-c-{answer}"
    terminal = Terminal(
        "run", "--name", name, "--node", "sandbox", "--image", "/a.sif", "--", "sh", "-c", "echo ready; sleep 600"
    )
    terminal.until("ready\r\n")
    terminal.type("\x03")
    terminal.until("[d]etach or [c]ancel")
    terminal.type(f"?\n{answer}\n")
    assert terminal.exit_code() == 130
    with Gateway() as gateway:
        found = {job.name: job.state for job in gateway.jobs()}
        assert found.get(name, "CANCELLING") == state
        if answer == "d":
            gateway.job(name).cancel(wait=True)


def test_without_a_terminal_ctrl_c_detaches() -> None:
    command = [IGW, "run", "--name", "interrupted", "--node", "sandbox", "--image", "/a.sif", "--", "sh", "-c"]
    running = subprocess.Popen([*command, "echo ready; sleep 600"], stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    assert running.stdout is not None
    assert running.stdout.readline() == b"ready\n"
    running.send_signal(signal.SIGINT)
    assert running.wait(60) == 130
    with Gateway() as gateway:
        job = gateway.job("interrupted")
        assert job.state == "RUNNING"
        job.cancel(wait=True)


def test_a_watched_list_shows_changes() -> None:
    watching = subprocess.Popen([IGW, "ps", "-w", "-l", "test=watched"], stdout=subprocess.PIPE, text=True)
    command = ("run", "-d", "--node", "sandbox", "--image", "/a.sif", "-l", "test=watched", "--", "sleep", "2")
    name = igw(*command).stdout.strip()
    assert watching.stdout is not None
    for line in watching.stdout:
        if line.startswith(name) and "SUCCEEDED" in line:
            break
    watching.send_signal(signal.SIGINT)
    assert watching.wait(60) == 130


def test_a_watched_list_on_a_terminal() -> None:
    name = igw(
        "run", "-d", "--node", "sandbox", "--image", "/a.sif", "--time", "9m", "--", "sleep", "600"
    ).stdout.strip()
    terminal = Terminal("ps", "-w")
    terminal.until(name)
    terminal.until("left")
    terminal.type("\x03")
    assert terminal.exit_code() == 130
    igw("cancel", name)


def test_secrets_are_never_shown() -> None:
    assert igw("secrets", "put", "s1", "--token", text="hidden-token\n").returncode == 0
    shown = igw("secrets", "list").stdout + igw("secrets", "get", "s1", "-o", "yaml").stdout
    assert "TOKEN" in shown
    assert "hidden-token" not in shown
    assert igw("secrets", "verify", "s1", "--tracking-uri", "http://127.0.0.1:1").returncode == 1
    assert igw("secrets", "delete", "s1").returncode == 0


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_completion_is_a_script_of_the_shell(shell: str) -> None:
    script = igw("completion", shell).stdout
    assert "_IGW_COMPLETE" in script
    if shutil.which(shell):
        subprocess.run([shell, "-n"], input=script, text=True, check=True)


def test_names_of_jobs_are_completed(monkeypatch: pytest.MonkeyPatch) -> None:
    igw("run", "-d", "--name", "completed-name", "--node", "sandbox", "--image", "/a.sif", "--", "true")
    monkeypatch.setenv("_IGW_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", "igw get completed")
    monkeypatch.setenv("COMP_CWORD", "2")
    assert igw().stdout.split() == ["completed-name"]


def test_the_help_starts_quickly() -> None:
    igw("--help")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert igw("--help").returncode == 0
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    print(f"igw --help: {used:.3f} s of processor time")  # noqa: T201
    # What takes the time is imported by the commands that need it.
    modules = subprocess.run(
        [sys.executable, "-X", "importtime", IGW, "--help"], capture_output=True, text=True, check=True
    ).stderr
    assert not {"httpx", "rich.console", "yaml", "pandas"} & {
        line.rpartition("|")[2].strip() for line in modules.split("\n")
    }
