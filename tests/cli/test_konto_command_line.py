"""The command `konto` itself: usage, language, exit codes, and never a traceback for somebody's mistake."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import typer

from tests.cli.home import NOW, Konto, fact
from tests.stores import only_files
from wiring.commands.konto import app
from wiring.moments import moment, written

EXECUTABLE = Path(sys.executable).with_name("konto")


def run(home: Path, *arguments: str, **options) -> subprocess.CompletedProcess[str]:
    """The real command in a process of its own."""
    command = [str(EXECUTABLE), "--home", str(home), *arguments]
    return subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, **options)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["foo"], "Möglich sind: demo, serve"),
        (["rules", "foo"], "show, check, publish, history"),
        ([], "konto --help"),
        (["kpi", "--fro", "2026-01-01"], "--from"),
        (["kpi", "--from"], "--from"),
        (["statement"], "CUSTOMER"),
        (["statement", "a", "b"], "„b“"),
        (["demo", "--days", "many"], "--days"),
        (["kpi", "--lang", "fr"], "de, en"),
        (["kpi", "--as-of", "yesterday"], "yesterday"),
        (["kpi", "--as-of", "2026-02-30"], "2026-02-30"),
        (["kpi", "--as-of", "2026-03-01T10:00:00"], "+01:00"),
        (["import"], "FILE"),
    ],
)
def test_a_mistake_on_the_command_line_is_one_line_with_the_next_step_and_ends_with_2(konto, arguments, said):
    answer = konto(*arguments, code=2)
    assert said in answer.err
    assert len(answer.err.strip().splitlines()) == 1
    assert answer.out == ""


def test_the_refusal_speaks_the_language_of_the_option_else_of_the_settings_else_german(konto):
    assert "Möglich sind" in konto("foo", code=2).err
    assert "Possible are" in konto("promises", "--lang", "en", "--state", "x", code=2).err
    konto("promises", "--count")
    (konto.home / "settings.toml").write_text('language = "en"\n', encoding="utf-8")
    assert "Possible are" in konto("foo", code=2).err
    assert "Nothing to say yet" in konto("kpi", "on_time_rate").out
    assert "Noch keine Aussage" in konto("kpi", "on_time_rate", "--lang", "de").out


def test_a_count_is_the_bare_number_so_that_scripts_can_take_it(konto):
    assert konto("promises", "--count").out == "0\n"


def commands(command, path=()):
    yield path, command
    for name, each in getattr(command, "commands", {}).items():
        yield from commands(each, (*path, name))


def test_every_command_and_option_has_a_help_text_and_it_is_translated(konto):
    for path, command in commands(typer.main.get_command(app)):
        for each in (command, *command.params):
            assert each.help, (path, each.name)
        german = " ".join(konto(*path, "--help").out.split())
        assert command.help not in german, f"{path} speaks English in German"
        assert german.startswith("Aufruf: ")


def test_every_command_that_prints_an_answer_takes_json_and_lang():
    silent = {
        (),
        ("demo",),
        ("serve",),
        ("worker",),
        ("api",),
        ("mcp",),
        ("dashboard",),
        ("rules",),
        ("calendars",),
        ("people",),
        ("alerts",),
        ("appointments",),
        ("audit",),
        ("backtest",),
        ("connector",),
        ("feed",),
        ("keys",),
        ("vault",),
        ("mail",),
        ("per-person",),
    }
    for path, command in commands(typer.main.get_command(app)):
        options = {name for param in command.params for name in param.opts}
        assert path in silent or {"--json", "--lang"} <= options, path


def test_a_date_is_midnight_in_the_zone_also_where_the_clock_is_put_forward():
    berlin = ZoneInfo("Europe/Berlin")
    assert written(moment("2026-03-29", berlin, "--at")) == "2026-03-28T23:00:00Z"
    assert written(moment("2026-03-30", berlin, "--at")) == "2026-03-29T22:00:00Z"
    assert written(moment("2026-03-29T03:30:00+02:00", berlin, "--at")) == "2026-03-29T01:30:00Z"
    santiago = ZoneInfo("America/Santiago")
    assert written(moment("2026-09-06", santiago, "--at")) == "2026-09-06T04:00:00Z", "that day begins at 01:00"


@only_files
def test_the_home_comes_from_the_option_else_from_the_environment(konto, tmp_path):
    from typer.testing import CliRunner

    from wiring.shell import World

    world = World({"KONTO_HOME": str(tmp_path / "elsewhere")}, clock=lambda: NOW)
    assert CliRunner().invoke(app, ["promises", "--count"], obj=world).exit_code == 0
    assert (tmp_path / "elsewhere" / "events.db").exists()
    assert not konto.home.exists()


def test_an_unsafe_switch_in_the_environment_is_refused_by_name(tmp_path):
    konto = Konto(tmp_path / "home", environment={"POSTGRES_ENABLE_DB_FUNCTIONS": "y"})
    assert "POSTGRES_ENABLE_DB_FUNCTIONS" in konto("promises", "--count", code=2).err


def test_a_home_that_cannot_be_one_is_told_in_one_line(tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    for home in (tmp_path / "file", tmp_path / "file" / "below"):
        answer = Konto(home)("promises", "--count", code=1)
        assert len(answer.err.strip().splitlines()) == 1
        assert str(tmp_path) in answer.err


@only_files
def test_while_somebody_else_writes_the_import_waits_and_then_gives_up_in_one_line(told):
    import sqlite3

    (told.home / "settings.toml").write_text("[store]\nlock_timeout_seconds = 1\n", encoding="utf-8")
    other = sqlite3.connect(told.home / "events.db")
    other.execute("BEGIN IMMEDIATE")
    file = told.home.parent / "one.jsonl"
    file.write_text(json.dumps(fact("customer.registered", "2026-03-01T09:00", customer="K-9")), encoding="utf-8")
    answer = told("import", str(file), code=1)
    other.rollback()
    other.close()
    assert len(answer.err.strip().splitlines()) == 1
    assert told("import", str(file), "--json").json["recorded"] == 1


# -- the real process -------------------------------------------------------------------------------


def test_the_installed_command_answers_in_json_only_on_standard_output_and_refuses_on_the_other(told):
    done = run(told.home, "kpi", "on_time_rate", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["groups"][0]["kpis"]["on_time_rate"]["denominator"] >= 3
    wrong = run(told.home, "kpi", "pünktlich", "--json", env={**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"})
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr.startswith("Eine Kennzahl „pünktlich“"), "whatever the terminal says, it is UTF-8"


def test_a_closed_pipe_ends_quietly(told):
    told.took([fact("promise.made", "2026-03-02T10:00", promise=f"P{n}", customer="K") for n in range(800)])
    pipe = subprocess.Popen(
        f"'{EXECUTABLE}' --home '{told.home}' export | head -n 1",
        shell=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    out, err = pipe.communicate(timeout=60)
    assert len(out.splitlines()) == 1
    assert err == ""


def test_ctrl_c_in_an_import_ends_with_130_and_leaves_nothing_half_done(tmp_path):
    # So many that no machine has taken them in when it is asked to end.
    home, file = tmp_path / "home", tmp_path / "facts.jsonl"
    facts = (fact("customer.registered", "2026-03-01T09:00", customer=f"K-{n}") for n in range(150_000))
    file.write_text("".join(json.dumps(each) + "\n" for each in facts), encoding="utf-8")
    command = [str(EXECUTABLE), "--home", str(home), "import", str(file)]
    # Whoever runs the tests in the background makes them deaf to Ctrl-C, and their children with them.
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=heard)
    while not (home / "people.toml").exists():
        time.sleep(0.05)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err == "Abgebrochen. Nichts ist halb getan.\n"
    assert out == ""
    assert Konto(home)("export").out == ""


def test_two_commands_that_start_together_on_an_empty_home_prepare_it_once(tmp_path):
    command = [str(EXECUTABLE), "--home", str(tmp_path / "home"), "promises", "--count", "--json"]
    started = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    for process in started:
        out, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (0, "")
        assert json.loads(out) == {"count": 0}
    assert len((tmp_path / "home" / "keys.json").read_text("utf-8")) > 100
