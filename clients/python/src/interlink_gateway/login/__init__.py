"""Login at an OpenID Connect issuer, as a public client with PKCE.

`log_in` gets tokens, by the browser of this machine or by another device, and stores them: in the keyring where there
is one, else in a file that only the user can read. `Gateway` then uses and renews them. They belong to one gateway's
address and are sent to no other.
"""

from __future__ import annotations

from ._auth import stored_login as stored_login
from ._device import DevicePrompt as DevicePrompt
from ._session import Flow as Flow
from ._session import log_in as log_in
from ._session import log_out as log_out
