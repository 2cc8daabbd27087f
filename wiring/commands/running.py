"""`konto demo`, `serve`, `worker`, `api`, `mcp`, `dashboard`: what runs until it is asked to stop."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated

import typer

from domain.errors import Refused
from intake.sample_firm import DAYS
from wiring.commands.desk import Lang, building, checked_language
from wiring.output import Output, write
from wiring.settings import ROLES
from wiring.shell import Place, read_language
from wiring.supervisor import Say
from words import N_, translator

Seed = Annotated[int, typer.Option("--seed", metavar="N", help=N_("Another number gives another history."))]
Days = Annotated[int, typer.Option("--days", metavar="N", help=N_("How many days of history."))]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help=N_("Do not open a browser."))]
Port = Annotated[int | None, typer.Option("--port", metavar="N", help=N_("Of the dashboard; else as set."))]
ApiPort = Annotated[
    int | None, typer.Option("--port", metavar="P", help=N_("Of the API; else as set, 0 = a free one."))
]
Url = Annotated[bool, typer.Option("--url", help=N_("Only a new address for the one that is running."))]
Person = Annotated[
    str | None, typer.Option("--person", metavar="ID", help=N_("Whose roles count; else everything may be read."))
]
Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only", metavar="PART", help=N_("Only this part of it: follow, schedule or send; may be given several times.")
    ),
]

UNKNOWN_ROLE = N_("A worker has no part “{found}”. Possible are: {known}.")
PREPARING = N_("Making up the sample firm")
FOR_PROGRAMS = N_("Programs find the API at {address}, with a key: konto keys create")
RUNNING = N_("Vertrauenskonto is running. Open this address; Ctrl-C ends it:")


def _say(ctx: typer.Context) -> Say:
    """The address on standard output, what to do with it beside."""
    place: Place = ctx.obj
    out = Output(translator(read_language(place.home, place.world.environment)))

    def say(pages: str, api: str) -> None:
        out.notice(out.t.gettext(FOR_PROGRAMS).format(address=api))
        out.notice(out.t.gettext(RUNNING))
        write(pages + "\n")
        sys.stdout.flush()

    return say


def demo(
    ctx: typer.Context, seed: Seed = 1, days: Days = DAYS, no_browser: NoBrowser = False, port: Port = None
) -> None:
    from wiring.demo import fill, home_of

    place: Place = ctx.obj
    world = place.world
    home = place.home if place.named else home_of(place.home, seed, world.clock())
    out = Output(translator(read_language(home, world.environment)))
    with out.progress(out.t.gettext(PREPARING)) as tell:
        fill(home, world.environment, seed=seed, days=days, clock=world.clock, progress=tell)
    _serve(ctx, home, port, open_browser=not no_browser, any_api_port=True)


def _serve(
    ctx: typer.Context, home: Path, port: int | None, *, open_browser: bool = False, any_api_port: bool = False
) -> None:
    from wiring.supervisor import serve as run

    place: Place = ctx.obj
    run(
        home,
        place.world.environment,
        port=port,
        open_browser=open_browser,
        any_api_port=any_api_port,
        building=building(place, None),
        say=_say(ctx),
    )


def serve(ctx: typer.Context, port: Port = None) -> None:
    place: Place = ctx.obj
    _serve(ctx, place.home, port)


def worker(ctx: typer.Context, only: Only = None) -> None:
    from wiring.supervisor import worker as run

    place: Place = ctx.obj
    for name in only or ():
        if name not in ROLES:
            raise Refused("unknown_role", UNKNOWN_ROLE, "--only", found=name[:20], known=", ".join(ROLES))
    run(place.home, place.world.environment, only or ROLES)


def api(ctx: typer.Context, port: ApiPort = None) -> None:
    from wiring.supervisor import api as run

    place: Place = ctx.obj
    arguments = ["--lang", read_language(place.home, place.world.environment)]
    arguments += [] if port is None else ["--port", str(port)]
    raise typer.Exit(run(place.home, place.world.environment, arguments))


def mcp(ctx: typer.Context, person: Person = None, lang: Lang = None) -> None:
    place: Place = ctx.obj
    arguments = ["--lang", checked_language(lang) or read_language(place.home, place.world.environment)]
    arguments += [] if person is None else ["--person", person]
    command = [sys.executable, "-m", "api.assistant", "--home", str(place.home), *arguments]
    # Speaks over our own standard input and output until the assistant closes them.
    raise typer.Exit(subprocess.run(command, env=dict(place.world.environment)).returncode)


def dashboard(ctx: typer.Context, port: Port = None, url: Url = False) -> None:
    from wiring.supervisor import dashboard as run

    place: Place = ctx.obj
    arguments = ["--lang", read_language(place.home, place.world.environment)]
    arguments += [] if port is None else ["--port", str(port)]
    arguments += ["--url"] if url else []
    raise typer.Exit(run(place.home, place.world.environment, arguments))
