"""Options and arguments that several commands have."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from .._sync._gateway import Gateway
    from ..spec import Slurm


class Output(str, Enum):
    """The form of an output."""

    TABLE = "table"
    WIDE = "wide"
    JSON = "json"
    YAML = "yaml"

    @property
    def structured(self) -> bool:
        """Whether it is for programs."""
        return self in (Output.JSON, Output.YAML)


def _job_names(incomplete: str) -> list[str]:
    """The names of jobs for the completion, which must neither fail nor take long."""
    from itertools import islice

    from .._retry import Retry
    from .._sync._gateway import Gateway

    try:
        with Gateway(retry=Retry(requests=0)) as gateway:
            names = (status.name for status in gateway.jobs().statuses())
            return list(islice((name for name in names if name.startswith(incomplete)), 200))
    except Exception:
        return []


Workspace = Annotated[
    str | None,
    typer.Option("-n", "--workspace", help="The workspace. By default the configured one, or your first."),
]
OutputOption = Annotated[Output, typer.Option("-o", "--output", help="The output format.", show_default=False)]
JobName = Annotated[str, typer.Argument(help="The job's name.", metavar="NAME", autocompletion=_job_names)]
JobNames = Annotated[list[str], typer.Argument(help="The jobs' names.", metavar="NAME...", autocompletion=_job_names)]
File = Annotated[str, typer.Argument(help="A pod or a job spec, in YAML or JSON; - for the standard input.")]
Labels = Annotated[
    list[str] | None,
    typer.Option("-l", "--label", help="A label KEY=VALUE. May be repeated.", metavar="KEY=VALUE"),
]
Variables = Annotated[
    list[str] | None,
    typer.Option("-e", "--env", help="A variable KEY=VALUE. May be repeated.", metavar="KEY=VALUE"),
]
Key = Annotated[
    str | None,
    typer.Option(
        "--idempotency-key",
        help="The key of a submission that may have succeeded. The same key makes no second job.",
        metavar="KEY",
    ),
]
Timeout = Annotated[
    str | None,
    typer.Option("--timeout", help="The longest time to wait, such as 30m."),
]
Partition = Annotated[str | None, typer.Option(help="SLURM's partition.")]
Account = Annotated[str | None, typer.Option(help="SLURM's account.")]
Qos = Annotated[str | None, typer.Option(help="SLURM's quality of service.")]
Gres = Annotated[str | None, typer.Option(help="Generic resources of each node: gpu:1.")]
TimeLimit = Annotated[str | None, typer.Option("--time", help="The time limit: 55m or 00:55:00.")]
Nodes = Annotated[int | None, typer.Option("--nodes", min=1, help="The number of compute nodes.")]


def gateway(workspace: str | None = None) -> Gateway:
    """The gateway of the settings."""
    from .._sync._gateway import Gateway

    return Gateway(workspace=workspace)


@contextmanager
def submission(key: str | None) -> Generator[str, None, None]:
    """The Idempotency-Key of a submission, by default a new one. It is printed if the submission is interrupted."""
    from .._paths import new_key
    from ._output import note

    key = key or new_key()
    try:
        yield key
    except KeyboardInterrupt:
        note(f"The job may have been submitted. To repeat it without a second job: --idempotency-key {key}")
        raise


def pairs(entries: list[str] | None, option: str) -> dict[str, str] | None:
    """The entries `KEY=VALUE` as a mapping; None if there are none."""
    if not entries:
        return None
    result: dict[str, str] = {}
    for entry in entries:
        key, equals, value = entry.partition("=")
        if not equals or not key:
            raise typer.BadParameter(f"{entry!r} is not KEY=VALUE.", param_hint=option)
        result[key] = value
    return result


def slurm(
    *,
    partition: str | None,
    account: str | None,
    qos: str | None,
    gres: str | None,
    time: str | None,
    nodes: int | None,
) -> Slurm | None:
    """SLURM's options; None if there are none."""
    from .._time import slurm_duration
    from ..spec import Slurm

    try:
        limit = slurm_duration(time) if time and ":" in time else time
        given = Slurm(partition=partition, account=account, qos=qos, gres=gres, time=limit, nodes=nodes)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--time") from error
    return None if given == Slurm() else given


def length(text: str | None, option: str) -> float | None:
    """A duration in seconds."""
    from .._time import seconds

    try:
        return None if text is None else seconds(text)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint=option) from error
