"""Addresses of MLflow's pages."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from .models import MlflowLink


def server_address(address: object) -> str | None:
    """The address, if it is one of the web: others must not become links."""
    try:
        scheme = urlsplit(address).scheme if isinstance(address, str) else ""
    except ValueError:  # Such as https://[.
        return None
    return str(address) if scheme in ("http", "https") else None


def run_address(link: MlflowLink) -> str | None:
    """The page of a run, or the server if the run or the id of its experiment is not known."""
    server = server_address(link.tracking_uri)
    if server is None or not link.run or not (link.experiment or "").isdigit():
        return server
    return f"{server.rstrip('/')}/#/experiments/{link.experiment}/runs/{quote(link.run, safe='')}"
