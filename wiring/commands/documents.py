"""`konto rules`, `calendars`, `people`: the three documents that steer the product."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer

from domain.document import DocumentKind
from domain.documents import DocumentRefused, load
from domain.errors import Refused
from domain.rulebook import Rulebook
from domain.steering import MODELS
from intake.text_lines import refused_file
from projections import rules
from wiring import publishing, settings
from wiring.commands.desk import AsOf, Desk, Json, Lang, at_desk, checked_language
from wiring.home import open_home
from wiring.moments import written
from wiring.output import Output, write
from wiring.refusals import sentence
from wiring.shell import Group, Place
from wiring.versions import Version, counting, versions
from words import N_, translator
from words.format import day_long, number

SOUND = N_("{file} is sound.")
NOT_SOUND = N_("{file} is not sound: {n} to put right. Until then the last sound version counts.")
PUBLISHED = N_("Published. It counts from {start}.")
AT_ONCE = N_("Published. It counts at once.")
UNCHANGED = N_("This version counts already; nothing was published.")
FROM_THE_BEGINNING = N_("from the beginning")
SHIPPED = N_("as shipped")
SHOW = N_("The text that counts now, or counted at a moment.")
COUNTS, SINCE = N_("The rulebook that counts: {since}"), N_("since {moment}")
VALUE, MEANING, ORIGIN = N_("Value"), N_("Meaning"), N_("Origin")
FROM, RECORDED, LENGTH = N_("Counts from"), N_("Published on"), N_("Lines")

File = Annotated[Path | None, typer.Argument(metavar="[FILE]", help=N_("Else the file in the home."))]
Needed = Annotated[Path, typer.Argument(metavar="FILE", help=N_("The new version."))]
InWords = Annotated[
    bool, typer.Option("--words", help=N_("Each rule in words, with its value and where it comes from."))
]
Start = Annotated[str | None, typer.Option("--from", metavar="T", help=N_("From when it counts; else at once."))]


def group(kind: DocumentKind, name: str, help: str) -> typer.Typer:
    """The commands of one document."""
    app = typer.Typer(name=name, help=help, cls=Group, no_args_is_help=True, rich_markup_mode=None)

    if kind == "rulebook":

        @app.command("show", help=SHOW)
        def show_rules(
            ctx: typer.Context, as_of: AsOf = None, words: InWords = False, json: Json = False, lang: Lang = None
        ) -> None:
            with at_desk(ctx, json, lang, up_to_date=False) as desk:
                if words:
                    _show_rules(desk, as_of)
                else:
                    _show(desk, kind, as_of)

    else:

        @app.command("show", help=SHOW)
        def show(ctx: typer.Context, as_of: AsOf = None, json: Json = False, lang: Lang = None) -> None:
            with at_desk(ctx, json, lang, up_to_date=False) as desk:
                _show(desk, kind, as_of)

    @app.command(help=N_("Whether a document is sound; with line and remedy where it is not."))
    def check(ctx: typer.Context, file: File = None, json: Json = False, lang: Lang = None) -> None:
        _check(ctx, kind, file, json, lang)

    @app.command(help=N_("Lets a new version count from now or from a later moment on."))
    def publish(ctx: typer.Context, file: Needed, start: Start = None, json: Json = False, lang: Lang = None) -> None:
        _publish(ctx, kind, file, start, json, lang)

    @app.command(help=N_("All versions and from when each counts."))
    def history(ctx: typer.Context, json: Json = False, lang: Lang = None) -> None:
        with at_desk(ctx, json, lang, up_to_date=False) as desk:
            _history(desk, versions(desk.konto, kind))

    return app


# -- show and history -------------------------------------------------------------------------------


def _show(desk: Desk, kind: DocumentKind, as_of: str | None) -> None:
    found = _counting(desk, kind, as_of)
    if desk.out.as_json:
        desk.out.answer({"kind": kind, "valid_from": written(found.start), "content": found.content})
    else:
        write(found.content)


def _counting(desk: Desk, kind: DocumentKind, as_of: str | None) -> Version:
    return counting(versions(desk.konto, kind), desk.time(as_of, "--as-of") or desk.now)


def _show_rules(desk: Desk, as_of: str | None) -> None:
    """The rulebook that counts, as people read it."""
    found = _counting(desk, "rulebook", as_of)
    every = rules.read(desk.konto.asker, load(found.content, Rulebook), desk.t)
    if desk.out.as_json:
        desk.out.answer([_rule_as_json(each) for each in every])
        return
    t = desk.t
    since = t.gettext(FROM_THE_BEGINNING)
    if found.start is not None:
        since = t.gettext(SINCE).format(moment=_said(desk, found.start))
    desk.out.say(t.gettext(COUNTS).format(since=since))
    for section, own in groupby(every, key=lambda rule: rule.section):
        desk.out.say("", rules.title(section, t))
        rows = [(each.value, each.meaning, _from(each)) for each in own]
        desk.out.table([t.gettext(head) for head in (VALUE, MEANING, ORIGIN)], rows)


def _rule_as_json(rule: rules.Rule) -> dict[str, Any]:
    return {
        "section": rule.section,
        "key": rule.key,
        "value": rule.plain,
        "meaning": rule.meaning,
        "from": _from(rule),
    }


def _from(rule: rules.Rule) -> str:
    return "; ".join(part for part in (rule.origin, rule.finding) if part)


def _history(desk: Desk, found: Sequence[Version]) -> None:
    t = desk.t
    if desk.out.as_json:
        desk.out.answer(
            [
                {"valid_from": written(each.start), "recorded": written(each.recorded), "content": each.content}
                for each in found
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
            for each in found
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
        with settings.naming(file):
            published = publishing.publish(desk.konto, kind, text, valid_from)
        if as_json:
            desk.out.answer({"published": published.new, "kind": kind, "valid_from": written(published.start)})
        elif not published.new:
            desk.out.say(desk.t.gettext(UNCHANGED))
        elif valid_from is None or published.start is None:
            desk.out.say(desk.t.gettext(AT_ONCE))
        else:
            desk.out.say(desk.t.gettext(PUBLISHED).format(start=_said(desk, published.start)))
