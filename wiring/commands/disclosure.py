"""`konto access`: everything that is held about one person, for that person."""

from __future__ import annotations

import json as json_
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from domain.roles import allowed
from intake.text_lines import refused_file
from projections.disclosure import disclosed
from wiring.commands.desk import Desk, Json, Lang, at_desk
from wiring.names import customer as find_customer
from wiring.new_file import check_new, write_new
from wiring.printing import disclosure as printing
from wiring.told import disclosure as told
from wiring.told.disclosure import Access
from words import N_
from words.format import number

PDF = N_("To read and to hand over: {file}")
JSON = N_("For programs: {file}")
LEFT_OUT = N_("Left out, each with its reason in both: {n}.")
NOTHING_LEFT_OUT = N_("Nothing was left out.")
TO_FILL_IN = N_("To be filled in by hand, or in the settings: {what}.")
OUTSIDE = N_("Not in it: files in {folder}. Please look there, too.")
BLANKS = {
    "name": "firm",
    "address": "disclosure.address",
    "officer": "disclosure.officer",
    "authority": "disclosure.authority",
}
"""By what is to be filled in, the setting that would say it."""
FOLDERS = ("refused", "outgoing")
"""Of the home: where rows that were refused lie, and messages where there is no mail server."""

Customer = Annotated[str, typer.Argument(metavar="CUSTOMER", help=N_("The customer's own id, or source:id."))]
Out = Annotated[
    Path, typer.Option("--out", metavar="DIR", help=N_("Where the two files are written; made if it is not there yet."))
]


def access(ctx: typer.Context, customer: Customer, out: Out = Path(), json: Json = False, lang: Lang = None) -> None:
    with at_desk(ctx, json, lang) as desk:
        konto = desk.konto
        allowed(konto.asker, "access")
        found = find_customer(desk, customer).customer
        files = {form: out / f"access-{found}.{form}" for form in ("json", "pdf")}
        for file in files.values():
            check_new(file, "--out")
        _make(out)
        konto.note("disclosed", found, desk.page)
        numbered = konto.settings.disclosure.colleagues == "numbered"
        everything = disclosed(konto.log, konto.library, konto.taught, konto.asker, found, desk.now, numbered=numbered)
        answer = told.as_json(desk, everything)
        pdf = printing.pdf(desk, everything, answer, files["json"].name)
        _write({files["json"]: _text(answer), files["pdf"]: pdf})
        if json:
            desk.out.answer(_summary(answer, files))
        else:
            desk.out.say(*_said(desk, answer, files))


def _text(answer: Access) -> bytes:
    return (json_.dumps(answer, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def _write(contents: dict[Path, bytes]) -> None:
    """Both or none."""
    written: list[Path] = []
    try:
        for file, content in contents.items():
            write_new(file, content, "--out", is_private=True)
            written.append(file)
    except BaseException:
        for file in written:
            file.unlink()
        raise


def _make(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise refused_file(folder, error) from None


def _summary(answer: Access, files: dict[str, Path]) -> dict[str, Any]:
    return {
        "customer": answer["customer"],
        "files": {form: str(file) for form, file in files.items()},
        "facts": len(answer["facts"]),
        "waiting": len(answer["waiting"]),
        "alerts": len(answer["derived"]["alerts"]),
        "withheld": {each["reason"]: each["count"] for each in answer["withheld"]},
        "to_fill_in": list(_to_fill_in(answer)),
    }


def _to_fill_in(answer: Access) -> Iterator[str]:
    told = {**answer["information"]["controller"], "authority": answer["information"]["authority"]}
    yield from (setting for name, setting in BLANKS.items() if told[name] is None)


def _said(desk: Desk, answer: Access, files: dict[str, Path]) -> Iterator[str]:
    t = desk.t
    facts, alerts = len(answer["facts"]), len(answer["derived"]["alerts"])
    yield t.ngettext("{n} entry, and what follows from it.", "{n} entries, and what follows from them.", facts).format(
        n=number(facts, t.lang)
    )
    if alerts:
        yield t.ngettext("{n} reminder.", "{n} reminders.", alerts).format(n=number(alerts, t.lang))
    n = sum(each["count"] for each in answer["withheld"])
    yield t.gettext(LEFT_OUT).format(n=number(n, t.lang)) if n else t.gettext(NOTHING_LEFT_OUT)
    yield t.gettext(PDF).format(file=files["pdf"])
    yield t.gettext(JSON).format(file=files["json"])
    if blanks := list(_to_fill_in(answer)):
        yield t.gettext(TO_FILL_IN).format(what=", ".join(blanks))
    for name in FOLDERS:
        folder = desk.konto.home / name
        if folder.is_dir() and any(folder.iterdir()):
            yield t.gettext(OUTSIDE).format(folder=folder)
