"""A keyed hash for many short texts under one key."""

from __future__ import annotations

from hashlib import sha256

BLOCK = 64
_INNER, _OUTER = bytes(byte ^ 0x36 for byte in range(256)), bytes(byte ^ 0x5C for byte in range(256))
HEX_DIGITS = 32


class Keyed:
    """The first half of HMAC-SHA256 (RFC 2104) as hexadecimal digits.

    What hangs on the key alone is reckoned once, which takes less than half the time of `hmac.digest` for each text.
    """

    __slots__ = ("_inner", "_outer")

    def __init__(self, key: bytes) -> None:
        block = (key if len(key) <= BLOCK else sha256(key).digest()).ljust(BLOCK, b"\0")
        self._inner, self._outer = sha256(block.translate(_INNER)), sha256(block.translate(_OUTER))

    def __call__(self, text: bytes) -> str:
        inner, outer = self._inner.copy(), self._outer.copy()
        inner.update(text)
        outer.update(inner.digest())
        return outer.hexdigest()[:HEX_DIGITS]
