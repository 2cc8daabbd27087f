"""Which version of the product this is."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version

PACKAGE = "vertrauenskonto"


def our_version() -> str:
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return "?"
