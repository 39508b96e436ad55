"""Settings: the gateway's address, the workspace and the token.

Each is taken from the first place that has it: the argument, the environment (`GATEWAY_URL`, `GATEWAY_WORKSPACE`,
`GATEWAY_TOKEN`, `GATEWAY_TOKEN_FILE`), the file `~/.config/interlink-gateway/config.toml`:

```toml
url = "https://gateway.example.org"
workspace = "hpc"
token-file = "~/.gateway-token"

[login]
issuer = "https://keycloak.example.org/realms/hpc"
client-id = "interlink-gateway"
scope = "openid offline_access"
```
"""

from __future__ import annotations

import ipaddress
import os
import sys
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

from ._secret import Secret, secret_or_none
from .errors import ConfigurationError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

TokenSource = Callable[[], Secret]
"""Returns the present token. It is called for each request, so that a token may be replaced while a program runs."""


@dataclass(frozen=True)
class LoginSettings:
    """Where and as which client to log in.

    Attributes:
        issuer: the OpenID Connect issuer, `https` or on a loopback address.
        client_id: a public client of the issuer.
        scope: the scopes that are requested, separated by spaces.
    """

    issuer: str
    client_id: str
    scope: str = "openid"


@dataclass(frozen=True)
class Settings:
    """The settings of a client.

    Attributes:
        url: the gateway's address, without a path of the API.
        workspace: the workspace, or None for the first of the caller's.
        token: the source of the token; None if there is none, and the stored login is used if there is one.
        login: how to log in, or None.
    """

    url: str
    workspace: str | None = None
    token: TokenSource | None = None
    login: LoginSettings | None = None


def config_directory() -> Path:
    """The folder of the package's files: `$XDG_CONFIG_HOME/interlink-gateway`, by default in `~/.config`."""
    base = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    return Path(base).expanduser() / "interlink-gateway"


def load(*, url: str | None = None, token: Secret | None = None, workspace: str | None = None) -> Settings:
    """The settings from the arguments, the environment and the file.

    Raises:
        ConfigurationError: there is no address, or a setting can't be used.
    """
    path = config_directory() / "config.toml"
    file = _read(path)
    address = url or os.environ.get("GATEWAY_URL") or file.get("url")
    if not address:
        raise ConfigurationError(
            f"The gateway's address is missing. Set GATEWAY_URL, or url in {path}, or call Gateway(url)."
        )
    settings = Settings(
        url=check_url(address),
        workspace=workspace or os.environ.get("GATEWAY_WORKSPACE") or file.get("workspace"),
        token=_token(token, file),
        login=_login(file),
    )
    return _warned(settings)


def check_url(address: str) -> str:
    """The address without a slash at its end.

    Raises:
        ConfigurationError: it is not an http or https address, or contains a password.
    """
    if "@" in address:
        raise ConfigurationError("The gateway's address must not contain a user name or a password.")
    try:
        parts = urlsplit(address.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, urlsplit("")
    if parts.scheme not in ("http", "https") or not host:
        raise ConfigurationError(f"{address!r} is not the address of a gateway. It looks like https://host.")
    if parts.query or parts.fragment:
        raise ConfigurationError("The gateway's address must not contain ? or #.")
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"


def is_loopback(url: str) -> bool:
    """Whether the address is on this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _warned(settings: Settings) -> Settings:
    if settings.token and settings.url.startswith("http:") and not is_loopback(settings.url):
        warnings.warn(f"The token is sent to {settings.url} without encryption. Use https.", UserWarning, stacklevel=3)
    return settings


def _read(path: Path) -> Mapping[str, Any]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} can't be read: {type(error).__name__}.") from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path} is not valid TOML: {error}") from error


def _token(token: Secret | None, file: Mapping[str, Any]) -> TokenSource | None:
    fixed = token or secret_or_none(os.environ.get("GATEWAY_TOKEN"))
    if fixed:
        checked = checked_token(fixed, "The token")
        return lambda: checked
    name = os.environ.get("GATEWAY_TOKEN_FILE") or file.get("token-file")
    if not name:
        return None
    path = Path(str(name)).expanduser()
    return lambda: _from_file(path)


def _from_file(path: Path) -> Secret:
    try:
        text = Secret(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        failure = type(error).__name__
    else:
        return checked_token(text, f"The token in {path}")
    # Without the cause: the error of a decoder has the bytes.
    raise ConfigurationError(f"The token file {path} can't be read: {failure}.")


def checked_token(token: Secret, name: str) -> Secret:
    """The token, if it can be sent in a header.

    Raises:
        ConfigurationError: it is empty or has characters that no token has. The message does not contain it.
    """
    stripped = Secret(token.reveal().strip())
    if not _is_token(stripped):
        raise ConfigurationError(f"{name} is empty, or has characters that a token can't have.")
    return stripped


def _is_token(token: Secret) -> bool:
    text = token.reveal()
    return bool(text) and text.isascii() and text.isprintable() and " " not in text


def _login(file: Mapping[str, Any]) -> LoginSettings | None:
    section = cast("Mapping[str, Any] | None", file.get("login"))
    if section is None:
        return None
    try:
        settings = LoginSettings(str(section["issuer"]), str(section["client-id"]))
    except (KeyError, TypeError) as error:
        raise ConfigurationError("The section [login] of config.toml needs issuer and client-id.") from error
    return replace(settings, scope=str(section.get("scope", settings.scope)))
