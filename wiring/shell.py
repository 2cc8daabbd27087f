"""Around every command: its language, its exit code, and one line with the next step for whatever goes wrong.

0 done · 1 failure or a check that says no · 2 usage or refused input · 130 interrupted.
"""

from __future__ import annotations

import errno
import os
import re
import sqlite3
import sys
import tomllib
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import typer
from cryptography.exceptions import InvalidTag
from typer.core import TyperGroup

from domain.errors import Refused
from domain.roles import LOCAL_USER, Asker
from domain.store import StoreGone, StoreTrouble
from wiring.home import Clock, system_clock
from wiring.output import Output, PipeClosed, flush
from wiring.refusals import sentence
from words import LANGUAGES, N_, Translator, language, translator

HOME_VARIABLE = "KONTO_HOME"
LANGUAGE_VARIABLE = "KONTO_LANGUAGE"
DEFAULT_HOME = "vertrauenskonto"
"""A folder of one's own home folder: its documents are there to be edited."""

FAILURES = frozenset(
    {
        "already_running",
        "already_served",
        "busy",
        "damaged_text",
        "journal_away",
        "key_service",
        "key_service_away",
        "keys_damaged",
        "keys_missing",
        "mailbox",
        "moved",
        "not_equal",
        "newer_schema",
        "masters_damaged",
        "not_our_version",
        "not_prepared",
        "not_ready",
        "other_keys",
        "unreadable",
        "unreadable_event",
    }
)
"""Refusals that are no fault of what was typed or sent in."""

INTERRUPTED = 130

STOPPED = N_("Stopped. Nothing is left half done.")
STORE_TROUBLE = N_(
    "The store in {home} cannot be used: {reason}. Please check the disk and the rights of the folder, and try again."
)
DATABASE_GONE = N_(
    "The database cannot be reached: {reason}. Nothing is half done. Please check that it runs, and try again."
)
OTHER_KEYS = N_("keys.json in {home} does not fit the log beside it. Please put the right one back from a backup.")
FILE_TROUBLE = N_("{file} {reason}. Please check the path and its rights, and try again.")
NO_OPTION = N_("There is no option {found} here. All options: {command} --help")
MEANT = N_("There is no option {found} here. Did you mean {known}? All options: {command} --help")
NO_COMMAND = N_("There is no command “{found}”. Possible are: {known}. Help: {command} --help")
NEEDS_COMMAND = N_("Please say what to do. Possible are: {known}. Help: {command} --help")
NEEDS_VALUE = N_("{option} needs a value. Help: {command} --help")
MISSING = N_("{option} is missing. Help: {command} --help")
WRONG_VALUE = N_("The value of {option} does not fit. Help: {command} --help")
TOO_MUCH = N_("“{found}” is too much here. Help: {command} --help")
UNREADABLE = N_("This cannot be read as a command: {reason} Help: {command} --help")

EXTRA = re.compile(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)")

REASONS: Mapping[int, str] = {
    errno.ENOENT: N_("is not there"),
    errno.EACCES: N_("may not be read or written by you"),
    errno.EPERM: N_("may not be read or written by you"),
    errno.EROFS: N_("lies on a disk that cannot be written"),
    errno.EISDIR: N_("is a folder"),
    errno.ENOTDIR: N_("is not inside a folder"),
    errno.EEXIST: N_("is a file, not a folder"),
    errno.ENOSPC: N_("cannot be written, because the disk is full"),
}
STORE_REASONS: Mapping[str, str] = {
    "database or disk is full": N_("the disk is full"),
    "disk I/O error": N_("the disk reports an error"),
    "file is not a database": N_("a file there is no store of ours"),
    "database disk image is malformed": N_("a file there is damaged"),
    "attempt to write a readonly database": N_("it may not be written by you"),
    "unable to open database file": N_("a file there cannot be opened"),
    "database is locked": N_("somebody else is using it"),
}


