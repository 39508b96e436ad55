"""The commands for MLflow credentials."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from .._secret import Secret
from . import _options as options
from ._options import Output, OutputOption, Workspace

secrets = typer.Typer(help="MLflow credentials of the workspace.", no_args_is_help=True, rich_markup_mode=None)

Name = Annotated[str, typer.Argument(help="The credential's name.", metavar="NAME")]
Server = Annotated[str | None, typer.Option("--tracking-uri", help="The MLflow server.")]


@secrets.command("list")
def list_secrets(workspace: Workspace = None, output: OutputOption = Output.TABLE) -> None:
    """List the credentials."""
    from . import _output

    with options.gateway(workspace) as gateway:
        credentials = gateway.credentials.list()
    if output.structured:
        _output.documents((each.raw for each in credentials), output)
        return
    rows = [
        (each.name, each.kind, each.username or "", each.tracking_uri or "any", each.managed_by) for each in credentials
    ]
    _output.table(("NAME", "KIND", "USER", "SERVER", "MADE BY"), rows)


@secrets.command()
def put(
    name: Name,
    username: Annotated[str | None, typer.Option("--username", help="The MLflow user.")] = None,
    token: Annotated[bool, typer.Option("--token", help="It is a token, not a password.")] = False,
    tracking_uri: Server = None,
    workspace: Workspace = None,
    output: OutputOption = Output.TABLE,
) -> None:
    """Store a credential. The password or token is asked for, or read from the standard input."""
    from . import _output

    if token == (username is not None):
        raise typer.BadParameter("Give either --username or --token.")
    secret = _secret("Token" if token else "Password")
    with options.gateway(workspace) as gateway:
        if token:
            stored = gateway.credentials.put(name, token=secret.reveal(), tracking_uri=tracking_uri)
        else:
            stored = gateway.credentials.put(
                name, username=username, password=secret.reveal(), tracking_uri=tracking_uri
            )
    if output.structured:
        _output.document(stored.raw, output)
    else:
        _output.note(f"Credential {name} is stored.")


@secrets.command()
def get(name: Name, workspace: Workspace = None, output: OutputOption = Output.TABLE) -> None:
    """Show a credential, without its password."""
    from . import _output

    with options.gateway(workspace) as gateway:
        credential = gateway.credentials.get(name)
    if output.structured:
        _output.document(credential.raw, output)
        return
    _output.facts(
        [
            ("Name", credential.name),
            ("Kind", credential.kind),
            ("User", credential.username),
            ("Server", credential.tracking_uri or "any"),
            ("Made by", credential.managed_by),
            ("Created", _output.moment(credential.created_at)),
        ]
    )


@secrets.command()
def verify(
    name: Name, tracking_uri: Server = None, workspace: Workspace = None, output: OutputOption = Output.TABLE
) -> None:
    """Check a credential at its MLflow server."""
    from . import _output

    with options.gateway(workspace) as gateway:
        verdict = gateway.credentials.verify(name, tracking_uri=tracking_uri)
    if output.structured:
        _output.document(verdict.raw, output)
    else:
        _output.facts([("Verdict", f"{verdict.verdict}: {verdict.message}"), ("Hint", verdict.hint)])
    if verdict.verdict != "ACCEPTED":
        raise typer.Exit(1)


@secrets.command()
def delete(name: Name, workspace: Workspace = None, output: OutputOption = Output.TABLE) -> None:
    """Delete a credential."""
    from . import _output

    with options.gateway(workspace) as gateway:
        gateway.credentials.delete(name)
    if output.structured:
        _output.document({"name": name, "deleted": True}, output)


def _secret(kind: str) -> Secret:
    """The secret, never from an argument: other users of the machine can see those."""
    if not sys.stdin.isatty():
        return Secret(sys.stdin.readline().rstrip("\r\n"))
    import getpass

    return Secret(getpass.getpass(f"{kind}: "))
