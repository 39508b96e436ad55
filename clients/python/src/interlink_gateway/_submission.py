"""The body of a submission."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ._paths import new_key
from .errors import ConfigurationError, GatewayError
from .spec import JobSpec, patch

LARGEST = 16 * 1024 * 1024


@dataclass(frozen=True)
class Submission:
    """A body: `json` of a job spec, or `yaml` of a pod or a spec."""

    json: dict[str, Any] | None = None
    yaml: bytes | None = None


@contextmanager
def keyed(key: str | None) -> Generator[str, None, None]:
    """The Idempotency-Key of a submission, by default a new one. An exception gets it.

    Raises:
        ConfigurationError: it has characters that no header can have, or none.
    """
    key = new_key() if key is None else key
    if not key or not key.isascii() or not key.isprintable() or key.strip() != key:
        raise ConfigurationError("An Idempotency-Key has printable ASCII characters, and at least one.")
    try:
        yield key
    except GatewayError as error:
        error.idempotency_key = key
        raise


def submission(spec: JobSpec | Mapping[str, Any] | None, yaml: Path | str | None, **members: object) -> Submission:
    """The body from a spec, or a YAML file or text, or the members of a spec.

    Raises:
        ConfigurationError: there are both or none, or the file can't be read.
    """
    base = spec.to_json() if isinstance(spec, JobSpec) else dict(spec or {})
    job = patch(base, **members)
    if yaml is None:
        if not job:
            raise ConfigurationError("There is no job. Give a spec, keywords or yaml=Path(...).")
        return Submission(json=job)
    if job:
        raise ConfigurationError("Give either yaml or a job spec, not both.")
    return Submission(yaml=read(yaml) if isinstance(yaml, Path) else yaml.encode())


def read(path: Path) -> bytes:
    """The bytes of a file. Raises ConfigurationError if it can't be read or is larger than 16 MiB."""
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise ConfigurationError(f"{path} can't be read: {error.strerror}.") from error
    if len(data) > LARGEST:
        raise ConfigurationError(f"{path} is larger than 16 MiB.")
    return data
