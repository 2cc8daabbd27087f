"""A sign-in service on this machine that speaks OpenID Connect: the one part of signing in that lies outside a firm's
dashboard. It knows one account at a time and asks for no password; what it says of it, a test decides."""

from __future__ import annotations

import base64
import json
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "vertrauenskonto", "s3cret-of-the-client-that-nobody-else-has"


@dataclass
class Provider:
    """`claims` goes over what it would say else; None in it leaves a claim out."""

    address: str
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    signs_with: RSAKey | None = None
    claims: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    given: dict[str, Mapping[str, str]] = field(default_factory=dict)
    down: bool = False

    def is_now(self, **claims: Any) -> None:
        """Whoever signs in next, and nothing out of the ordinary."""
        self.claims, self.signs_with, self.down = claims, None, False

    @property
    def metadata(self) -> dict[str, Any]:
        return {
            "issuer": self.address,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "jwks_uri": f"{self.address}/jwks",
            "end_session_endpoint": f"{self.address}/end",
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def code(self, asked: Mapping[str, str]) -> str:
        code = secrets.token_urlsafe(16)
        self.given[code] = asked
        return code

    def token(self, code: str, form: Mapping[str, str]) -> dict[str, Any] | None:
        """Once for each code, and only to who began: the proof must fit what came with the question (PKCE)."""
        asked = self.given.pop(code, None)
        if asked is None or _challenge(form.get("code_verifier", "")) != asked.get("code_challenge"):
            return None
        now = int(time.time())
        said = {
            "iss": self.address,
            "aud": CLIENT,
            "sub": "4711",
            "iat": now,
            "exp": now + 300,
            "nonce": asked.get("nonce"),
            "name": "Somebody",
            "picture": "https://example.com/" + "x" * 600,
            **self.claims,
        }
        claims = {name: value for name, value in said.items() if value is not None}
        proof = jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.signs_with or self.key)
        return {"access_token": "a" * 900, "token_type": "Bearer", "expires_in": 300, "id_token": proof}


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()


@contextmanager
def provider() -> Iterator[Provider]:
    """Listens on a free port of this machine until the test is over."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Service)
    server.daemon_threads = True
    found = Provider(f"http://127.0.0.1:{server.server_address[1]}")
    server.provider = found  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield found
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Service(BaseHTTPRequestHandler):
    @property
    def provider(self) -> Provider:
        return self.server.provider  # type: ignore[attr-defined,no-any-return]

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        asked = dict(parse_qsl(parts.query))
        self.provider.asked.append(parts.path)
        if self.provider.down:
            self._answer(503, {"error": "temporarily_unavailable"})
        elif parts.path == "/.well-known/openid-configuration":
            self._answer(200, self.provider.metadata)
        elif parts.path == "/jwks":
            self._answer(200, {"keys": [self.provider.key.as_dict(private=False)]})
        elif parts.path == "/authorize":
            back = {"code": self.provider.code(asked), "state": asked["state"]}
            self._lead(f"{asked['redirect_uri']}?{urlencode(back)}")
        elif parts.path == "/end":
            self._lead(asked["post_logout_redirect_uri"])
        else:
            self._answer(404, {})

    def do_POST(self) -> None:
        form = {name: values[0] for name, values in parse_qs(self.rfile.read(self._length()).decode()).items()}
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        knows = self.headers.get("authorization") == f"Basic {basic}" or form.get("client_secret") == SECRET
        token = self.provider.token(form.get("code", ""), form) if knows else None
        self._answer(200, token) if token else self._answer(400, {"error": "invalid_grant"})

    def _length(self) -> int:
        return int(self.headers.get("content-length") or 0)

    def _lead(self, address: str) -> None:
        self.send_response(302)
        self.send_header("location", address)
        self.send_header("content-length", "0")
        self.end_headers()

    def _answer(self, status: int, said: Mapping[str, Any]) -> None:
        body = json.dumps(said).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing on the terminal."""
