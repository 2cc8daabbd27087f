"""What every command begins with: the options they share, the home opened and brought up to date."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any

import typer

from domain.errors import Refused
from projections.follow import Progress
from wiring.asking import Asking
from wiring.home import Building, Konto, open_home
from wiring.looking import noting_refusals
from wiring.output import SLOW, Output
from wiring.refusals import sentence
from wiring.shell import Place, World, read_language
from words import LANGUAGES, N_, translator
from words.format import number

Json = Annotated[bool, typer.Option("--json", help=N_("Answer in JSON, for scripts."))]
Lang = Annotated[str | None, typer.Option("--lang", metavar="de|en", help=N_("Language of the answer."))]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="T", help=N_("As things stood at this date or time; else now."))
]
KnownOn = Annotated[
    str | None,
    typer.Option("--known-on", metavar="T", help=N_("Only with what was recorded by this date or time.")),
]
Where = Annotated[
    list[str] | None,
    typer.Option(
        "--where",
        metavar="DIM=VALUE",
        help=N_("Only these; owner, team, kind, customer, supplier, product, channel or severity."),
    ),
]

OnStep = Callable[[str], None]

UNKNOWN_LANGUAGE = N_("The language “{found}” is not spoken here. Possible are: {known}.")
CATCHING_UP = N_("Reading the log")
BUILDING = N_("Building the tables of this version")
ERASED_AGAIN = (
    "{n} customer of the list of erasures was still here and is erased now.",
    "{n} customers of the list of erasures were still here and are erased now.",
)


MOMENT = ("--as-of", "--known-on")


@dataclass(frozen=True)
class Desk(Asking):
    """An opened home, and where the answer goes."""

    out: Output

    def catch_up(self) -> None:
        with self.out.progress(self.t.gettext(CATCHING_UP), least=SLOW) as tell:
            self.konto.catch_up(tell, processes=None)


@contextmanager
def at_desk(
    ctx: typer.Context, as_json: bool, lang: str | None, *, up_to_date: bool = True, prepare: OnStep | None = None
) -> Iterator[Desk]:
    """The home of this call; `up_to_date` brings its tables up to the log first.

    With `prepare`, which hears of the steps, its stores are prepared even where several machines use them.
    """
    place: Place = ctx.obj
    asked = checked_language(lang)
    page = _called(ctx)
    with opened(place, asked, as_json, prepare) as (konto, out), noting_refusals(konto, page):
        desk = Desk(konto, konto.clock(), out.t, out, page=page)
        if up_to_date:
            desk.catch_up()
        yield desk


def _called(ctx: typer.Context) -> str:
    """The command's own words: statement, audit timeline."""
    words: list[str] = []
    here: Any = ctx
    while here is not None and here.parent is not None:
        words.insert(0, here.info_name or "")
        here = here.parent
    return " ".join(words)


@contextmanager
def opened(
    place: Place, lang: str | None, as_json: bool, prepare: OnStep | None = None
) -> Iterator[tuple[Konto, Output]]:
    world: World = place.world
    unsound: list[Refused] = []
    erased: list[int] = []
    konto = open_home(
        place.home,
        environment=world.environment,
        clock=world.clock,
        entropy=world.entropy,
        asker=world.asker,
        door="command line",
        unsound=unsound.append,
        prepare=prepare is not None,
        on_step=prepare or (lambda step: None),
        on_erased=erased.append,
        building=building(place, lang, as_json),
        processes=None,
    )
    try:
        out = Output(translator(lang or konto.settings.language), as_json)
        for refused in unsound:
            out.notice(sentence(refused, out.t))
        for n in erased:
            out.notice(out.t.ngettext(*ERASED_AGAIN, n).format(n=number(n, out.lang)))
        yield konto, out
    finally:
        konto.close()


def building(place: Place, lang: str | None, as_json: bool = False) -> Building:
    """Shows how far the tables of this version are, where a home is opened that has none yet."""

    @contextmanager
    def shown() -> Iterator[Progress]:
        out = Output(translator(lang or read_language(place.home, place.world.environment)), as_json)
        with out.progress(out.t.gettext(BUILDING), least=SLOW) as tell:
            yield tell

    return shown


def checked_language(lang: str | None) -> str | None:
    if lang is not None and lang not in LANGUAGES:
        raise Refused("unknown_language", UNKNOWN_LANGUAGE, "--lang", found=lang[:20], known=", ".join(LANGUAGES))
    return lang
