"""Files into the log: mapped, checked, recorded; all of a file or only its good rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

from domain.errors import Refused
from domain.fact import Fact
from domain.record import Receipt, record
from domain.store import StoreGone
from domain.vocabulary import envelope, parse
from domain.writer import Writer
from intake import changes, exported, files, mapping
from intake.mapped import Mapped
from intake.text_lines import refused_file
from wiring import refused_rows
from wiring.circles import WHILE_RECORDING, seldom_looked_for
from wiring.fetching import asker
from wiring.home import Konto
from wiring.patience import patiently
from words import Translator, translator

CHUNK = 1000
SHOWN = 50
"""So many refusals are shown; all of them go into the file of refused rows."""

COUNTS = ("read", "recorded", "already", "parked", "refused")
"""What is counted of whatever brings facts, as fields of its summary."""

OnBytes = Callable[[int, int], None]


@dataclass
class Summary:
    """What became of a file's facts; `refusals` in order of rows."""

    read: int = 0
    recorded: int = 0
    already: int = 0
    parked: int = 0
    refused: int = 0
    seconds: float = 0.0
    refusals: list[tuple[Mapped, Refused]] = field(default_factory=list)
    refused_files: list[Path] = field(default_factory=list)
    broken_off: Refused | None = None
    """Why the rest of the file could not be read, where rows before it were recorded."""

    def add(self, other: Summary) -> None:
        for name in ("read", "recorded", "already", "parked", "refused", "seconds"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.refusals += other.refusals
        self.refused_files += other.refused_files
        self.broken_off = other.broken_off or self.broken_off


class NothingRecorded(Refused):
    """A file of which something is refused is not recorded at all."""

    def __init__(self, file: Path, summary: Summary) -> None:
        super().__init__(
            "file_refused",
            "{file}: {refused} of {read} facts cannot be recorded, so nothing of the file was. "
            "With --valid-only the others are taken and these written to a file.",
            file=file.name,
            refused=summary.refused,
            read=summary.read,
        )
        self.summary = summary


def import_file(
    konto: Konto,
    file: Path,
    *,
    mapping_name: str | None = None,
    dry_run: bool = False,
    valid_only: bool = False,
    encoding: str | None = None,
    on_bytes: OnBytes | None = None,
    words: Translator | None = None,
) -> Summary:
    """Raises NothingRecorded where, without `valid_only`, any fact is refused.

    `words` is the language in which the file of refused rows gives the reasons; else English.
    """
    started = perf_counter()
    kept = 0

    def take() -> Summary:
        nonlocal kept
        run = _Run(konto, dry_run=dry_run, valid_only=valid_only)
        try:
            return run.take(_mapped(konto, file, mapping_name, encoding, on_bytes, konto.clock()))
        except StoreGone:
            kept += run.kept
            raise

    # What an earlier try has recorded before the database went away is found there by the next one.
    with seldom_looked_for(WHILE_RECORDING), konto.log.writing_much():
        summary = patiently(take, konto.settings.store.patience_seconds, progress=lambda: kept)
    summary.recorded += kept
    summary.already -= kept
    summary.refusals.sort(key=lambda refusal: refusal[0].row)
    summary.seconds = perf_counter() - started
    if summary.refused and not valid_only:
        raise NothingRecorded(file, summary)
    if summary.refusals and not dry_run:
        known = _mapping(konto, mapping_name)
        summary.refused_files += refused_rows.write(
            konto, file, summary.refusals, words or translator("en"), mapping=known, encoding=encoding
        )
    return summary


def take_body(konto: Konto, name: str, document: Any, mapped: Iterator[Mapped]) -> Summary:
    """What became of the facts in something that was sent; it is kept with the reasons where any was refused."""

    def take() -> Summary:
        return _Run(konto, dry_run=False, valid_only=True).take(iter(found))

    found = list(mapped)
    summary = patiently(take, konto.settings.store.patience_seconds)
    if summary.refusals:
        t = translator(konto.settings.language)
        summary.refused_files += refused_rows.write_body(konto, name, summary.refusals, t, document)
    return summary


def take(konto: Konto, mapped: Sequence[Mapped], *, dry_run: bool, valid_only: bool) -> Summary:
    """Facts that were read elsewhere, recorded as those of a file are. Nothing is raised for refused ones."""

    def once() -> Summary:
        return _Run(konto, dry_run=dry_run, valid_only=valid_only).take(iter(mapped))

    return patiently(once, konto.settings.store.patience_seconds)


def _mapped(
    konto: Konto, file: Path, name: str | None, encoding: str | None, on_bytes: OnBytes | None, now: datetime
) -> Iterator[Mapped]:
    if not file.exists():
        raise refused_file(file, FileNotFoundError())
    if file.is_dir():
        raise refused_file(file, IsADirectoryError())
    known = _mapping(konto, name)
    if known is not None:
        ask = asker(konto.settings.connectors)
        mapped = mapping.facts_of_file(file, known, now=now, encoding=encoding, on_bytes=on_bytes, ask=ask)
        # Nobody waits for somebody else's server while the log is locked for writing.
        return iter(list(mapped)) if known.fetches else mapped
    if files.FileForm().format_of(file) == "jsonl":
        return files.read_facts(file, encoding=encoding, on_bytes=on_bytes)
    names = ", ".join(mapping.names(_folders(konto)))
    return exported.read(file, known=names, encoding=encoding, on_bytes=on_bytes)


def _mapping(konto: Konto, name: str | None) -> mapping.Mapping | None:
    return None if name is None else mapping.load(name, folders=_folders(konto))


def _folders(konto: Konto) -> list[Path]:
    return [konto.home / "mappings"]


class _Run:
    """One file. All or nothing is one transaction; with `valid_only` each chunk is one."""

    def __init__(self, konto: Konto, *, dry_run: bool, valid_only: bool) -> None:
        self.konto, self.dry_run, self.valid_only = konto, dry_run, valid_only
        self.summary = Summary()
        self.kept = 0
        """Facts that the store has confirmed."""
        self.waiting: dict[str, Receipt] = {}
        self.origins: dict[str, Mapped] = {}
        """Facts of this file that were parked, and where each came from, by key."""

    def take(self, mapped: Iterator[Mapped]) -> Summary:
        chunks = iter(lambda: list(islice(mapped, CHUNK)), [])
        if self.valid_only and not self.dry_run:
            while chunk := self._next(chunks):
                with self.konto.log.writing() as writer:
                    self._chunk(writer, chunk)
                self.kept = self.summary.recorded
        else:
            self._all_or_nothing(chunks)
        return self.summary

    def _next(self, chunks: Iterator[list[Mapped]]) -> list[Mapped]:
        """The next rows; where the file itself turns out to be broken, what was recorded before stays."""
        try:
            return next(chunks, [])
        except Refused as refused:
            if not self.summary.read:
                raise
            self.summary.broken_off = refused
            return []

    def _all_or_nothing(self, chunks: Iterator[list[Mapped]]) -> None:
        with suppress(_GivenUp), self.konto.log.writing(keep=not self.dry_run) as writer:
            for chunk in chunks:
                self._chunk(writer, chunk)
            if self.summary.refused and not self.valid_only:
                raise _GivenUp
        if self.summary.refused and not self.valid_only:
            self.summary.recorded = self.summary.parked = 0

    def _chunk(self, writer: Writer, chunk: Sequence[Mapped]) -> None:
        facts: list[Fact] = []
        origins: list[Mapped] = []
        now = self.konto.clock()
        self.summary.read += len(chunk)
        for each in chunk:
            try:
                if each.refused is not None:
                    raise each.refused
                assert each.envelope is not None
                facts.append(parse(each.envelope, now=now))
                origins.append(each)
            except Refused as refused:
                self._refuse(each, refused)
        for origin, receipt in zip(origins, self._recorded(writer, facts, now), strict=True):
            self._note(writer, origin, receipt, now)
        self._settle_waiting()

    def _note(self, writer: Writer, origin: Mapped, receipt: Receipt, now: datetime) -> None:
        match receipt.status:
            case "recorded":
                self.summary.recorded += 1
            case "already":
                self.summary.already += 1
            case "parked":
                self.summary.parked += 1
                self.waiting[receipt.fact.key], self.origins[receipt.fact.key] = receipt, origin
            case "refused":
                assert receipt.refused is not None
                if receipt.before is not None and (origin.on_change or origin.day):
                    self._changed(writer, origin, receipt.before, now)
                else:
                    self._refuse(origin, receipt.refused)

    def _changed(self, writer: Writer, origin: Mapped, before: Fact, now: datetime) -> None:
        """The source tells the same thing anew: what changed becomes facts of its own, as the mapping says."""
        told = changes.last_word(envelope(before), [envelope(fact) for fact in writer.opened(before.stream)])
        try:
            changed = changes.changed_facts(changes.with_time_of(origin, before.time), told)
            facts = [parse(each, now=now) for each in changed]
        except Refused as refused:
            self._refuse(origin, refused)
            return
        if not facts:
            self.summary.already += 1
        for each, receipt in zip(changed, self._recorded(writer, facts, now), strict=True):
            self._note(writer, replace(origin, envelope=each, on_change=None), receipt, now)

    def _recorded(self, writer: Writer, facts: Sequence[Fact], now: datetime) -> list[Receipt]:
        return record(writer, facts, now=now, zone_of=self.konto.zone_of, waiting=self.waiting)

    def _settle_waiting(self) -> None:
        """What was parked in an earlier chunk and has been recorded since, or has proved impossible."""
        for key, receipt in list(self.waiting.items()):
            if receipt.status == "parked":
                continue
            del self.waiting[key]
            self.summary.parked -= 1
            if receipt.refused is None:
                self.summary.recorded += 1
            else:
                self._refuse(self.origins[key], receipt.refused)

    def _refuse(self, origin: Mapped, refused: Refused) -> None:
        self.summary.refused += 1
        self.summary.refusals.append((origin, refused))


class _GivenUp(Exception):
    """Ends the transaction of a file that is not recorded."""
