"""The mappings of a home as connectors to other systems: which there are, a new one, and what a sample would give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from domain.errors import Refused
from domain.vocabulary import parse
from intake import mapping
from intake.mapped import Mapped
from intake.mapping import Mapping
from intake.text_lines import refused_file
from wiring.fetching import asker
from wiring.home import Konto
from words import N_

START = Path(mapping.__file__).parent / "start_file.toml"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,59}")

NO_NAME = N_("“{found}” is no name for a mapping. Please use letters without accents, digits, - and _, such as my-crm.")
STANDS_THERE = N_("{file} is there already and was left as it is. Please choose another name.")


class Connector(NamedTuple):
    """Either `mapping` or `refused` is there."""

    name: str
    shipped: bool
    mapping: Mapping | None
    refused: Refused | None

    @property
    def gives(self) -> list[str]:
        return sorted({maker.type for maker in self.mapping.makers}) if self.mapping else []


class Tried(NamedTuple):
    """What a row of a sample would give: either a sound fact or why there is none."""

    mapped: Mapped
    refused: Refused | None


def connectors(home: Path) -> Iterator[Connector]:
    """Those of the home first; one that is not sound is among them, with the reason."""
    for name, path in mapping.names([_folder(home)]).items():
        shipped = path.parent == mapping.SHIPPED
        try:
            yield Connector(name, shipped, mapping.load(path), None)
        except Refused as refused:
            yield Connector(name, shipped, None, refused)


def new(home: Path, name: str, like: str | None) -> Path:
    """The file of a new mapping, begun as the commented start file or as another mapping."""
    if not NAME.fullmatch(name):
        raise Refused("bad_name", NO_NAME, found=name[:60])
    text = START.read_text("utf-8") if like is None else mapping.text_of(like, folders=[_folder(home)])
    folder = _folder(home)
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{name}.toml"
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise Refused("file_exists", STANDS_THERE, file=str(path)) from None
    return path


def tried(konto: Konto, name: str, sample: Path, now: datetime) -> Iterator[Tried]:
    """Nothing is recorded; whether a fact fits those in the log shows only when it is."""
    if not sample.exists():
        raise refused_file(sample, FileNotFoundError())
    known = mapping.load(name, folders=[_folder(konto.home)])
    for mapped in mapping.facts_of_file(sample, known, now=now, ask=asker(konto.settings.connectors)):
        yield Tried(mapped, mapped.refused or _unsound(mapped, now))


def _unsound(mapped: Mapped, now: datetime) -> Refused | None:
    assert mapped.envelope is not None
    try:
        parse(mapped.envelope, now=now)
    except Refused as refused:
        return refused
    return None


def _folder(home: Path) -> Path:
    return home / "mappings"
