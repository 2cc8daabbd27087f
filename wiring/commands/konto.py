"""All commands together: the command line `konto`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from wiring.commands import (
    advise,
    alerts,
    appointments,
    audit,
    backup,
    calibrate,
    capture,
    care,
    connectors,
    contacts,
    disclosure,
    documents,
    erase,
    facts,
    feeds,
    figures,
    identity,
    incidents,
    keys,
    mail,
    meaning,
    per_person,
    procedure,
    promises,
    quarantine,
    retention,
    running,
    statement,
    vault,
    what_if,
)
from wiring.shell import Place, Shell, World
from words import N_

HELP = N_("Keeps the account of trust: what was promised to every customer, and how it was kept.")

Home = Annotated[
    Path | None,
    typer.Option(
        "--home",
        metavar="DIR",
        help=N_("Where stores, settings and documents live; else KONTO_HOME, else vertrauenskonto in your own folder."),
    ),
]

app = typer.Typer(
    cls=Shell,
    help=HELP,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback(no_args_is_help=True)
def konto(ctx: typer.Context, home: Home = None) -> None:
    world: World = ctx.obj
    ctx.obj = Place(world, (home or world.default_home()).expanduser(), named=home is not None or world.names_a_home)


app.command("demo", help=N_("Fills a home with the sample firm and runs it."))(running.demo)
app.command("serve", help=N_("Runs worker, API and dashboard until asked to stop."))(running.serve)
app.command("worker", help=N_("Runs the worker alone: follows the log, warns, sends."))(running.worker)
app.command("api", help=N_("Runs the HTTP API alone: other programs bring facts and ask."))(running.api)
app.command("mcp", help=N_("Answers an assistant (Model Context Protocol): it may read and propose."))(running.mcp)
app.command("dashboard", help=N_("Runs the dashboard alone."))(running.dashboard)
app.command("import", help=N_("Records the facts of files."))(facts.import_)
app.command("export", help=N_("Gives out the facts as they came."))(facts.export)
app.command("restore-log", help=N_("Puts an export back into an empty home, with both times of each fact."))(
    facts.restore_log
)
app.command("parked", help=N_("Facts that wait for what they refer to."))(facts.parked)
app.command("quarantine", help=N_("What could not be taken in, and which customers stand still for it."))(
    quarantine.quarantine
)
app.command("capture", help=N_("Reads a sentence such as “offer to Miller by Friday”, and records it on a yes."))(
    capture.capture
)
app.command("kpi", help=N_("The figures of reliability, each with what it rests on."))(figures.kpi)
app.command("promises", help=N_("The promises that were made."))(promises.promises)
app.command("contacts", help=N_("Who asked what, who answered, how we approached customers."))(contacts.contacts)
app.command("incidents", help=N_("What went wrong, and how far its recovery has come."))(incidents.incidents)
app.command("statement", help=N_("The trust account of one customer."))(statement.statement)
app.command("access", help=N_("Everything that is held about one person, for that person: JSON and PDF."))(
    disclosure.access
)
app.command("advise", help=N_("How probable it is that a promise is kept, and which date is safe."))(advise.advise)
app.add_typer(meaning.app)
app.command("what-if", help=N_("The whole past under another rulebook, beside today's; changes nothing."))(
    what_if.what_if
)
app.command("calibrate", help=N_("Fits the rulebook to what customers did, and writes one to read."))(
    calibrate.calibrate
)
app.add_typer(audit.app)
app.command("merge", help=N_("Two customers are one: the duplicate's history counts for the other."))(identity.merge)
app.command("separate", help=N_("They are two after all."))(identity.separate)
app.command("erase", help=N_("Erases a person: texts, names and key; every figure stays as it is."))(erase.erase)
app.command("hold", help=N_("Keeps a person from being erased: a claim at law, or a duty to keep."))(erase.hold)
app.command("retention", help=N_("How long what is known of customers is kept, and whose time has ended."))(
    retention.retention
)
app.command("procedure", help=N_("Describes the procedure as it is set up here: Markdown or PDF."))(procedure.procedure)
app.add_typer(documents.group("rulebook", "rules", N_("The rulebook: what each deed is worth.")))
app.add_typer(documents.group("calendars", "calendars", N_("The calendars: when which team works.")))
app.add_typer(documents.group("people", "people", N_("The people: who works here, who stands in for whom.")))
app.add_typer(connectors.app)
app.add_typer(mail.app)
app.add_typer(appointments.app)
app.command("tick", help=N_("Checks what somebody should know now, and raises it."))(alerts.tick)
app.add_typer(alerts.app)
app.add_typer(keys.app)
app.add_typer(vault.app)
app.add_typer(feeds.app)
app.add_typer(per_person.app)
app.command("migrate", help=N_("Prepares the stores, once for each version."))(care.migrate)
app.command("move", help=N_("Moves everything from the home's files into PostgreSQL, and proves it."))(care.move)
app.command("rebuild", help=N_("Builds all tables anew from the log."))(care.rebuild)
app.command("check", help=N_("Whether log and tables are whole."))(care.check)
app.command("backup", help=N_("Copies everything that is needed to go on elsewhere, while people work."))(backup.backup)
app.command("restore", help=N_("Puts a backup back into an empty home."))(backup.restore)
app.command("doctor", help=N_("How this installation is, in plain words."))(care.doctor)
