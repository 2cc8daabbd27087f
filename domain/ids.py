"""Internal ids: they reveal nothing, and the same source and id always give the same one."""

from __future__ import annotations

import hmac
import unicodedata
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Ids:
    """Ids are an HMAC under the installation's secret, which belongs into every backup."""

    secret: bytes = field(repr=False)

    def fact(self, source: str, id: str) -> str:
        return self._digest("fact", source, id)

    def thing(self, source: str, id: str) -> str:
        """What `id` of `source` names; a stream puts its kind in front: promise-…, customer-…"""
        return self._digest("thing", source, id)

    def person(self, name: str) -> str:
        """One of us; spelling differences of case, width and blanks do not matter."""
        return "person-" + self._digest("person", " ".join(unicodedata.normalize("NFKC", name).casefold().split()))

    def of(self, *parts: str) -> str:
        """An id for something of our own that is named by its parts."""
        return self._digest(*parts)

    def _digest(self, *parts: str) -> str:
        return hmac.digest(self.secret, "\0".join(parts).encode(), "sha256").hex()[:32]
