"""What the layer contract in pyproject.toml cannot say: no clock, chance or environment below wiring."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Whole modules end in a dot.
WORLD = (
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "random.",
    "secrets.",
    "uuid.uuid1",
    "uuid.uuid4",
    "os.urandom",
    "os.environ",
    "os.getenv",
)
# A generator that came as an argument may be named, and one with a seed may be made.
SEEDED = "random.Random"

OPENS = (
    "open",
    "dramatiq.actor",
    "dramatiq.set_broker",
    "psycopg.connect",
    "redis.Redis",
    "redis.from_url",
    "smtplib.SMTP",
    "socket.socket",
    "sqlite3.connect",
    "subprocess.Popen",
    "subprocess.run",
    "threading.Thread",
    "urllib.request.urlopen",
)


def modules(*folders: str) -> list[Path]:
    return sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))


def imported(tree: ast.AST) -> dict[str, str]:
    """The full name behind each name that the module imports."""
    names = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                names[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def full_name(node: ast.AST, names: dict[str, str]) -> str:
    """`dt.now` as `datetime.datetime.now`; empty where the name is not an imported one."""
    if isinstance(node, ast.Attribute):
        before = full_name(node.value, names)
        return f"{before}.{node.attr}" if before else ""
    return names.get(node.id, "") if isinstance(node, ast.Name) else ""


def uses_of_the_world(source: str) -> list[str]:
    """Every use of clock, chance or environment, with its line; also one that is only handed on."""
    tree = ast.parse(source)
    names = imported(tree)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and full_name(node.func, names) == SEEDED and not node.args:
            found.append(f"{node.lineno}: {SEEDED} without a seed")
        name = full_name(node, names)
        forbidden = any(name.startswith(one) if one.endswith(".") else name == one for one in WORLD)
        if forbidden and name != SEEDED:
            found.append(f"{node.lineno}: {name}")
    return found


def run_at_import(tree: ast.AST) -> Iterator[ast.AST]:
    """The parts of a module that importing it runs: all but the bodies of functions."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for part in (*node.decorator_list, *node.args.defaults):
                yield part
                yield from run_at_import(part)
        elif isinstance(node, ast.If) and "__main__" in ast.unparse(node.test):
            continue
        elif not isinstance(node, ast.Lambda):
            yield node
            yield from run_at_import(node)


def opened_at_import(source: str) -> list[str]:
    tree = ast.parse(source)
    names = {"open": "open", **imported(tree)}
    found = []
    for node in run_at_import(tree):
        used = node.func if isinstance(node, ast.Call) else node
        name = full_name(used, names)
        if name in OPENS and (isinstance(node, ast.Call) or name == "dramatiq.actor"):
            found.append(f"{node.lineno}: {name}")
    return found


@pytest.mark.parametrize(
    "file",
    modules("domain", "projections", "workers", "intake"),
    ids=lambda file: str(file.relative_to(ROOT)),
)
def test_below_wiring_clock_chance_and_environment_are_arguments(file):
    assert uses_of_the_world(file.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "file",
    modules("domain", "projections", "workers", "intake", "wiring", "words"),
    ids=lambda file: str(file.relative_to(ROOT)),
)
def test_importing_a_module_opens_nothing(file):
    assert opened_at_import(file.read_text("utf-8")) == []


BAD = """
import os, time as clock
from datetime import datetime as dt, date
from random import Random, choice
from uuid import uuid4
from dramatiq import actor
import sqlite3

store = sqlite3.connect("x")

class Fact:
    text = open("x").read()

@actor
def send(at=dt.now, id=uuid4()):
    started = clock.time()
    home = os.environ["HOME"]
    today = date.today()
    return choice([1, 2]), Random().random()
"""

GOOD = """
import random
import sqlite3
from datetime import datetime, UTC

def draw(chance: random.Random, now: datetime):
    sqlite3.connect("x")
    open("x")
    return random.Random(7), now.time(), datetime(2026, 3, 2, tzinfo=UTC)

if __name__ == "__main__":
    open("x")
"""


def test_the_search_finds_every_kind_of_use():
    found = {use.partition(": ")[2] for use in uses_of_the_world(BAD)}
    assert found == {
        "datetime.datetime.now",
        "uuid.uuid4",
        "time.time",
        "os.environ",
        "datetime.date.today",
        "random.choice",
        "random.Random without a seed",
    }
    assert {use.partition(": ")[2] for use in opened_at_import(BAD)} == {
        "sqlite3.connect",
        "open",
        "dramatiq.actor",
    }


def test_the_search_lets_arguments_and_seeds_pass():
    assert uses_of_the_world(GOOD) == []
    assert opened_at_import(GOOD) == []
