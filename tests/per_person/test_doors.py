"""Figures per person at the HTTP API and on the command line: who opens them, who looks, and what is said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from typer.testing import CliRunner

from domain.roles import Asker
from tests.api.serving import Api, serving
from tests.cli.home import COMMAND
from tests.notation import at
from tests.per_person.firm import MARCH, NOW, OTHERS, PLANTED, SHOWN, asker, firm
from tests.stores import ENGINES, lasting_folder
from wiring.shell import World

MARCH_ALONE = "from=2026-03-01&to=2026-04-01"
OPEN = {"basis": "works_agreement", "purpose": "Help where too much lies on one", "until": "2026-12-31"}


@pytest.fixture(scope="module", params=ENGINES)
def api(request: pytest.FixtureRequest) -> Iterator[Api]:
    home = firm(lasting_folder(request.param, "per_person", request))
    home.clock.now = NOW
    with serving(home) as opened:
        yield opened
    home.close()


@pytest.fixture(scope="module")
def keys(api: Api) -> dict[str, str]:
    names = [*OTHERS, "anna", "emil"]
    return {name: api.key("read", "admin", seed=n, person=name) for n, name in enumerate(names, 1)}


def rates(told: Any) -> dict[str | None, tuple[int, int]]:
    shares = {each["key"]: each["kpis"]["on_time_rate"] for each in told["groups"]}
    return {name: (share["denominator"], share["numerator"]) for name, share in shares.items()}


def test_over_http_a_manager_sees_them_by_name_and_hears_how_many_are_not_shown(api: Api, keys: dict[str, str]):
    answer = api.ask("GET", f"/kpis?by=owner&name=on_time_rate&{MARCH_ALONE}", key=keys["karin"])
    assert answer.status == 200
    assert list(rates(answer.json).items()) == [(name.title(), PLANTED[name]) for name in sorted(SHOWN)]
    told = answer.json["per_person"]
    assert (told["basis"], told["not_shown"], at(told["from"])) == ("works_agreement", 2, MARCH)
    (alone,) = api.ask("GET", f"/kpis?owner=anna&name=on_time_rate&{MARCH_ALONE}", key=keys["karin"]).json["groups"]
    assert alone["kpis"]["on_time_rate"]["denominator"] == PLANTED["anna"][0]


@pytest.mark.parametrize(
    ("name", "asked", "status", "code"),
    [
        ("alma", "by=owner", 403, "not_allowed"),
        ("ada", "by=owner", 403, "not_allowed"),
        ("karin", "by=owner&kind=other", 422, "not_per_person"),
        ("karin", "by=owner&per=week", 422, "not_per_person"),
        ("karin", "owner=emil", 422, "too_few_promises"),
        ("karin", "by=owner&name=silence", 422, "not_per_person"),
        ("karin", "team=Office", 422, "team_too_small"),
        ("alma", "team=Office", 422, "team_too_small"),
    ],
)
def test_over_http_the_rest_is_refused(api: Api, keys: dict[str, str], name: str, asked: str, status: int, code: str):
    answer = api.ask("GET", f"/kpis?{asked}&{MARCH_ALONE}", key=keys[name])
    assert (answer.status, answer.json["code"]) == (status, code)
    if name == "karin" and "owner=emil" in asked:
        listed = api.ask("GET", f"/kpis/on_time_rate/cases?owner=emil&{MARCH_ALONE}", key=keys[name])
        assert listed.status == 200, "a list is work to be done, and no figure"


def test_over_http_everybody_sees_their_own(api: Api, keys: dict[str, str]):
    for name in ("anna", "emil"):
        told = api.ask("GET", "/kpis?by=owner&name=on_time_rate", key=keys[name]).json
        assert (rates(told), "per_person" in told) == ({name.title(): PLANTED[name]}, False)


def test_over_http_only_an_admin_opens_and_closes_them_and_everybody_may_read_why(api: Api, keys: dict[str, str]):
    for name in ("karin", "alma", "anna"):
        for path in ("/per-person", "/per-person/close"):
            answer = api.ask("POST", path, OPEN, key=keys[name])
            assert (answer.status, answer.json["code"]) == (403, "not_allowed")
    for name in keys:
        (opened,) = api.ask("GET", "/per-person", key=keys[name]).json
        assert (opened["state"], opened["purpose"]) == ("in_force", "Help where too much lies on one")
    again = api.ask("POST", "/per-person", OPEN, key=keys["ada"])
    assert (again.status, again.json["code"]) == (409, "rule"), "one at a time"
    assert api.ask("POST", "/per-person/close", key=keys["ada"]).json["state"] == "closed"
    closed = api.ask("GET", "/kpis?by=owner", key=keys["karin"])
    assert (closed.status, closed.json["code"]) == (403, "figures_closed")
    assert "looks after the users" in closed.json["message"]
    assert api.ask("POST", "/per-person/close", key=keys["ada"]).json["code"] == "rule"
    for wrong, code in (
        ({**OPEN, "basis": "because"}, "unknown_value"),
        ({**OPEN, "purpose": " "}, "empty"),
        ({name: OPEN[name] for name in ("basis", "purpose")}, "missing"),
        ({**OPEN, "until": "2026-01-01"}, "backwards"),
        ({**OPEN, "until": "2028-05-01"}, "too_long"),
        ({**OPEN, "from": "2026-03-01"}, "in_the_past"),
        ({**OPEN, "purpose": "a\u202eb"}, "forbidden_character"),
        ({**OPEN, "by": "karin"}, "unknown_field"),
    ):
        answer = api.ask("POST", "/per-person", wrong, key=keys["ada"])
        assert (answer.status, answer.json["code"]) == (422, code), wrong
    assert api.ask("POST", "/per-person", OPEN, key=keys["ada"]).json["by"] == "ada"
    assert [each["state"] for each in api.ask("GET", "/per-person", key=keys["anna"]).json] == ["closed", "in_force"]
    assert api.ask("GET", "/kpis?by=owner", key=keys["karin"]).status == 200


def test_the_purpose_lies_in_the_vault_and_the_log_names_whoever_recorded_it_by_an_internal_id(api: Api):
    konto = api.home.konto
    (first, *_) = konto.log.histories(["figures-per-person"])["figures-per-person"]
    assert (first.data.purpose, first.data.by) == ("•", "local")


# -- on the command line ----------------------------------------------------------------------------


class Typed:
    """`konto …` as somebody types it at a home where people sign in."""

    def __init__(self, api: Api) -> None:
        self.folder, self.now = api.home.konto.home, api.home.clock.now

    def __call__(self, *words: str, who: Asker | None = None, now: datetime | None = None) -> tuple[int, str]:
        world = World({}, clock=lambda: now or self.now, **({"asker": who} if who else {}))
        with CliRunner().isolation() as (out, err, _):
            code = 0
            try:
                COMMAND.main(["--home", str(self.folder), *words], prog_name="konto", obj=world)
            except SystemExit as end:
                code = int(end.code or 0)
            return code, out.getvalue().decode() + err.getvalue().decode()


def test_on_the_command_line_it_is_the_same(tmp_path: Any):
    home = firm(tmp_path, opened=False)
    home.clock.now = at("2026-02-21")
    konto = Typed(Api(home, 0))
    assert konto("per-person", "list", "--lang", "en")[1].startswith("Figures per person were never opened")
    code, said = konto("kpi", "on_time_rate", "--by", "owner", "--lang", "en")
    assert (code, "looks after the users can open them" in said) == (2, True)
    code, said = konto("per-person", "open", "--basis", "consent", "--lang", "en")
    assert (code, said) == (2, "--purpose: Please say for what purpose: what the agreement names, in a sentence.\n")
    opening = ("per-person", "open", "--basis", "consent", "--purpose", "Ausgleich", "--until", "2026-12-31")
    assert konto(*opening, who=asker("karin"))[0] == 2
    code, said = konto(*opening, "--lang", "en")
    assert (code, "for: Ausgleich" in said) == (0, True)
    for who in (None, asker("karin")):
        code, said = konto("kpi", "on_time_rate", "--by", "owner", "--lang", "en", who=who, now=NOW)
        assert code == 0
        assert [
            line.split()[0] for line in said.splitlines() if line.split()[:1] and line.split()[0].lower() in PLANTED
        ] == [name.title() for name in sorted(SHOWN)]
        assert "2 persons are not shown" in said
    code, said = konto("kpi", "on_time_rate", "--where", "owner=anna", "--lang", "en", who=asker("karin"), now=NOW)
    assert (code, "80% on time (last promise), 80% by the date first promised" in said) == (0, True)
    assert konto("kpi", "on_time_rate", "--by", "owner", who=asker("alma"), now=NOW)[0] == 2
    looks = [(each.who, each.about) for each in home.konto.journal.every() if each.what == "figures"]
    ids = home.konto.log.ids
    seen = [ids.person(name) for name in sorted(SHOWN)]
    assert looks == [
        *(("local", each) for each in seen),
        *((ids.person("karin"), each) for each in seen),
        (ids.person("karin"), ids.person("anna")),
    ]
    assert konto("per-person", "close", "--lang", "en") == (0, "Figures per person are closed.\n")
    assert "closed early" in konto("per-person", "list", "--lang", "en")[1]
    home.close()
