"""What can no longer be read opens nothing, keeps nobody from being erased, and is missing from no copy unsaid."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

import pytest

from dashboard.answers.home import Home as Pages
from dashboard.shapes.asking import Reader
from domain import access_key
from domain.errors import Refused
from domain.per_person import STREAM
from domain.roles import LOCAL_USER
from domain.rulebook import default_text
from projections import access_keys, customers
from tests.cli.home import Konto
from tests.damaged.damage import damaged, entries, holds_damaged, keys_of_damaged, newest, texts_damaged
from tests.dashboard.reading import answered_by, opened, text_of
from tests.erasing.person import canary, found_in, told
from tests.erasing.test_erasing import erase, said_by
from tests.homes import Home
from tests.notation import at, envelopes
from tests.per_person.firm import NOW, firm
from wiring import access, checking, erasing
from wiring.access import Known

STORY = """
2026-03-02T08:00  Kunde K-1, namens Meier
2026-03-02T08:01  Kunde K-2, namens Wolf
2026-03-02T09:00  verspricht K-1 ines "Angebot" bis 2026-03-20T16:00
2026-03-02T09:01  verspricht K-2 ines "Therme" bis 2026-03-20T16:00
"""


READER = Reader(None, "de", ZoneInfo("Europe/Berlin"))


@pytest.mark.parametrize("topic", ["key.created", "key.revoked"])
def test_a_key_of_which_something_cannot_be_read_opens_nothing(home: Home, topic: str):
    home.clock.now = NOW
    konto = home.konto
    made = access.create(konto, Random(1).randbytes, scopes=["read"])
    other = access.create(konto, Random(2).randbytes, scopes=["read"])
    assert access.caller(konto, made.text, Known()) is not None
    access.revoke(konto, access_key.token(made.text).name)
    konto.catch_up()
    with damaged(konto, [newest(konto, access_key.stream_of(access_key.token(made.text).name), topic)]):
        assert access.caller(konto, made.text, Known()) is None
        assert access.caller(konto, other.text, Known()) is not None
        listed = access_keys.listed(konto.log, konto.views, LOCAL_USER)
        assert [each.name for each in listed] == [access_key.token(other.text).name]


def test_figures_per_person_are_closed_where_nobody_can_read_whether_they_are_open(tmp_path: Path):
    home = firm(tmp_path)
    konto = home.konto
    assert konto.library.protection().opening is not None
    with damaged(konto, [newest(konto, STREAM)]):
        assert konto.library.protection().opening is None
    assert konto.library.protection().opening is not None
    home.close()


def test_who_is_to_be_erased_is_erased_though_something_of_theirs_cannot_be_read(home: Home):
    told(home)
    konto = home.konto
    theirs = konto.library.customer_ids(canary("own_id"))[0]
    rows = [row for row in entries(konto) if row.topic in ("promise.made", "customer.registered", "referral.given")]
    with damaged(konto, [row for row in rows if theirs.encode() in row.state]):
        erase(home)
    assert found_in(said_by(home)) == []


def test_what_stands_still_and_is_no_customer_is_called_by_its_name(home: Home):
    home.take(envelopes(STORY))
    home.clock.now = at("2026-03-12T09:00")
    konto = home.konto
    konto.publish("rulebook", (konto.home / "rulebook.toml").read_text("utf-8"))
    access.create(konto, Random(1).randbytes, scopes=["read"])
    with damaged(konto, [newest(konto, stream) for stream in ("promise-", "document-rulebook", "key-")]):
        konto.rebuild()
        listed = Konto(konto.home, now=home.clock.now)("quarantine", "--lang", "en").out
        assert [line.split()[0] for line in listed.splitlines() if "cannot be read" in line] == [
            "K-2",
            "Rulebook",
            "Key",
        ]
        with answered_by(Pages(konto)):
            told = text_of(opened("operations"))
        assert all(name in told for name in ("**Regelwerk**", "**Wolf**", "**Schlüssel**"))
    konto.rebuild()


@pytest.mark.parametrize("harm", [holds_damaged, keys_of_damaged], ids=["why", "key"])
def test_whoever_is_held_stays_held_though_nobody_can_read_why_until_it_is_said_that_they_are_free(
    home: Home, harm: Callable[..., AbstractContextManager[None]]
):
    home.take(envelopes(STORY))
    konto = home.konto
    party = customers.find(konto.library, konto.asker, "K-1")
    erasing.hold(konto, party, "claims: lawsuit", None)
    assert list(checking.findings(konto)) == []
    with harm(konto, [party.customer]):
        with pytest.raises(Refused, match=r"claims.*why can no longer be read"):
            erasing.planned(konto, party)
        assert ("no_reason", {"n": 1}) in [(each.code, each.params) for each in checking.findings(konto)]
        if harm is holds_damaged:
            erasing.hold(konto, party, "claims: said anew", None)
            with pytest.raises(Refused, match="said anew"):
                erasing.planned(konto, party)
        erasing.release(konto, party)
        assert erasing.erase(konto, erasing.planned(konto, party), "objected", "").customers == (party.customer,)


@pytest.mark.parametrize("format", ["jsonl", "csv"])
def test_an_export_leaves_it_out_says_so_and_ends_with_1(home: Home, format: str):
    home.take(envelopes(STORY))
    row = newest(home.konto, "promise-")
    konto = Konto(home.konto.home, now=at("2026-03-12T09:00"))
    whole = konto("export", "--format", format).out.splitlines()
    with damaged(home.konto, [row]):
        answer = konto("export", "--format", format, "--lang", "en", code=1)
        assert f"Entries that cannot be read are not in it: 1, the first at position {row.position}." in answer.err
        assert answer.out.splitlines() == [each for each in whole if "Therme" not in each]


def test_the_page_of_whom_it_concerns_says_what_is_the_matter(home: Home):
    home.take(envelopes(STORY))
    home.clock.now = at("2026-03-12T09:00")

    konto = home.konto
    row = newest(konto, "promise-")
    (theirs,), (other,) = (konto.library.customer_ids(each) for each in ("K-2", "K-1"))
    with texts_damaged(konto, [row]), answered_by(Pages(konto)):
        told = text_of(opened("timeline", customer=theirs))
        assert "Ein Text im Tresor, der dafür gebraucht wird, wurde beschädigt oder geändert." in told
    with damaged(konto, [row]), answered_by(Pages(konto)):
        told = text_of(opened("account", customer=theirs))
        assert f"Der Eintrag an Stelle {row.position} des Protokolls lässt sich nicht lesen" in told
        assert "lässt sich nicht lesen" not in (told := text_of(opened("account", customer=other)))
        assert "Meier" in told


def test_figures_over_the_whole_past_say_whom_they_do_not_rest_on(home: Home, tmp_path: Path):
    home.take(envelopes(f"{STORY}2026-03-03T09:00  K-1 empfiehlt uns\n"))
    konto = home.konto
    told = Konto(konto.home, now=at("2026-03-12T09:00"))
    rulebook = tmp_path / "other.toml"
    rulebook.write_text(default_text().replace("kept = 4 ", "kept = 3 "), encoding="utf-8")
    asked = {
        "what-if": (str(rulebook), "--processes", "1"),
        "backtest": ("account",),
        "calibrate": ("--out", str(tmp_path / "fitted.toml")),
    }

    def told_of(name: str, *more: str) -> str:
        (tmp_path / "fitted.toml").unlink(missing_ok=True)
        return told(name, *asked[name], *more).out

    for name in asked:
        assert json.loads(told_of(name, "--json"))["left_out"] == 0
    with damaged(konto, [newest(konto, "promise-")]), answered_by(pages := Pages(konto)):
        for name in asked:
            assert "Left out is 1 customer of whom something recorded cannot be read" in told_of(name, "--lang", "en")
            assert json.loads(told_of(name, "--json"))["left_out"] == 1
        assert pages.test(READER, "account", lambda done, total: None)
        assert "Nicht dabei ist 1 Kunde, von dem sich etwas Erfasstes nicht lesen lässt" in text_of(opened("meaning"))
