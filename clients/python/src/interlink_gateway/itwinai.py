"""The SLURM section of an itwinai configuration, as jobs of a gateway.

itwinai has names of its own for SLURM's options. They are read from the whole file, or from its section `slurm_config`
or `slurm`:

| itwinai | here |
|---|---|
| `account`, `partition`, `time` | the same |
| `num_nodes`, `num_tasks_per_node` | `nodes`, `tasks_per_node` |
| `gpus_per_node` | `gres="gpu:N"` |
| `exclusive` | `flags="--exclusive"` |
| `cpus_per_task`, `memory` | limits of the job, see `resources` |
| `mode`, `distributed_strategy`, `scalability_nodes` | one job or several, see `variants` |

What the file does not set is left to the HPC; itwinai's own defaults are not applied. All other members are for the
batch script that itwinai writes, and have no meaning here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import yaml

from ._time import slurm_duration
from .errors import ConfigurationError
from .spec import Resources, Slurm

_SECTIONS = ("slurm_config", "slurm")
_STRATEGIES = ("ddp", "deepspeed", "horovod")
_DEFAULT_NODES = (1, 2, 4, 8)
_UNITS = {"K": "Ki", "M": "Mi", "G": "Gi", "T": "Ti"}


@dataclass(frozen=True)
class Variant:
    """One job of a configuration.

    Attributes:
        strategy: the distributed strategy, `ddp`, `deepspeed` or `horovod`; None if the file names none.
        slurm: SLURM's options.
    """

    strategy: str | None
    slurm: Slurm


def slurm(config: Path, *, section: str | None = None) -> Slurm:
    """SLURM's options of the one job of a configuration with the mode `single`.

    Args:
        config: the file.
        section: the name of the section; by default it is found.

    Raises:
        ConfigurationError: the file can't be read, a value is unusable, or the mode means several jobs.
    """
    jobs = variants(config, section=section)
    if len(jobs) > 1:
        raise ConfigurationError(f"{config} describes {len(jobs)} jobs. Use itwinai.variants() and submit each.")
    return jobs[0].slurm


def variants(config: Path, *, section: str | None = None) -> list[Variant]:
    """All jobs of a configuration.

    They are one in the mode `single`, one for each strategy in `runall`, and one for each strategy and number of nodes
    in `scaling-test`.

    Args:
        config: the file.
        section: the name of the section; by default it is found.

    Raises:
        ConfigurationError: the file can't be read, or a value is unusable.
    """
    settings = _Settings(config, section)
    base = _options(settings)
    strategy = settings.text("distributed_strategy") or settings.text("dist_strat")
    mode = (settings.text("mode") or "single").lower()
    if mode == "single":
        return [Variant(strategy, base)]
    if mode == "runall":
        return [Variant(each, base) for each in _STRATEGIES]
    if mode == "scaling-test":
        return [Variant(each, replace(base, nodes=nodes)) for nodes in settings.numbers() for each in _STRATEGIES]
    raise ConfigurationError(f"{config}: mode is none of single, runall and scaling-test.")


def resources(config: Path, *, section: str | None = None) -> Resources | None:
    """The limits of CPUs and memory of each node, or None if the file sets none.

    Args:
        config: the file.
        section: the name of the section; by default it is found.

    Raises:
        ConfigurationError: the file can't be read, or a value is unusable.
    """
    settings = _Settings(config, section)
    limits: dict[str, str] = {}
    cpus = settings.number("cpus_per_task")
    if cpus is not None:
        limits["cpu"] = str(cpus)
    memory = settings.text("memory")
    if memory is not None:
        amount, unit = memory[:-1], memory[-1:].upper()
        if unit.isdigit():
            amount, unit = memory, "M"  # SLURM's unit if there is none
        if not amount.isdigit() or unit not in _UNITS:
            raise ConfigurationError(f"{config}: memory is not a size such as 16G.")
        limits["memory"] = amount + _UNITS[unit]
    return Resources(limits=limits) if limits else None


def _options(settings: _Settings) -> Slurm:
    gpus = settings.number("gpus_per_node")
    return Slurm(
        partition=settings.text("partition"),
        account=settings.text("account"),
        gres=f"gpu:{gpus}" if gpus else None,
        nodes=settings.number("num_nodes"),
        tasks_per_node=settings.number("num_tasks_per_node"),
        time=settings.time(),
        flags="--exclusive" if settings.value("exclusive") is True else None,
    )


class _Settings:
    """The section of a file, whose values are checked when they are read."""

    def __init__(self, config: Path, section: str | None) -> None:
        self._config = config
        try:
            document = yaml.load(config.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader
        except OSError as error:
            raise ConfigurationError(f"{config} can't be read: {error.strerror}.") from error
        except (UnicodeDecodeError, yaml.YAMLError, RecursionError) as error:
            raise ConfigurationError(f"{config} is not valid YAML.") from error
        self._values = self._section(document, section)

    def _section(self, document: object, section: str | None) -> Mapping[str, Any]:
        if not isinstance(document, dict):
            raise ConfigurationError(f"{self._config} has no settings.")
        whole = cast("Mapping[str, Any]", document)
        names = _SECTIONS if section is None else (section,)
        found = next((whole[name] for name in names if isinstance(whole.get(name), dict)), None)
        if found is None and section is not None:
            raise ConfigurationError(f"{self._config} has no section {section!r}.")
        return whole if found is None else cast("Mapping[str, Any]", found)

    def value(self, name: str) -> object:
        """The value as it is; None if there is none."""
        value = self._values.get(name)
        if isinstance(value, str) and "${" in value:
            raise ConfigurationError(f"{self._config}: {name} refers to another value. Write the value itself.")
        return value

    def text(self, name: str) -> str | None:
        """A text."""
        value = self.value(name)
        if value is None or isinstance(value, str):
            return value or None
        raise ConfigurationError(f"{self._config}: {name} is not a text.")

    def number(self, name: str) -> int | None:
        """A whole number that is not negative."""
        value = self.value(name)
        if value is None:
            return None
        if isinstance(value, str) and value.isascii() and value.isdigit():
            return int(value)
        raise ConfigurationError(f"{self._config}: {name} is not a whole number.")

    def time(self) -> Any:
        """The time limit."""
        text = self.text("time")
        try:
            return None if text is None else slurm_duration(text)
        except ValueError as error:
            raise ConfigurationError(f"{self._config}: time: {error}") from error

    def numbers(self) -> list[int]:
        """The numbers of nodes of a scaling test."""
        value = self.value("scalability_nodes")
        if value is None:
            return list(_DEFAULT_NODES)
        parts = value.split(",") if isinstance(value, str) else value
        try:
            numbers = [int(part) for part in cast("list[Any]", parts) if part != ""]
        except (TypeError, ValueError):
            numbers = []
        if not numbers or min(numbers) < 1:
            raise ConfigurationError(f"{self._config}: scalability_nodes are not numbers of nodes.")
        return numbers


class _Loader(yaml.SafeLoader):
    """Leaves texts such as 00:30:00 and 16G as they are: YAML 1.1 takes the first for a number of base 60."""


_NUMBERS = ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float")
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag not in _NUMBERS]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
