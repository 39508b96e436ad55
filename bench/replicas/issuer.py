"""An OpenID Connect issuer with one key, for access tokens."""

import base64
import http.server
import json
import threading
import time

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

AUDIENCE = "interlink-gateway"


def encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


class Issuer:
    def __init__(self) -> None:
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        numbers = self._key.public_key().public_numbers()
        number = {name: encoded(value.to_bytes((value.bit_length() + 7) // 8, "big"))
                  for name, value in (("n", numbers.n), ("e", numbers.e))}
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer = {
                    "/.well-known/openid-configuration": {"issuer": issuer.url, "jwks_uri": issuer.url + "/keys"},
                    "/keys": {"keys": [{"kty": "RSA", "kid": "1", "alg": "RS256", "use": "sig", **number}]},
                }.get(self.path)
                self.send_response(404 if answer is None else 200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, *_) -> None:
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def options(self) -> list[str]:
        """The arguments of a gateway that trusts it."""
        trusted = "--gateway.security.issuers[0]."
        return [f"{trusted}uri={self.url}", f"{trusted}audiences={AUDIENCE}", f"{trusted}rules[0].claim=groups",
                f"{trusted}rules[0].value=all", f"{trusted}rules[0].workspace=default", f"{trusted}rules[0].role=viewer"]

    def token(self) -> str:
        """An access token for an hour."""
        now = int(time.time())
        claims = {"iss": self.url, "sub": "caller", "aud": AUDIENCE, "iat": now, "exp": now + 3600, "groups": ["all"]}
        text = ".".join(encoded(json.dumps(each).encode()) for each in ({"alg": "RS256", "kid": "1"}, claims))
        return text + "." + encoded(self._key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))
