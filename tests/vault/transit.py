"""A key service on this machine: as much of the transit engine as is asked, with keys in versions as there."""

from __future__ import annotations

import json
import os
from base64 import b64decode, b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

TOKEN = "s.test-token-of-the-service"
KEY = "konto"


@dataclass
class Transit:
    """`status` and `says` put something else in the place of the right answer."""

    versions: list[bytes] = field(default_factory=lambda: [os.urandom(32)])
    asked: list[str] = field(default_factory=list)
    status: int | None = None
    says: str | None = None
    port: int = 0

    @property
    def settings(self) -> str:
        return f'[vault]\nmaster = "service"\nurl = "http://127.0.0.1:{self.port}"\nkey = "{KEY}"\ntoken = "{TOKEN}"\n'

    def answer(self, path: str, token: str, body: dict[str, str]) -> tuple[int, str]:
        _, version, mount, what, key = path.split("/")
        self.asked.append(what)
        if self.status is not None or self.says is not None:
            return self.status or 200, self.says or json.dumps({"errors": ["so"]})
        if (version, mount) != ("v1", "transit"):
            return 404, json.dumps({"errors": ["no handler for route"]})
        if token != TOKEN:
            return 403, json.dumps({"errors": ["permission denied"]})
        if key != KEY:
            return 400, json.dumps({"errors": ["encryption key not found"]})
        try:
            return 200, json.dumps({"data": self._done(what, body)})
        except (InvalidTag, IndexError):
            return 400, json.dumps({"errors": ["cipher: message authentication failed"]})

    def _done(self, what: str, body: dict[str, str]) -> dict[str, Any]:
        if what == "encrypt":
            return {"ciphertext": self._sealed(b64decode(body["plaintext"]))}
        plain = self._opened(body["ciphertext"])
        return {"plaintext": b64encode(plain).decode()} if what == "decrypt" else {"ciphertext": self._sealed(plain)}

    def _sealed(self, plain: bytes) -> str:
        nonce = os.urandom(12)
        sealed = nonce + AESGCM(self.versions[-1]).encrypt(nonce, plain, None)
        return f"vault:v{len(self.versions)}:{b64encode(sealed).decode()}"

    def _opened(self, text: str) -> bytes:
        _, version, sealed = text.split(":")
        raw = b64decode(sealed)
        return AESGCM(self.versions[int(version[1:]) - 1]).decrypt(raw[:12], raw[12:], None)

    @contextmanager
    def open(self) -> Iterator[Transit]:
        """At the same address each time."""
        transit = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                status, said = transit.answer(self.path, self.headers.get("X-Vault-Token", ""), body)
                self.send_response(status)
                self.send_header("Content-Length", str(len(said.encode())))
                self.end_headers()
                self.wfile.write(said.encode())

            def log_message(self, *told: object) -> None:
                return

        server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = server.server_address[1]
        serving = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        serving.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            serving.join(2)
