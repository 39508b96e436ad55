"""HTML for notebooks. Every text of the gateway is escaped: names and messages of jobs are chosen by other users."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timezone
from html import escape
from typing import TYPE_CHECKING

from . import _time

if TYPE_CHECKING:
    from ._view import JobView
    from .models import Finding, Node, Preflight

_COLOURS = {
    "QUEUED": "#8a6d00",
    "STARTING": "#8a6d00",
    "RUNNING": "#0b63c5",
    "SUCCEEDED": "#19733a",
    "FAILED": "#b3261e",
    "CANCELLING": "#6b6b6b",
    "UNKNOWN": "#7a3fa0",
}
_BOX = (
    "border:1px solid rgba(128,128,128,.35);border-radius:6px;padding:.6em .9em;max-width:46em;"
    "font-family:system-ui,sans-serif;font-size:13px;line-height:1.5"
)
_CELL = "text-align:left;vertical-align:top;padding:.1em .8em .1em 0;border:0;background:none"


def job(view: JobView) -> str:
    """A job with its state, reason, hint, evidence, times and walltime."""
    status = view.status
    state = "DELETED" if view.deleted else status.state
    colour = _COLOURS.get(state, "#6b6b6b")
    rows = [
        ("reason", _joined(status.reason, status.message)),
        ("hint", _text(status.hint)),
        ("exit code", _text(status.exit_code)),
        ("cancellation", _joined(*_cancellation(view))),
        ("created", _moment(status.created_at)),
        ("started", _moment(status.started_at)),
        ("ended", _moment(status.finished_at)),
        ("queue time", escape(_time.brief(status.queue_time))),
        ("run time", escape(_time.brief(status.run_time)) if status.run_time is not None else ""),
        ("walltime", _walltime(view)),
        ("HPC job", _joined(status.remote_job_id, *_hpc(view))),
        ("MLflow", _link(view.mlflow_url)),
        ("evidence", _evidence(view)),
        ("warnings", "<br>".join(escape(str(finding)) for finding in status.warnings)),
    ]
    table = "".join(
        f'<tr style="background:none"><th style="{_CELL};font-weight:500;opacity:.7">{name}</th>'
        f'<td style="{_CELL}">{value}</td></tr>'
        for name, value in rows
        if value
    )
    where = f" on {escape(status.node)}" if status.node else ""
    return (
        f'<div style="{_BOX}"><div><b style="color:{colour}">● {escape(state)}</b>'
        f" <b>{escape(status.name)}</b>"
        f'<span style="opacity:.7">{where}, workspace {escape(status.workspace)}</span></div>'
        f'<table style="border-collapse:collapse;margin:.3em 0 0;border:0">{table}</table></div>'
    )


def findings(entries: Sequence[Finding]) -> str:
    """A table of findings."""
    return table(
        ("severity", "field", "message", "hint"),
        ((entry.severity, entry.field, entry.message, entry.hint) for entry in entries),
    )


def preflight(result: Preflight) -> str:
    """The result of a preflight: the verdict, the findings and the batch script's lines."""
    verdict = "The job would be created." if result.accepted else "The job would be refused."
    colour = _COLOURS["SUCCEEDED" if result.accepted else "FAILED"]
    lines = escape("\n".join(result.batch_lines))
    return (
        f'<div style="{_BOX}"><b style="color:{colour}">{verdict}</b>'
        f"{findings(result.findings) if result.findings else ''}"
        f"{f'<pre>{lines}</pre>' if lines else ''}</div>"
    )


def nodes(entries: Sequence[Node]) -> str:
    """A table of nodes."""
    return table(
        ("node", "ready", "type", "free", "accelerators", "message"),
        (
            (
                entry.name,
                "yes" if entry.ready else "no",
                entry.type,
                ", ".join(f"{key} {value}" for key, value in entry.allocatable.items()),
                ", ".join(f"{key}: {value}" for key, value in entry.accelerators.items()),
                entry.reason,
            )
            for entry in entries
        ),
    )


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of texts, all escaped."""
    head = "".join(f'<th style="text-align:left">{escape(name)}</th>' for name in header)
    body = "".join(
        "<tr>" + "".join(f'<td style="text-align:left">{escape(cell)}</td>' for cell in row) + "</tr>" for row in rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _text(value: object) -> str:
    return "" if value is None else escape(str(value))


def _joined(*values: str | None) -> str:
    return escape(": ".join(value for value in values if value))


def _moment(moment: datetime | None) -> str:
    if moment is None:
        return ""
    return escape(moment.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M:%S UTC"))


def _cancellation(view: JobView) -> tuple[str | None, str | None]:
    known = view.cancellation
    return (known.stage, known.message) if known else (None, None)


def _hpc(view: JobView) -> tuple[str | None, str | None]:
    known = view.hpc
    return (known.state, known.message) if known else (None, None)


def _walltime(view: JobView) -> str:
    walltime = view.walltime
    if walltime is None:
        return ""
    limit = escape(_time.brief(walltime.limit))
    left = walltime.left
    if left is None or view.ended or not walltime.limit:
        return f"limit {limit}"
    used = min(100, max(0, round(100 * (1 - left / walltime.limit))))
    return (
        '<span style="display:inline-block;width:9em;height:.6em;background:rgba(128,128,128,.25);border-radius:3px">'
        f'<span style="display:block;width:{used}%;height:100%;background:#0b63c5;border-radius:3px"></span></span>'
        f" {escape(_time.brief(left))} of {limit} left"
    )


def _link(address: str | None) -> str:
    if address is None:
        return ""
    return f'<a href="{escape(address)}" rel="noopener noreferrer" target="_blank">{escape(address)}</a>'


def _evidence(view: JobView) -> str:
    evidence = view.evidence
    stale = "" if evidence.current else ", out of date"
    return f"{escape(evidence.source)} at {_moment(evidence.observed_at)}{stale}"
