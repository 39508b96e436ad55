"""The workspace's MLflow credentials."""

from __future__ import annotations

from .. import _answers
from .._paths import segment
from .._secret import Secret
from .._tables import CredentialTable
from .._wire import items
from ..errors import ConfigurationError
from ..models import CredentialVerdict, MlflowCredential
from ._transport import AsyncTransport

# The gateway sends a request to the MLflow server, for up to 10 s.
_VERIFICATION = 60.0


class AsyncCredentials:
    """Stores, lists, checks and deletes MLflow credentials. Passwords and tokens are never returned."""

    def __init__(self, transport: AsyncTransport) -> None:
        self._transport = transport

    async def put(
        self,
        name: str,
        *,
        username: str | None = None,
        password: str | None = None,
        token: str | None = None,
        tracking_uri: str | None = None,
    ) -> MlflowCredential:
        """Stores a credential: a user name and a password, or a token.

        Args:
            name: its name; a credential with the same name is replaced.
            username: the MLflow user.
            password: the user's password.
            token: the value of MLFLOW_TRACKING_TOKEN, instead of user name and password.
            tracking_uri: the only server for which it may be used; by default any.

        Raises:
            ConfigurationError: there is neither a token nor a user name with a password, or both.
            InsufficientRole: the caller is no admin of the workspace.
        """
        hidden = {"password": password, "token": token}
        secrets = {key: Secret(value) for key, value in hidden.items() if value is not None}
        del password, token, hidden  # A traceback can show variables.
        if set(secrets) != {"token" if username is None else "password"}:
            raise ConfigurationError("Give either username and password, or token.")
        members = {"username": username, "trackingUri": tracking_uri}
        body = {**{key: value for key, value in members.items() if value is not None}, **secrets}
        response = await self._transport.request("PUT", self._path(name), query=self._query(), json=body)
        return MlflowCredential.from_json(_answers.body(response))

    async def list(self) -> CredentialTable:
        """All credentials of the workspace."""
        response = await self._transport.request("GET", "/mlflow-credentials", query=self._query())
        return CredentialTable(items(MlflowCredential, _answers.body(response)))

    async def get(self, name: str) -> MlflowCredential:
        """A credential."""
        response = await self._transport.request("GET", self._path(name), query=self._query())
        return MlflowCredential.from_json(_answers.body(response))

    async def delete(self, name: str) -> None:
        """Deletes a credential, if there is one with the name."""
        await self._transport.request("DELETE", self._path(name), query=self._query())

    async def verify(self, name: str, *, tracking_uri: str | None = None) -> CredentialVerdict:
        """Checks a credential at its MLflow server.

        Args:
            name: its name.
            tracking_uri: the server, if the credential names none; only for admins.
        """
        response = await self._transport.request(
            "POST",
            f"{self._path(name)}/verify",
            query=self._query(),
            json={} if tracking_uri is None else {"trackingUri": tracking_uri},
            patience=_VERIFICATION,
        )
        return CredentialVerdict.from_json(_answers.body(response))

    def _path(self, name: str) -> str:
        return f"/mlflow-credentials/{segment(name)}"

    def _query(self) -> dict[str, str | None]:
        return {"workspace": self._transport.workspace}
