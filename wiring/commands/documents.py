"""`konto rules`, `calendars`, `people`: the three documents that steer the product."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from domain.document import DocumentKind, DocumentPublished
from domain.documents import DocumentRefused, load
from domain.errors import Refused
from domain.steering import MODELS
from intake.text_lines import refused_file
from wiring import settings, versions
from wiring.commands.desk import AsOf, Desk, Json, Lang, at_desk, checked_language
from wiring.home import open_home
from wiring.moments import written
from wiring.output import Output, write
from wiring.refusals import sentence
from wiring.shell import Group, Place
from wiring.versions import Version
from words import N_, translator
from words.format import day_long, number

SOUND = N_("{file} is sound.")
NOT_SOUND = N_("{file} is not sound: {n} to put right. Until then the last sound version counts.")
PUBLISHED = N_("Published. It counts from {start}.")
AT_ONCE = N_("Published. It counts at once.")
UNCHANGED = N_("This version counts already; nothing was published.")
FROM_THE_BEGINNING = N_("from the beginning")
SHIPPED = N_("as shipped")
FROM, RECORDED, LENGTH = N_("Counts from"), N_("Published on"), N_("Lines")

File = Annotated[Path | None, typer.Argument(metavar="[FILE]", help=N_("Else the file in the home."))]
Needed = Annotated[Path, typer.Argument(metavar="FILE", help=N_("The new version."))]
Start = Annotated[str | None, typer.Option("--from", metavar="T", help=N_("From when it counts; else at once."))]


def group(kind: DocumentKind, name: str, help: str) -> typer.Typer:
    """The commands of one document."""
    app = typer.Typer(name=name, help=help, cls=Group, no_args_is_help=True, rich_markup_mode=None)

    @app.command(help=N_("The text that counts now, or counted at a moment."))
    def show(ctx: typer.Context, as_of: AsOf = None, json: Json = False, lang: Lang = None) -> None:
        with at_desk(ctx, json, lang, up_to_date=False) as desk:
            found = versions.at(versions.of(desk.konto, kind), desk.time(as_of, "--as-of") or desk.now)
            if json:
                desk.out.answer({"kind": kind, "valid_from": written(found.start), "content": found.content})
            else:
                write(found.content)

    @app.command(help=N_("Whether a document is sound; with line and remedy where it is not."))
    def check(ctx: typer.Context, file: File = None, json: Json = False, lang: Lang = None) -> None:
        _check(ctx, kind, file, json, lang)

    @app.command(help=N_("Lets a new version count from now or from a later moment on."))
    def publish(ctx: typer.Context, file: Needed, start: Start = None, json: Json = False, lang: Lang = None) -> None:
        _publish(ctx, kind, file, start, json, lang)

    @app.command(help=N_("All versions and from when each counts."))
    def history(ctx: typer.Context, json: Json = False, lang: Lang = None) -> None:
        with at_desk(ctx, json, lang, up_to_date=False) as desk:
            _history(desk, versions.of(desk.konto, kind))

    return app


# -- versions -------------------------------------------------------------------------------------


def _history(desk: Desk, published: Sequence[Version]) -> None:
    t = desk.t
    if desk.out.as_json:
        desk.out.answer(
            [
                {"valid_from": written(each.start), "recorded": written(each.recorded), "content": each.content}
                for each in published
            ]
        )
        return
    desk.out.table(
        [t.gettext(head) for head in (FROM, RECORDED, LENGTH)],
        [
            [
                t.gettext(FROM_THE_BEGINNING) if each.start is None else _said(desk, each.start),
                t.gettext(SHIPPED) if each.recorded is None else _said(desk, each.recorded),
                number(len(each.content.splitlines()), t.lang),
            ]
            for each in published
        ],
        right=(2,),
    )


def _said(desk: Desk, at: datetime) -> str:
    local = at.astimezone(desk.zone)
    return f"{day_long(local.date(), desk.t.lang)}, {local:%H:%M}"


# -- check and publish ------------------------------------------------------------------------------


def _check(ctx: typer.Context, kind: DocumentKind, file: Path | None, as_json: bool, lang: str | None) -> None:
    """Without opening the home, which would publish the very file that is in question."""
    place: Place = ctx.obj
    asked = checked_language(lang)
    target = file or place.home / f"{kind}.toml"
    if file is None and not target.exists():
        open_home(place.home, environment=place.world.environment, clock=place.world.clock).close()
    spoken = asked or settings.read(place.home, place.world.environment).language
    out = Output(translator(spoken), as_json)
    findings = _findings(kind, target)
    if as_json:
        out.answer({"ok": not findings, "findings": [_finding_as_json(each, out) for each in findings]})
    else:
        for each in findings:
            out.say(sentence(each, out.t))
        text = NOT_SOUND if findings else SOUND
        out.say(out.t.gettext(text).format(file=target, n=number(len(findings), out.lang)))
    if findings:
        raise typer.Exit(1)


def _findings(kind: DocumentKind, file: Path) -> list[Refused]:
    text = text_of(file)
    try:
        with settings.naming(file):
            load(text, MODELS[kind])
    except Refused as refused:
        return [refused, *refused.also]
    return []


def text_of(file: Path) -> str:
    try:
        return settings.text_of(file)
    except OSError as error:
        raise refused_file(file, error) from None


def _finding_as_json(refused: Refused, out: Output) -> dict[str, Any]:
    return {
        "line": refused.line if isinstance(refused, DocumentRefused) else None,
        "path": refused.path,
        "code": refused.code,
        "text": sentence(refused, out.t),
    }


def _publish(
    ctx: typer.Context, kind: DocumentKind, file: Path, start: str | None, as_json: bool, lang: str | None
) -> None:
    text = text_of(file)
    with at_desk(ctx, as_json, lang, up_to_date=False) as desk:
        valid_from = desk.time(start, "--from")
        if valid_from is not None:
            valid_from = valid_from.astimezone(desk.zone)
        published = versions.of(desk.konto, kind)
        if valid_from is None and published[-1].content == text:
            if as_json:
                desk.out.answer({"published": False, "kind": kind, "valid_from": written(published[-1].start)})
            else:
                desk.out.say(desk.t.gettext(UNCHANGED))
            return
        with settings.naming(file):
            fact = desk.konto.publish(kind, text, valid_from)
        assert isinstance(fact.data, DocumentPublished)
        begins = fact.data.valid_from
        if as_json:
            desk.out.answer({"published": True, "kind": kind, "valid_from": written(begins)})
        elif valid_from is None:
            desk.out.say(desk.t.gettext(AT_ONCE))
        else:
            desk.out.say(desk.t.gettext(PUBLISHED).format(start=_said(desk, begins)))
