"""`konto connector list`, `new`, `test`: the mappings through which other systems are heard."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from wiring import refusals
from wiring.commands.desk import Desk, Json, Lang, at_desk
from wiring.connecting import Connector, Tried, connectors, new, tried
from wiring.refusals import sentence
from wiring.shell import Group
from words import N_
from words.format import number

LIST = N_("All connectors: what each reads, and which facts it gives.")
NEW = N_("Writes a mapping of your own to start from.")
TEST = N_("Shows which facts a sample would give; records nothing.")

NAME_HEAD, SYSTEM, GIVES, ASKS = N_("Name"), N_("System"), N_("Gives"), N_("Asks at")
NOT_SOUND = N_("not sound")
WRITTEN = N_("{file} is written. Change it, then try it: konto connector test {name} SAMPLE")
ROW = N_("Row {row}: {type}")
FROM = N_("{field} = {value}   from {origin}")
FIXED = N_("the mapping itself")
NOTHING = N_("This sample gives no fact.")
WOULD_GIVE = N_("{n} facts would be given, {refused} rows or facts refused. Nothing was recorded.")

app = typer.Typer(
    name="connector",
    help=N_("Connectors to other systems: mapping files, shipped or your own."),
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode=None,
)

Name = Annotated[str, typer.Argument(metavar="NAME", help=N_("What it is to be called; also the file's name."))]
Like = Annotated[
    str | None, typer.Option("--like", metavar="MAPPING", help=N_("Begin with this one instead of the start file."))
]
Mapping = Annotated[str, typer.Argument(metavar="NAME|FILE", help=N_("A connector, or a mapping by its file."))]
Sample = Annotated[Path, typer.Argument(metavar="SAMPLE", help=N_("The body of a webhook as .json, or an export."))]


@app.command("list", help=LIST)
def list_(ctx: typer.Context, json: Json = False, lang: Lang = None) -> None:
    with at_desk(ctx, json, lang, up_to_date=False) as desk:
        found = list(connectors(desk.konto.home))
        if json:
            desk.out.answer([_as_json(each, desk) for each in found])
            return
        heads = [desk.t.gettext(head) for head in (NAME_HEAD, SYSTEM, GIVES, ASKS)]
        desk.out.table(heads, [_as_row(each, desk) for each in found])


def _as_json(each: Connector, desk: Desk) -> dict[str, Any]:
    return {
        "name": each.name,
        "title": each.mapping.title if each.mapping else None,
        "source": each.mapping.source if each.mapping else None,
        "shipped": each.shipped,
        "gives": each.gives,
        "fetches": _asked(each),
        "refused": sentence(each.refused, desk.t) if each.refused else None,
    }


def _as_row(each: Connector, desk: Desk) -> list[str]:
    if each.mapping is None:
        assert each.refused is not None
        return [each.name, desk.t.gettext(NOT_SOUND), sentence(each.refused, desk.t), ""]
    return [each.name, each.mapping.title, ", ".join(each.gives), ", ".join(_asked(each))]


def _asked(each: Connector) -> list[str]:
    """The secrets that it needs to ask for more."""
    return sorted({fetch.token for fetch in each.mapping.fetches}) if each.mapping else []


@app.command("new", help=NEW)
def new_(ctx: typer.Context, name: Name, like: Like = None, json: Json = False, lang: Lang = None) -> None:
    with at_desk(ctx, json, lang, up_to_date=False) as desk:
        file = new(desk.konto.home, name, like)
        if json:
            desk.out.answer({"name": name, "file": str(file)})
        else:
            desk.out.say(desk.t.gettext(WRITTEN).format(file=file, name=name))


@app.command("test", help=TEST)
def try_(ctx: typer.Context, mapping: Mapping, sample: Sample, json: Json = False, lang: Lang = None) -> None:
    with at_desk(ctx, json, lang, up_to_date=False) as desk:
        found = list(tried(desk.konto, mapping, sample, desk.now))
        if json:
            desk.out.answer([answer for each in found for answer in _tried_as_json(each, desk)])
        else:
            _tell(found, desk)
        if any(each.refused for each in found):
            raise typer.Exit(2)


def _tried_as_json(each: Tried, desk: Desk) -> list[dict[str, Any]]:
    """The envelope, or each reason why there is none."""
    if each.refused is not None:
        return list(refusals.errors([(each.mapped, each.refused)], desk.t))
    assert each.mapped.envelope is not None
    return [each.mapped.envelope]


def _tell(found: list[Tried], desk: Desk) -> None:
    t = desk.t
    if not found:
        desk.out.say(t.gettext(NOTHING))
        return
    for each in found:
        if each.refused is not None:
            for error in refusals.errors([(each.mapped, each.refused)], t):
                desk.out.notice(refusals.row_sentence(error, t))
            continue
        assert each.mapped.envelope is not None
        envelope = each.mapped.envelope
        desk.out.say(t.gettext(ROW).format(row=each.mapped.row, type=envelope["type"]))
        desk.out.say(*(f"    {line}" for line in _fields(each, desk)), "")
    refused = sum(each.refused is not None for each in found)
    said = {"n": number(len(found) - refused, t.lang), "refused": number(refused, t.lang)}
    desk.out.say(t.gettext(WOULD_GIVE).format(**said))


def _fields(each: Tried, desk: Desk) -> list[str]:
    envelope = each.mapped.envelope
    assert envelope is not None
    values = {"id": envelope["id"], "time": envelope["time"]}
    values |= {f"data.{name}": value for name, value in envelope["data"].items()}
    fixed = desk.t.gettext(FIXED)
    return [
        desk.t.gettext(FROM).format(field=field, value=value, origin=each.mapped.origins.get(field, fixed))
        for field, value in values.items()
    ]