@dataclass(frozen=True)
class World:
    """What the commands know of the machine they run on."""

    environment: Mapping[str, str]
    clock: Clock = system_clock
    entropy: Callable[[int], bytes] = field(default=os.urandom, repr=False)
    asker: Asker = LOCAL_USER
    """Whoever can type a command here can read every file of the home, and so has every role."""

    def default_home(self) -> Path:
        named = self.environment.get(HOME_VARIABLE)
        return Path(named) if named else Path.home() / DEFAULT_HOME

    @property
    def names_a_home(self) -> bool:
        return bool(self.environment.get(HOME_VARIABLE))


@dataclass(frozen=True)
class Place:
    """A world and the home that this call works on."""

    world: World
    home: Path
    named: bool = True
    """Whether anybody said which home; else it is the one of one's own folder."""


class Shell(TyperGroup):
    """The command `konto`: translated, and with every expected failure turned into a line and a code."""

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        arguments = list(sys.argv[1:] if args is None else args)
        world = extra.setdefault("obj", None) or World(dict(os.environ))
        extra["obj"] = world
        home = _home(arguments, world)
        t = translator(_language(arguments, home, world.environment))
        _translate(self, t)

        def run() -> Any:
            return super(Shell, self).main(
                arguments, prog_name or "konto", complete_var, False, windows_expand_args, **extra
            )

        code = _guarded(run, home, Output(t))
        if standalone_mode:
            sys.exit(code)
        return code

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        refuse_unknown_command(self, ctx, args)
        return super().resolve_command(ctx, args)


class Group(TyperGroup):
    """A group of commands below `konto`, such as `konto rules`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        refuse_unknown_command(self, ctx, args)
        return super().resolve_command(ctx, args)


def refuse_unknown_command(group: TyperGroup, ctx: Any, args: list[str]) -> None:
    if args and not args[0].startswith("-") and args[0] not in group.commands:
        known = ", ".join(group.commands)
        raise Refused("unknown_command", NO_COMMAND, found=args[0][:60], known=known, command=ctx.command_path)


# -- what went wrong ------------------------------------------------------------------------------


def _guarded(run: Callable[[], Any], home: Path, out: Output) -> int:
    try:
        code = run()
        flush()
    except Refused as refused:
        for each in (refused, *refused.also):
            out.notice(sentence(each, out.t))
        return 1 if refused.code in FAILURES else 2
    except typer.TyperException as error:
        out.notice(_usage(error, out.t))
        return error.exit_code
    except typer.Abort:
        code = INTERRUPTED
    except PipeClosed:
        _close_quietly()
        return 1
    except StoreGone as error:
        out.notice(out.t.gettext(DATABASE_GONE).format(reason=_plain(error, out.t).rstrip(".")))
        return 1
    except (StoreTrouble, sqlite3.Error) as error:
        out.notice(out.t.gettext(STORE_TROUBLE).format(home=home, reason=_plain(error, out.t)))
        return 1
    except InvalidTag:
        out.notice(out.t.gettext(OTHER_KEYS).format(home=home))
        return 1
    except OSError as error:
        reason = out.t.gettext(REASONS.get(error.errno or 0, error.strerror or str(error)))
        out.notice(out.t.gettext(FILE_TROUBLE).format(file=error.filename or home, reason=reason))
        return 1
    if code == INTERRUPTED:
        out.notice(out.t.gettext(STOPPED))
    return code if isinstance(code, int) else 0


def _plain(error: Exception, t: Translator) -> str:
    """The innermost words: the libraries wrap each other's errors."""
    while error.__cause__ is not None and isinstance(error.__cause__, Exception):
        error = error.__cause__
    said = str(error).splitlines()[0] if str(error) else type(error).__name__
    return t.gettext(STORE_REASONS.get(said, said))


