"""An assistant asks `konto mcp` by its protocol: it reads what its person may read, proposes, and records nothing."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.api.firm import PEOPLE
from tests.cli.home import Konto, fact
from tests.kills.runs import ROOT

if TYPE_CHECKING:
    from mcp import ClientSession

Ask = Callable[["ClientSession"], Awaitable[Any]]
TOOLS = {
    "customers", "customer", "statement", "timeline", "promises", "contacts", "incidents", "figures", "cases",
    "advice", "alerts", "looks", "per_person", "propose_capture",
}  # fmt: skip


@pytest.fixture(scope="module")
def konto(tmp_path_factory: pytest.TempPathFactory) -> Konto:
    """With one customer of ines and one of lutz."""
    folder = tmp_path_factory.mktemp("mcp") / "home"
    folder.mkdir(mode=0o700)
    (folder / "people.toml").write_text(PEOPLE, encoding="utf-8")
    konto = Konto(folder, now=datetime.now(UTC))
    day = f"{konto.now - timedelta(days=3):%Y-%m-%d}"
    due = f"{konto.now + timedelta(days=9):%Y-%m-%d}"
    konto.took(
        [
            fact("customer.registered", f"{day}T08:00", customer="K-17", name="Petra Müller", owner="ines"),
            fact("customer.registered", f"{day}T08:00", customer="K-77", name="Yilmaz", owner="lutz"),
            fact("promise.made", f"{day}T09:00", promise="A-1", customer="K-17", by="ines", what="Angebot", due=due),
            fact("promise.made", f"{day}T09:00", promise="W-1", customer="K-77", by="lutz", what="Wartung", due=due),
        ]
    )
    return konto


def asked(konto: Konto, ask: Ask, *options: str) -> Any:
    """What a client hears that starts the server as an assistant does."""
    # Here, not above: every process that collects tests would wait for it.
    from mcp import ClientSession, StdioServerParameters
    from mcp.client.stdio import stdio_client

    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "wiring.cli", "--home", str(konto.home), "mcp", "--lang", "en", *options],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )

    async def talk() -> Any:
        async with stdio_client(server) as (incoming, outgoing), ClientSession(incoming, outgoing) as session:
            await session.initialize()
            return await ask(session)

    return asyncio.run(asyncio.wait_for(talk(), 120))


def test_it_names_its_tools_answers_as_the_command_line_does_and_refuses_in_words(konto: Konto):
    async def ask(session: ClientSession) -> dict[str, Any]:
        tools = (await session.list_tools()).tools
        calls = {
            "promises": ("promises", {"state": "open", "limit": 5}),
            "statement": ("statement", {"customer": "K-17"}),
            "figures": ("figures", {"name": ["on_time_rate", "silence"], "by": "owner"}),
            "nobody": ("customer", {"customer": "K-9"}),
            "unknown": ("promises", {"farbe": "rot"}),
            "wrong": ("promises", {"owner": {"name": "ines"}}),
            "none": ("delete_everything", {}),
        }
        told = {name: await session.call_tool(*call) for name, call in calls.items()}
        return {"tools": tools, **told}

    heard = asked(konto, ask)
    assert {tool.name for tool in heard["tools"]} == TOOLS
    assert all(tool.annotations.read_only_hint and tool.description for tool in heard["tools"])
    expected = konto("promises", "--json", "--state", "open").json
    assert heard["promises"].structured_content["rows"] == expected
    assert len(expected) == 2
    statement = konto("statement", "K-17", "--json", "--lang", "en").json
    told = heard["statement"].structured_content
    assert {**told, "as_of": None, "reliability": None} == {**statement, "as_of": None, "reliability": None}
    assert set(heard["figures"].structured_content["groups"][0]["kpis"]) == {"on_time_rate", "silence"}
    refused = {name: heard[name] for name in ("nobody", "unknown", "wrong", "none")}
    assert all(each.is_error for each in refused.values())
    assert "K-9" in refused["nobody"].content[0].text
    assert refused["unknown"].content[0].text.startswith("farbe: ")
    assert "propose_capture" in refused["none"].content[0].text


def test_it_shows_what_its_person_may_see_and_only_proposes(konto: Konto):
    before = konto("export").out

    async def ask(session: ClientSession) -> dict[str, Any]:
        calls = {
            "customers": ("customers", {}),
            "other": ("statement", {"customer": "K-77"}),
            "proposed": ("propose_capture", {"text": "Angebot an Müller bis Freitag"}),
            "asked_back": ("propose_capture", {"text": "Angebot bis Freitag"}),
        }
        return {name: await session.call_tool(*call) for name, call in calls.items()}

    heard = asked(konto, ask, "--person", "ines")
    assert [row["customer"] for row in heard["customers"].structured_content["rows"]] == ["K-17"]
    assert heard["other"].is_error
    assert "Yilmaz" not in str(heard)
    proposed = heard["proposed"].structured_content
    assert (proposed["type"], proposed["data"]["customer"], proposed["recorded"]) == ("promise.made", "crm:K-17", False)
    assert heard["asked_back"].structured_content["question"]["text"]
    assert konto("export").out == before


def test_a_person_who_is_not_there_is_refused_before_anything_is_answered(konto: Konto):
    command = [sys.executable, "-m", "wiring.cli", "--home", str(konto.home), "mcp", "--person", "niemand"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL
    )
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "niemand" in ended.stderr


def test_the_command_is_there_without_loading_its_library(tmp_path: Path):
    command = [
        sys.executable,
        "-X",
        "importtime",
        "-m",
        "wiring.cli",
        "--home",
        str(tmp_path / "home"),
        "mcp",
        "--help",
    ]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0
    assert "mcp.server" not in ended.stderr
