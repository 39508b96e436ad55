"""Jobs in files."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .._submission import LARGEST
from .._submission import read as read_file
from ..errors import ConfigurationError


@dataclass(frozen=True)
class JobFile:
    """A pod as YAML, or a job spec.

    Attributes:
        yaml: the pod's text, byte for byte as in the file; None for a job spec.
        spec: the job spec; None for a pod.
        name: the name in it, if it has one.
    """

    yaml: str | None
    spec: dict[str, Any] | None
    name: str | None


def read(file: str) -> JobFile:
    """The job in a file; `-` is the standard input.

    Raises:
        ConfigurationError: it can't be read, or is neither a pod nor a job spec.
    """
    text = _text(file)
    document = _parse(text, file)
    if not isinstance(document, dict):
        raise ConfigurationError(f"{file} is neither a pod nor a job spec.")
    if "kind" in document:
        metadata: Any = document.get("metadata")  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType]
        return JobFile(text, None, metadata.get("name") if isinstance(metadata, dict) else None)  # pyright: ignore
    return JobFile(None, document, document.get("name"))  # pyright: ignore


def _text(file: str) -> str:
    try:
        data = sys.stdin.buffer.read(LARGEST + 1) if file == "-" else read_file(Path(file))
        if len(data) > LARGEST:
            raise ConfigurationError(f"{file} is larger than 16 MiB.")
        return data.decode()
    except OSError as error:
        raise ConfigurationError(f"{file} can't be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file} is not UTF-8.") from error


def _parse(text: str, file: str) -> Any:
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            pass  # YAML's flow style looks like JSON.
    import yaml

    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise ConfigurationError(f"{file} is neither valid JSON nor valid YAML.") from error