def _usage(error: typer.TyperException, t: Translator) -> str:
    """What typer says about a command line, in our words and on one line."""
    ctx: Any = getattr(error, "ctx", None)
    command = ctx.command_path if ctx is not None else "konto"
    option = getattr(error, "option_name", None)
    possibilities = getattr(error, "possibilities", None)
    param: Any = getattr(error, "param", None)
    if hasattr(error, "possibilities"):
        if possibilities:
            return t.gettext(MEANT).format(found=option, known=", ".join(possibilities), command=command)
        return t.gettext(NO_OPTION).format(found=option, command=command)
    if option is not None:
        return t.gettext(NEEDS_VALUE).format(option=option, command=command)
    if param is not None:
        text = WRONG_VALUE if error.message else MISSING
        return t.gettext(text).format(option=_called(param), command=command)
    if ctx is not None and isinstance(ctx.command, TyperGroup) and error.message.startswith("Missing command"):
        known = ", ".join(ctx.command.commands)
        return t.gettext(NEEDS_COMMAND).format(known=known, command=command)
    if ctx is not None and type(error).__name__ == "NoArgsIsHelpError":
        return error.message
    if extra := EXTRA.match(error.message):
        return t.gettext(TOO_MUCH).format(found=extra[1], command=command)
    return t.gettext(UNREADABLE).format(reason=error.format_message(), command=command)


def _called(param: Any) -> str:
    long = [name for name in param.opts if name.startswith("--")]
    return long[0] if long else str(param.metavar or param.name).upper()


def _close_quietly() -> None:
    """What is still buffered goes nowhere, so that the interpreter does not stumble over it at its end."""
    with suppress(OSError, ValueError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


# -- before anything is parsed ------------------------------------------------------------------------


def _home(arguments: Sequence[str], world: World) -> Path:
    named = _option(arguments, "--home")
    return Path(named) if named else world.default_home()


def _language(arguments: Sequence[str], home: Path, environment: Mapping[str, str]) -> str:
    """As asked for, else as set."""
    named = _option(arguments, "--lang")
    return named if named in LANGUAGES else read_language(home, environment)


def read_language(home: Path, environment: Mapping[str, str]) -> str:
    """As set; a broken settings file is somebody else's to tell."""
    named = environment.get(LANGUAGE_VARIABLE)
    if named in LANGUAGES:
        return named
    with suppress(OSError, ValueError):
        return language(str(tomllib.loads((home / "settings.toml").read_text("utf-8")).get("language", "de")))
    return "de"


def _option(arguments: Sequence[str], name: str) -> str | None:
    for place, argument in enumerate(arguments):
        if argument == name and place + 1 < len(arguments):
            return arguments[place + 1]
        if argument.startswith(f"{name}="):
            return argument.partition("=")[2]
    return None


# -- help -------------------------------------------------------------------------------------------

HEADINGS = {
    "Options": N_("Options"),
    "Commands": N_("Commands"),
    "Arguments": N_("Arguments"),
    "Usage": N_("Usage"),
}
SHOW_HELP = N_("Show this help.")


def _translate(command: Any, t: Translator) -> None:
    """Help texts are written in English; here they become the reader's."""
    _speak(command, t)
    for part in (command, *command.params):
        for name in ("help", "short_help", "epilog"):
            if text := getattr(part, f"_english_{name}", getattr(part, name, None)):
                setattr(part, f"_english_{name}", text)
                setattr(part, name, t.gettext(text))
    for each in getattr(command, "commands", {}).values():
        _translate(each, t)


def _speak(command: Any, t: Translator) -> None:
    plain = getattr(command, "_plain_context", command.context_class)

    class Formatter(plain.formatter_class):  # type: ignore[name-defined]
        def write_usage(self, prog: str, args: str = "", prefix: str | None = None) -> None:
            super().write_usage(prog, args, prefix=f"{t.gettext(HEADINGS['Usage'])}: ")

        def write_heading(self, heading: str) -> None:
            super().write_heading(t.gettext(HEADINGS.get(heading, heading)))

        def write_dl(self, rows: Sequence[tuple[str, str]], *args: Any, **options: Any) -> None:
            said = [
                (first, t.gettext(SHOW_HELP) if second == "Show this message and exit." else second)
                for first, second in rows
            ]
            super().write_dl(said, *args, **options)

    command._plain_context = plain
    command.context_class = type("Context", (plain,), {"formatter_class": Formatter})
