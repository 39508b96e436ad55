"""JSON to frozen dataclasses and back.

Decoding is tolerant where the API may grow (unknown fields, unknown values of enumerations) and strict elsewhere: a
missing field or one of another type is an `UnexpectedAnswer`, so that no wrong value gets into a program.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar, Union, cast

from . import _time
from .errors import UnexpectedAnswer

M = TypeVar("M", bound="Model")
Json = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Model:
    """Something that the gateway answered.

    Attributes:
        raw: the JSON object as it was received, with the fields that this version does not know.
    """

    raw: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False, compare=False)

    @classmethod
    def from_json(cls: type[M], data: object) -> M:
        """Decodes a JSON object.

        Raises:
            UnexpectedAnswer: it lacks a required field, or a field has another type.
        """
        return decode(cls, data)


def decode(cls: type[M], data: object) -> M:
    """See `Model.from_json`."""
    if not isinstance(data, dict):
        raise UnexpectedAnswer(f"The gateway's answer is not a {cls.__name__}: it is not a JSON object.")
    source = cast("Json", data)
    values: Json = {"raw": source}
    for part in _parts(cls):
        value = source.get(part.wire)
        if value is None:
            if part.required:
                raise UnexpectedAnswer(f"The gateway's answer is not a {cls.__name__}: it has no {part.wire}.")
            continue
        try:
            values[part.name] = part.read(value)
        except (TypeError, ValueError, OverflowError) as error:
            raise UnexpectedAnswer(
                f"The gateway's answer is not a {cls.__name__}: {part.wire} can't be read."
            ) from error
    return cls(**values)


def items(cls: type[M], data: object) -> list[M]:
    """Decodes the member `items` of a JSON object."""
    entries = cast("Json", data).get("items") if isinstance(data, dict) else None
    if not isinstance(entries, list):
        raise UnexpectedAnswer(f"The gateway's answer is not a list of {cls.__name__}.")
    return [decode(cls, entry) for entry in cast("list[object]", entries)]


def encode(value: object) -> Any:
    """The JSON of a dataclass, without the members that are None; durations in ISO 8601."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            wire_name(part): encode(inner) for part in fields(value) if (inner := getattr(value, part.name)) is not None
        }
    if isinstance(value, timedelta):
        return _time.iso(value)
    if isinstance(value, Mapping):
        return {str(key): encode(inner) for key, inner in cast("Mapping[object, object]", value).items()}
    if isinstance(value, (list, tuple)):
        return [encode(inner) for inner in cast("list[object]", value)]
    return value


def wire_name(part: Any) -> str:
    """A field's name in JSON: the one in its metadata, or its own in camel case."""
    return cast("str", part.metadata.get("wire") or camel_case(part.name))


def camel_case(name: str) -> str:
    """A name of Python as JSON has it."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


@dataclass(frozen=True)
class _Part:
    name: str
    wire: str
    required: bool
    read: Callable[[Any], Any]


@cache
def _parts(cls: type[Model]) -> tuple[_Part, ...]:
    hints = typing.get_type_hints(cls)
    return tuple(
        _Part(
            part.name,
            wire_name(part),
            part.default is MISSING and part.default_factory is MISSING,
            _reader(hints[part.name]),
        )
        for part in fields(cls)
        if part.name != "raw"
    )


def _reader(hint: Any) -> Callable[[Any], Any]:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (Union, types.UnionType):
        return _reader(next(argument for argument in arguments if argument is not type(None)))
    if origin is tuple:
        return _sequence(_reader(arguments[0]))
    if origin in (Mapping, dict):
        return _mapping(arguments[1])
    if hint is datetime:
        return _time.timestamp
    if hint is timedelta:
        return _time.duration
    if hint is float:
        return _number
    if isinstance(hint, type) and issubclass(hint, Model):
        return hint.from_json
    return _plain(hint)


def _number(value: Any) -> float:
    if type(value) not in (int, float):
        raise TypeError
    return float(value)


def _plain(hint: Any) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) is not hint:
            raise TypeError
        return value

    return read


def _sequence(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def read_all(value: Any) -> Any:
        if not isinstance(value, list):
            raise TypeError
        return tuple(read(entry) for entry in cast("list[Any]", value))

    return read_all


def _mapping(hint: Any) -> Callable[[Any], Any]:
    read: Callable[[Any], Any] = (lambda value: value) if hint is Any else _plain(hint)

    def read_all(value: Any) -> Any:
        if not isinstance(value, dict):
            raise TypeError
        return {key: read(inner) for key, inner in cast("Json", value).items()}

    return read_all
