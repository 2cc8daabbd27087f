"""Internal ids: they reveal nothing, and the same source and id always give the same one."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from domain.keyed import Keyed

MOST_PERSONS = 4096
"""Names of us that are kept with their ids: the same few stand in most facts."""


@dataclass(frozen=True)
class Ids:
    """Ids are an HMAC under the installation's secret, which belongs into every backup."""

    secret: bytes = field(repr=False)

    def fact(self, source: str, id: str) -> str:
        return self._keyed(f"fact\0{source}\0{id}".encode())

    def thing(self, source: str, id: str) -> str:
        """What `id` of `source` names; a stream puts its kind in front: promise-…, customer-…"""
        return self._keyed(f"thing\0{source}\0{id}".encode())

    def person(self, name: str) -> str:
        """One of us; spelling differences of case, width and blanks do not matter."""
        return self._persons(name)

    def of(self, *parts: str) -> str:
        """An id for something of our own that is named by its parts."""
        return self._keyed("\0".join(parts).encode())

    def __reduce__(self) -> tuple[type[Ids], tuple[bytes]]:
        """To another process goes the secret alone."""
        return Ids, (self.secret,)

    @cached_property
    def _keyed(self) -> Keyed:
        return Keyed(self.secret)

    @cached_property
    def _persons(self) -> Callable[[str], str]:
        keyed = self._keyed

        @lru_cache(maxsize=MOST_PERSONS)
        def person(name: str) -> str:
            folded = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
            return "person-" + keyed(f"person\0{folded}".encode())

        return person
