"""Questions over HTTP: the same answers as on the command line, page by page, as of and as known on any moment."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.api.firm import NOW, asked
from tests.api.serving import Api
from tests.cli.home import Konto
from tests.notation import at
from tests.stores import ENGINES, lasting_folder

MOMENTS = [{}, {"as_of": "2026-01-20T12:00:00+01:00"}, {"as_of": "2026-02-20", "known_on": "2026-01-14"}]


@pytest.fixture(scope="module", params=ENGINES)
def api(request: pytest.FixtureRequest) -> Iterator[Api]:
    with asked(lasting_folder(request.param, "questions", request)) as opened:
        yield opened


@pytest.fixture(scope="module")
def key(api: Api) -> str:
    return api.key("read", "alerts")


@pytest.fixture(scope="module")
def konto(api: Api) -> Konto:
    return Konto(api.home.konto.home, now=NOW)


def get(api: Api, key: str, path: str, **asked: Any) -> Any:
    answer = api.ask("GET", f"{path}?{urlencode(asked, doseq=True)}", key=key)
    assert answer.status == 200, answer.text
    return answer.json


def options(asked: dict[str, str]) -> list[str]:
    return [part for name, value in asked.items() for part in (f"--{name.replace('_', '-')}", value)]


@pytest.mark.parametrize("moment", MOMENTS, ids=str)
@pytest.mark.parametrize("kind", ["promises", "contacts", "incidents"])
def test_a_list_says_what_the_command_line_says(api: Api, key: str, konto: Konto, kind: str, moment: dict[str, str]):
    expected = konto(kind, "--json", *options(moment)).json
    found = get(api, key, f"/{kind}", limit=200, **moment)
    assert found["rows"] == expected
    assert found["next"] is None
    if not moment:
        assert len(expected) > 4


@pytest.mark.parametrize("kind", ["promises", "contacts", "incidents"])
def test_a_list_is_narrowed_by_state_and_dimension(api: Api, key: str, konto: Konto, kind: str):
    state = {"promises": "broken", "contacts": "answered", "incidents": "closed"}[kind]
    expected = konto(kind, "--json", "--state", state, "--where", "customer=K-0").json
    everything = konto(kind, "--json").json
    assert 0 < len(expected) < len(everything)
    assert get(api, key, f"/{kind}", state=state, customer="K-0")["rows"] == expected


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize("path", ["/promises", "/contacts", "/incidents", "/customers", "/customers/K-2/timeline"])
def test_pages_together_are_the_whole_list_each_row_once(api: Api, key: str, path: str, size: int):
    whole = get(api, key, path, limit=200)["rows"]
    pages, cursor = [], None
    while cursor or not pages:
        page = get(api, key, path, limit=size, **({"cursor": cursor} if cursor else {}))
        assert len(page["rows"]) == size or page["next"] is None
        pages.append(page["rows"])
        cursor = page["next"]
    assert [row for page in pages for row in page] == whole
    assert len(pages) == -(-len(whole) // size)


def test_all_pages_tell_of_the_moment_of_the_first(api: Api, key: str):
    first = get(api, key, "/promises", limit=1)
    api.home.clock.now += timedelta(hours=1)
    try:
        second = get(api, key, "/promises", limit=1, cursor=first["next"])
        assert second["as_of"] == first["as_of"] == "2026-03-12T08:00:00Z"
        assert get(api, key, "/promises", limit=1)["as_of"] == "2026-03-12T09:00:00Z"
    finally:
        api.home.clock.now = NOW


def test_a_cursor_is_for_its_question_alone_and_tells_nothing(api: Api, key: str):
    cursor = get(api, key, "/customers", limit=2)["next"]
    assert "K-" not in cursor
    for path, more in (
        ("/customers", {"text": "K"}),
        ("/customers", {"as_of": "2026-02-01"}),
        ("/promises", {}),
        ("/customers/K-2/timeline", {}),
    ):
        refused = api.ask("GET", f"{path}?{urlencode({'cursor': cursor, **more})}", key=key)
        assert (refused.status, refused.json["code"], refused.json["path"]) == (422, "cursor", "cursor"), path
    for changed in (cursor[:-1], cursor[:10] + ("A" if cursor[10] != "A" else "B") + cursor[11:], "", "ä", "A" * 300):
        refused = api.ask("GET", f"/customers?{urlencode({'cursor': changed})}", key=key)
        assert refused.status == (200 if changed == "" else 422), changed


def test_customers_stand_as_their_statements_say_now_and_then(api: Api, key: str, konto: Konto):
    for moment in MOMENTS:
        rows = get(api, key, "/customers", **moment)["rows"]
        for row in rows:
            if row["customer"] == "K-1":  # whom the command line takes for K-0, whose history theirs is by now
                assert moment.get("known_on")
                continue
            statement = konto("statement", row["customer"], "--json", *options(moment)).json
            for name in ("balance", "stage", "buffer", "reliability"):
                assert row[name] == statement[name], (row, moment)
            assert get(api, key, f"/customers/{row['customer']}", **moment) == row
    assert [row["customer"] for row in get(api, key, "/customers")["rows"]] == ["K-0", "K-2", "K-3", "K-4"]


def test_who_was_not_known_then_is_not_listed_and_who_was_not_merged_yet_is(api: Api, key: str):
    def known(**moment: str) -> list[str]:
        return [row["customer"] for row in get(api, key, "/customers", **moment)["rows"]]

    merged = at("2026-01-22T12:00")  # 410 hours after the start
    assert known(known_on="2026-01-01") == []
    assert known(known_on="2026-01-06") == ["K-0", "K-1", "K-2"]
    assert known(known_on="2026-01-20") == ["K-0", "K-1", "K-2", "K-3", "K-4"]
    assert known(known_on=(merged + timedelta(hours=2)).isoformat()) == ["K-0", "K-2", "K-3", "K-4"]
    assert known(as_of="2026-01-05T09:30:00+01:00") == ["K-0"]


def test_a_customer_is_found_by_a_part_of_the_name(api: Api, key: str):
    assert [row["customer"] for row in get(api, key, "/customers", text="k-3")["rows"]] == ["K-3"]


@pytest.mark.parametrize("moment", MOMENTS[:2], ids=str)
def test_statement_and_timeline_say_what_the_command_line_says(
    api: Api, key: str, konto: Konto, moment: dict[str, str]
):
    for lang in ("de", "en"):
        heading = {"Accept-Language": lang}
        asked = urlencode({"limit": 200, **moment})
        statement = api.ask("GET", f"/customers/K-2/statement?{urlencode(moment)}", key=key, headers=heading).json
        assert statement == konto("statement", "K-2", "--json", "--lang", lang, *options(moment)).json
        told = api.ask("GET", f"/customers/crm:K-2/timeline?{asked}", key=key, headers=heading).json
        assert told["rows"] == konto("audit", "timeline", "K-2", "--json", "--lang", lang, *options(moment)).json


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"by": "customer", "name": ["on_time_rate", "silence"]},
        {"per": "week", "from": "2026-01-05", "to": "2026-02-02", "name": "answered_in_time"},
        {"customer": "K-2", "as_of": "2026-02-01"},
    ],
    ids=str,
)
def test_figures_are_those_of_the_command_line(api: Api, key: str, konto: Konto, asked: dict[str, Any]):
    arguments = []
    for name, value in asked.items():
        if name == "name":
            arguments += [value] if isinstance(value, str) else value
        else:
            arguments += (
                ["--where", f"customer={value}"] if name == "customer" else [f"--{name.replace('_', '-')}", value]
            )
    assert get(api, key, "/kpis", **asked) == konto("kpi", "--json", *arguments).json


@pytest.mark.parametrize("name", ["on_time_rate", "answered_in_time", "recovery_discipline", "silence"])
def test_the_list_behind_a_figure_is_that_of_the_command_line(api: Api, key: str, konto: Konto, name: str):
    expected = konto("kpi", name, "--list", "--json").json
    assert sorted(map(str, get(api, key, f"/kpis/{name}/cases")["rows"])) == sorted(map(str, expected))
    assert expected


def test_the_adviser_says_what_it_says_on_the_command_line(api: Api, key: str, konto: Konto):
    asked = {"by": "ines", "kind": "delivery", "customer": "K-2", "due": "2026-03-20"}
    expected = konto("advise", "--json", "--lang", "en", *options(asked)).json
    assert get(api, key, "/advice", **asked) == expected


@pytest.mark.parametrize(
    ("path", "status", "code", "place"),
    [
        ("/promises?farbe=rot", 422, "unknown_field", "farbe"),
        ("/promises?limit=0", 422, "out_of_range", "limit"),
        ("/promises?limit=201", 422, "out_of_range", "limit"),
        ("/promises?limit=viele", 422, "wrong_type", "limit"),
        ("/promises?owner=ines&owner=lutz", 422, "twice", "owner"),
        ("/promises?owner=niemand", 404, "not_found", "owner"),
        ("/promises?state=verloren", 422, "unknown_state", "state"),
        ("/promises?as_of=gestern", 422, "not_a_time", "as_of"),
        ("/promises?known_on=2026-03-02T09:00", 422, "zone_missing", "known_on"),
        ("/promises?as_of=2026-02-30", 422, "nonexistent_date", "as_of"),
        ("/promises?as_of=1772438400", 422, "not_a_time", "as_of"),
        ("/customers?text=%00", 422, "forbidden_character", "text"),
        ("/customers/K-9", 404, "not_found", "customer"),
        ("/customers/K%00", 422, "forbidden_character", "customer"),
        ("/customers/K-9/statement", 404, "not_found", "customer"),
        ("/kpis?name=quatsch", 422, "unknown_figure", "name"),
        ("/kpis?by=farbe", 422, "unknown_dimension", "by"),
        ("/kpis?per=year", 422, "unknown_period", "per"),
        ("/kpis?from=2026-03-02&to=2026-03-01", 422, "backwards", ""),
        ("/kpis/quatsch/cases", 422, "unknown_figure", "name"),
        ("/advice", 422, "missing", "by"),
        ("/advice?by=ines&kind=quatsch", 422, "unknown_word", "kind"),
        ("/alerts?state=laut", 422, "unknown_state", "state"),
    ],
)
def test_what_cannot_be_answered_is_said_with_its_place(
    api: Api, key: str, path: str, status: int, code: str, place: str
):
    answer = api.ask("GET", path, key=key, headers={"Accept-Language": "de"})
    assert (answer.status, answer.json["code"], answer.json["path"]) == (status, code, place)
    english = api.ask("GET", path, key=key, headers={"Accept-Language": "en"})
    assert answer.json["message"] != english.json["message"]
