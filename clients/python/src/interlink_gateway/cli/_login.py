"""Logging in on a terminal."""

from __future__ import annotations

import json
import os
import sys
import webbrowser
from pathlib import Path

import typer

from .._terminal import printable_lines
from ..config import LoginSettings, config_directory, load
from ..errors import ConfigurationError
from ..login import DevicePrompt, Flow
from ..login import log_in as log_in_at
from ._output import errors, note


def log_in(
    url: str | None, issuer: str | None, client_id: str | None, scope: str | None, *, device: bool, browser: bool
) -> None:
    """Logs in at the issuer of the options or of the configuration, and keeps the options."""
    if device and browser:
        raise typer.BadParameter("Give either --device or --browser.")
    settings = load(url=url)
    known = settings.login
    issuer = issuer or (known.issuer if known else None)
    client_id = client_id or (known.client_id if known else None)
    if not issuer or not client_id:
        raise ConfigurationError("The first login needs --issuer and --client-id. Ask the gateway's operator for them.")
    chosen = LoginSettings(issuer, client_id, scope or (known.scope if known else LoginSettings.scope))
    flow = Flow.BROWSER if browser or (not device and _has_browser()) else Flow.DEVICE
    log_in_at(settings.url, chosen, flow, open_page=_open, prompt=_show)
    note(f"Logged in to {settings.url}.")
    _keep(settings.url, chosen)


def _has_browser() -> bool:
    if os.environ.get("SSH_CONNECTION"):
        return False
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    if sys.platform in ("darwin", "win32"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _open(address: str) -> None:
    text = f"Open this page, unless it opens by itself:\n{address}"
    errors().print(printable_lines(text), markup=False, soft_wrap=True)
    webbrowser.open(address)


def _show(prompt: DevicePrompt) -> None:
    where = prompt.complete or prompt.address
    errors().print(printable_lines(f"Open {where}\nand confirm the code {prompt.code}"), markup=False, soft_wrap=True)


def _keep(url: str, login: LoginSettings) -> None:
    """Writes the settings, unless the file exists: a user's file is not changed."""
    path: Path = config_directory() / "config.toml"
    # JSON's strings are TOML's basic strings.
    lines = [
        f"url = {json.dumps(url)}",
        "",
        "[login]",
        f"issuer = {json.dumps(login.issuer)}",
        f"client-id = {json.dumps(login.client_id)}",
        f"scope = {json.dumps(login.scope)}",
        "",
    ]
    if path.exists():
        if load(url=url).login != login:
            note(f"{path} is kept as it is. For the next login without options, put this into it:")
            for line in lines[2:-1]:
                note(f"  {line}")
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_text("\n".join(lines))
    note(f"The settings are in {path}.")
