"""A home for every test, and a story that it may have heard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.home import Fact, Konto, fact
from tests.stores import Engine


@pytest.fixture
def konto(engine: Engine, request: pytest.FixtureRequest, tmp_path: Path) -> Konto:
    if engine == "postgres":
        return Konto(request.getfixturevalue("folder")).prepared()
    return Konto(tmp_path / "home")


@pytest.fixture
def story() -> list[Fact]:
    """Two customers. K-17's delivery came a day late and her visit was kept; K-08 waits since Monday."""
    return [
        fact("customer.registered", "2026-02-02T09:00", customer="K-17", name="Meier", owner="ines"),
        fact("customer.registered", "2026-02-02T09:05", customer="K-08", name="Aydin", owner="lutz"),
        fact("promise.made", "2026-02-03T10:00", promise="A-1", customer="K-17", due="2026-02-10T12:00:00+01:00",
             what="Therme liefern", kind="delivery", by="ines", team="Service"),
        fact("promise.fulfilled", "2026-02-11T12:00", promise="A-1"),
        fact("promise.made", "2026-02-16T10:00", promise="A-2", customer="K-17", due="2026-02-20",
             what="Wartung", kind="appointment", by="lutz", team="Service"),
        fact("promise.fulfilled", "2026-02-20T16:00", promise="A-2"),
        fact("feedback.given", "2026-02-21T10:00", customer="K-17", score=2, about="A-1"),
        fact("promise.made", "2026-03-02T10:00", promise="B-1", customer="K-08", due="2026-03-09T12:00:00+01:00",
             what="Angebot schicken", by="lutz", team="Verkauf"),
        fact("promise.made", "2026-03-02T11:00", promise="B-2", customer="K-08", due="2026-03-13T12:00:00+01:00",
             what="Rückruf", kind="callback", by="lutz", team="Verkauf"),
    ]  # fmt: skip


@pytest.fixture
def told(konto: Konto, story: list[Fact]) -> Konto:
    """A home that has heard the story."""
    assert konto.took(story)["recorded"] == len(story)
    return konto


Written = Callable[[str, str], Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """A text file beside the home."""

    def write(name: str, text: str) -> Path:
        file = tmp_path / name
        file.write_text(text, encoding="utf-8")
        return file

    return write
