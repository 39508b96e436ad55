"""Times on the wire: ISO 8601 timestamps and durations, and the short forms that people write."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import TypeAlias

Duration: TypeAlias = "timedelta | float | str"
"""A length of time: a `timedelta`, a number of seconds, or a text such as `55m`, `1h30m`, `7d` or `PT55M`."""

_SHORT = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?", re.ASCII)
_ISO = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.ASCII | re.IGNORECASE)
_SLURM = re.compile(r"(?:(\d+)-)?(\d+)(?::(\d+))?(?::(\d+))?", re.ASCII)
_TIMESTAMP = re.compile(r"(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)


def duration(value: Duration) -> timedelta:
    """The length of time.

    Raises:
        ValueError: the text has none of the forms, or the value is negative or too large.
    """
    if isinstance(value, timedelta):
        result = value
    elif isinstance(value, str):
        result = _parse(value)
    else:
        try:
            result = timedelta(seconds=value)
        except OverflowError as error:
            raise ValueError(f"A duration of {value} seconds is too large.") from error
    if result < timedelta(0):
        raise ValueError("A duration must not be negative.")
    return result


def seconds(value: Duration) -> float:
    """The length of time in seconds. Errors: see `duration`."""
    return duration(value).total_seconds()


def _parse(text: str) -> timedelta:
    stripped = text.strip()
    for form in (_SHORT, _ISO):
        match = form.fullmatch(stripped)
        if match and any(match.groups()):
            days, hours, minutes, rest = (float(group or 0) for group in match.groups())
            try:
                return timedelta(days=days, hours=hours, minutes=minutes, seconds=rest)
            except OverflowError as error:
                raise ValueError(f"The duration {text!r} is too large.") from error
    raise ValueError(f"{text!r} is not a duration. Write it as 55m, 1h30m, 7d or PT55M.")


def slurm_duration(text: str) -> timedelta:
    """A time limit as SLURM's `--time` takes it: `minutes`, `MM:SS`, `HH:MM:SS`, `D-HH`, `D-HH:MM`, `D-HH:MM:SS`.

    Raises:
        ValueError: the text has none of these forms.
    """
    match = _SLURM.fullmatch(text.strip())
    if not match:
        raise ValueError(f"{text!r} is not a time limit of SLURM. Write it as HH:MM:SS or D-HH:MM:SS.")
    days, first, second, third = match.groups()
    parts = [int(part) for part in (first, second, third) if part is not None]
    if days is not None:
        hours, minutes, rest = (*parts, 0, 0)[:3]
    elif len(parts) == 1:
        hours, minutes, rest = 0, parts[0], 0
    elif len(parts) == 2:
        hours, minutes, rest = 0, *parts
    else:
        hours, minutes, rest = parts
    return timedelta(days=int(days or 0), hours=hours, minutes=minutes, seconds=rest)


def iso(value: timedelta) -> str:
    """The duration in ISO 8601, in hours, minutes and seconds: `PT55M`."""
    total = value.total_seconds()
    whole = int(total)
    hours, rest = divmod(whole, 3600)
    minutes, secs = divmod(rest, 60)
    fraction = f"{total - whole:.6f}".rstrip("0")[1:].rstrip(".")
    parts = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    if secs or fraction or not parts:
        parts += f"{secs}{fraction}S"
    return f"PT{parts}"


def timestamp(text: str) -> datetime:
    """An RFC 3339 timestamp, to the microsecond.

    Raises:
        ValueError: the text is none.
    """
    match = _TIMESTAMP.fullmatch(text)
    if not match:
        raise ValueError("not a timestamp")
    date, time, fraction, zone = match.groups()
    micros = (fraction or ".")[1:7].ljust(6, "0")
    return datetime.fromisoformat(f"{date}T{time}.{micros}{'+00:00' if zone in 'Zz' else zone}")


def now() -> datetime:
    """The present time, in UTC."""
    return datetime.now(timezone.utc)


def brief(value: timedelta) -> str:
    """The duration for people, in its two largest units: `1h 5m`."""
    total = max(0, int(value.total_seconds()))
    units = [(total // 86400, "d"), (total // 3600 % 24, "h"), (total // 60 % 60, "m"), (total % 60, "s")]
    first = next((index for index, (amount, _) in enumerate(units) if amount), 3)
    return " ".join(f"{amount}{unit}" for amount, unit in units[first : first + 2] if amount) or "0s"
