"""Proof Key for Code Exchange (RFC 7636)."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass, field

from .._secret import Secret


@dataclass(frozen=True)
class Pkce:
    """A random verifier, and its challenge by S256."""

    verifier: Secret = field(default_factory=lambda: Secret(secrets.token_urlsafe(48)))

    @property
    def challenge(self) -> str:
        """What the authorization request contains."""
        digest = hashlib.sha256(self.verifier.reveal().encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
