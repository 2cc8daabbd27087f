"""Everything that is held about one person comes out, in both forms, and nothing that is another's."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from time import perf_counter
from typing import Literal, get_args, get_origin

import pytest
from pydantic import TypeAdapter
from pypdf import PdfReader

from domain.roles import MAY, Asker, NotAllowed
from domain.vault import plan
from domain.vocabulary import FACTS
from projections import statements
from projections.disclosure import Disclosure, disclosed
from projections.telling import SENTENCES
from tests.cli.home import fact
from tests.disclosure.planted import NOW, OUR_NAMES, STEERING, Planted, found, moved_in
from tests.homes import Home, open_at
from tests.notation import at, envelopes
from tests.stores import Engine, lasting_folder
from wiring import answering
from wiring.asking import Asking
from wiring.printing import disclosure as printing
from wiring.printing import press
from wiring.told import disclosure as told
from wiring.worker import run_tick
from words import translator
from words.fields import FIELDS, VALUES

HOSTILE = '#strong[x] *fett* _k_ $x^2$ `c` @ref <l> [a](http://a.b) \\ // "q" #import "x": * 王 عربي'


class Given:
    """A customer's export in one language; `text` is what the paper shows, without spaces."""

    def __init__(
        self, home: Home, own_id: str, lang: str = "de", *, numbered: bool = True, is_internal: bool = False
    ) -> None:
        konto, column = home.konto, "customer" if is_internal else "id"
        self.customer = str(home.rows(f"SELECT survivor FROM customers WHERE {column} = '{own_id}'")[0][0])
        self.asking = Asking(konto, home.clock.now, translator(lang))
        self.found: Disclosure = disclosed(
            konto.log, konto.library, konto.taught, konto.asker, self.customer, home.clock.now, numbered=numbered
        )
        self.json = told.as_json(self.asking, self.found)
        self.paper = printing.paper(self.asking, self.found, self.json, "access.json")
        self.pdf = printing.pdf(self.asking, self.found, self.json, "access.json")
        self.pages = PdfReader(io.BytesIO(self.pdf)).pages
        self.text = "".join("".join(page.extract_text().split()) for page in self.pages).replace(press.BREAK, "")
        self.written = json.dumps(self.json, ensure_ascii=False)


# -- a planted list ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def firm(request: pytest.FixtureRequest) -> Iterator[tuple[Home, Planted, str]]:
    engine: Engine = request.param
    home = open_at(lasting_folder(engine, "disclosed", request))
    yield (home, *moved_in(home))
    home.close()


@pytest.fixture(scope="module")
def given(firm: tuple[Home, Planted, str]) -> Given:
    home, _, customer = firm
    return Given(home, customer)


def test_there_is_a_planted_fact_of_every_type_and_every_personal_field_has_a_word(firm):
    _, here, _ = firm
    types = {each["type"] for each in here.facts}
    assert types == set(FACTS) - STEERING
    places = {*here.own.values(), *here.others.values()}
    fields = {f"{type}.{name}" for type in types for name in plan(FACTS[type]).personal}
    assert fields <= places
    assert (len(here.own), len(here.others) + len(here.ours)) == (128, 191), "as docs/reference/promises.md says"


def test_every_planted_word_about_the_customer_stands_in_both_forms(firm, given):
    _, here, _ = firm
    everything = found(here.own, "".join(here.own))
    assert everything - found(here.own, given.written) == set()
    assert everything - found(here.own, given.text) == set()


def test_no_word_about_others_and_no_name_of_ours_stands_in_either(firm, given):
    _, here, _ = firm
    for text in (given.written, given.text):
        assert found(here.others, text) == set()
        assert found(here.ours, text) == set()
        assert [name for name in OUR_NAMES if name in text] == []


def test_the_search_finds_what_should_not_be_there(firm):
    home, here, _ = firm
    konto = home.konto
    everybody = json.dumps([str(fact) for fact in konto.log.opened(konto.log.page(0, 100_000))], ensure_ascii=False)
    assert len(found(here.others, everybody)) == len([word for word in here.others if word in everybody]) > 40
    assert len(found(here.ours, everybody)) > 10


def test_every_fact_of_every_type_stands_there_with_both_times_its_source_and_all_its_fields(firm, given):
    home, _, customer = firm
    facts = given.json["facts"]
    assert {fact["type"] for fact in facts} == set(FACTS) - STEERING
    assert all(fact["time"] and fact["recorded"] == "2026-03-30T07:00:00Z" for fact in facts)
    by_id = {fact["id"]: fact for fact in facts if fact["id"]}
    for envelope in (each for each in home_facts(home) if each.id in by_id):
        fields = envelope.data.model_dump(mode="json", exclude_unset=True)
        shown = by_id[envelope.id]["data"]
        assert fields.keys() == shown.keys()
        for name in fields.keys() - by_id[envelope.id]["withheld"].keys():
            assert shown[name] == fields[name], (envelope.type, name)
    assert customer in given.text


def home_facts(home: Home):
    return home.konto.log.opened(home.konto.log.page(0, 100_000))


def test_what_was_left_out_is_counted_with_its_reason_in_both(given):
    left = {each["reason"]: each for each in given.json["withheld"]}
    places = [reason for fact in given.json["facts"] for reason in fact["withheld"].values()]
    places += [reason for fact in given.json["waiting"] for reason in fact["withheld"].values()]
    assert set(left) == {"colleague", "third_person", "other_customer"}
    assert left["third_person"]["count"] == places.count("third_person") == 1
    assert left["other_customer"]["count"] == places.count("other_customer") > 5
    owners = sum(who["owner"] is not None for who in given.json["identity"])
    assert left["colleague"]["count"] == places.count("colleague") + owners
    for each in left.values():
        assert "".join(each["text"].split()) in given.text
        assert f"Weggelassen:{each['count']}." in given.text


def test_what_was_recorded_for_the_wrong_customer_is_told_without_its_words(given):
    mistaken = [fact for fact in given.json["facts"] if fact["text"].startswith("Versehentlich")]
    assert [each["type"] for each in mistaken] == ["promise.made", "promise.changed", "fact.retracted"]
    for each in mistaken:
        assert set(each["data"].values()) == {None}, "not even when it was due"
        assert set(each["withheld"]) == {"id", *each["data"]}
    assert mistaken[0]["retracted"]["reason"] is None, "why it was taken back may name the other"


def test_merged_duplicates_are_named_and_their_facts_are_there(firm, given):
    assert [who["merged"] for who in given.json["identity"]] == [False, True]
    types = [fact["type"] for fact in given.json["facts"]]
    assert types.count("customer.merged") == 2, "also the one that was undone"
    assert types.count("customer.separated") == 1


def test_a_fact_that_waits_and_names_the_customer_is_there(given):
    (waits,) = given.json["waiting"]
    assert waits["type"] == "customer.separated"
    assert waits["withheld"]["duplicate"] == "other_customer"
    assert "Was auf noch Unbekanntes wartet" in [section["title"] for section in given.paper["sections"]]


def test_what_the_person_told_us_is_marked_and_what_follows_stands_apart(given):
    provided = {fact["type"]: set(fact["provided"]) for fact in given.json["facts"]}
    assert provided["customer.registered"] == {"name", "email", "phone"}
    assert provided["feedback.given"] == {"score", "about", "text"}
    assert provided["promise.made"] == provided["customer.sensitivity_set"] == set()
    assert "statement" not in given.json["facts"][0]
    assert given.json["derived"]["account"]["lines"]


def test_the_file_keeps_to_its_form(given):
    TypeAdapter(told.Access).validate_python(given.json, strict=True)
    assert (given.json["format"], given.json["version"]) == ("vertrauenskonto-access", 1)
    assert json.loads(given.written) == given.json


def test_balance_and_lines_are_those_of_the_statement(firm, given):
    home, _, _ = firm
    konto = home.konto
    read = statements.statement(konto.library, konto.asker, given.customer, konto.steering, NOW)
    account = given.json["derived"]["account"]
    assert account["balance"] == read.balance / 100
    assert [line["points"] for line in account["lines"]] == [line.points / 100 for line in read.lines]
    assert account["sensitivity"] == {"value": 1.5, "by_hand": True, "reactions": None}


def test_nothing_english_stands_on_a_german_paper_and_nothing_german_on_an_english_one(firm, given):
    home, _, customer = firm
    english = Given(home, customer, "en")
    german, other = given.paper["sections"], english.paper["sections"]
    assert len(german) == len(other)
    assert not {section["title"] for section in german} & {section["title"] for section in other}
    assert "one-of-us" not in given.text + english.text
    assert not [fact["text"] for fact in given.json["facts"] if "one-of-us" in fact["text"]]
    assert "oneofus" not in given.text
    assert "jemandvonuns" not in english.text
    labels = {
        label
        for section in german
        for block in section["blocks"]
        for label, _ in (*block.get("short", ()), *block.get("long", ()))
    }
    same = {each for each in FIELDS.values() if translator("de")(each) == each}
    assert labels & set(FIELDS.values()) <= same


@pytest.mark.parametrize("role", list(MAY))
def test_only_an_admin_may_give_it(firm, role):
    home, _, customer = firm
    konto = replace(home.konto, asker=Asker("ines", frozenset({role})))
    internal = str(home.rows(f"SELECT survivor FROM customers WHERE id = '{customer}'")[0][0])

    def give():
        return disclosed(konto.log, konto.library, konto.taught, konto.asker, internal, NOW)

    if role == "admin":
        assert give().facts
        return
    with pytest.raises(NotAllowed):
        give()


# -- completeness of words --------------------------------------------------------------------------------


@pytest.mark.parametrize("type", sorted(set(FACTS) - STEERING))
def test_every_type_has_a_sentence_and_every_field_and_value_a_name(type):
    assert type in SENTENCES
    for name, info in FACTS[type].model_fields.items():
        assert name in FIELDS, name
        for value in _choices(info.annotation):
            assert value in VALUES[name], (name, value)


def _choices(annotation) -> list[str]:
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    return [value for part in get_args(annotation) if not isinstance(part, str) for value in _choices(part)]


# -- other stories ----------------------------------------------------------------------------------------

STORY = """
    2026-02-02T08:00  Kunde K-17, namens Petra Meier, zuständig lutz
    2026-02-02T09:00  verspricht K-17 lutz "Angebot" bis 2026-02-05T12:00
    2026-02-04T09:00  erfüllt
    2026-02-05T09:00  K-17 fragt "F-1", Kanal phone, an lutz
    2026-02-05T10:30  beantwortet, von ines
    2026-02-12T09:00  K-17 fragt "F-2", Kanal phone, an lutz
    2026-02-12T09:30  beantwortet, von lutz
    2026-02-19T09:00  K-17 fragt "F-3", Kanal phone, an lutz
    2026-02-19T09:30  beantwortet, von lutz
    2026-02-26T09:00  K-17 fragt "F-4", Kanal phone, an lutz
    2026-02-26T09:30  beantwortet, von lutz
    2026-03-09T09:00  verspricht K-17 lutz "Wartung" bis 2026-03-20
"""


@pytest.fixture
def small(tmp_path) -> Iterator[Home]:
    home = open_at(tmp_path / "home")
    assert [each.refused for each in home.take(envelopes(STORY)) if each.refused] == []
    home.clock.now = at("2026-03-12T07:40")
    yield home
    home.close()


def _data(given: Given, type: str) -> list[dict]:
    return [fact["data"] for fact in given.json["facts"] if fact["type"] == type]


def test_our_people_have_numbers_by_which_one_sees_who_is_the_same(small):
    given = Given(small, "K-17")
    assert _data(given, "customer.registered")[0]["owner"] == "one-of-us-1"
    assert [data["by"] for data in _data(given, "contact.answered")] == ["one-of-us-2", *["one-of-us-1"] * 3]
    assert [each["id"] for each in given.json["colleagues"]] == ["one-of-us-1", "one-of-us-2"]
    assert "jemandvonuns(2)" in given.text


def test_a_firm_may_leave_out_the_numbers_too(small):
    given = Given(small, "K-17", numbered=False)
    assert {data["by"] for data in _data(given, "contact.answered")} == {"one-of-us"}
    assert given.json["colleagues"] == []
    assert "jemandvonuns(" not in given.text


def test_the_rhythm_and_when_silence_says_something_are_told(small):
    rhythm = Given(small, "K-17").json["derived"]["rhythm"]
    assert (rhythm["contacts"], rhythm["usual_gap_days"]) == (4, 7.0)
    assert rhythm["last"] == "2026-02-26T08:00:00Z"
    assert rhythm["silent_from"] == "2026-03-15T20:00:00Z", "two and a half times a week later"


def test_an_open_promise_has_its_estimate_even_where_too_little_is_known(small):
    (estimate,) = Given(small, "K-17").json["derived"]["estimates"]
    assert (estimate["what"], estimate["probability"], estimate["at_risk"]) == ("Wartung", None, False)


def test_signs_of_markup_are_only_signs(small):
    said = fact("feedback.given", "2026-03-01T09:00", customer="K-17", score=3.0, text=HOSTILE)
    called = fact("customer.changed", "2026-03-01T09:00", customer="K-17", name=HOSTILE[:60])
    small.take_as_they_come([said, called], small.clock.now)
    given = Given(small, "K-17")
    assert _data(given, "feedback.given")[0]["text"] == HOSTILE
    assert '#strong[x]*fett*_k_$x^2$`c`@ref<l>[a](http://a.b)\\//"q"#import"x":*' in given.text
    assert all("/Annots" not in page or page["/Annots"] for page in given.pages)
    links = [each.get_object()["/A"] for page in given.pages for each in page.get("/Annots", ())
             if "/A" in each.get_object()]  # fmt: skip
    assert links == [], "nothing leads out of the paper"


def test_a_sign_that_turns_the_line_around_is_named(small):
    given = Given(small, "K-17")
    turned = {**given.paper, "title": "a\u202ec"}
    text = PdfReader(io.BytesIO(press.printed(printing.TEMPLATE, turned, NOW))).pages[0].extract_text()
    assert "a\\u202ec" in text.replace(press.BREAK, "")


PLANS = {7: "x" * 3000}


def test_long_words_wrap_and_many_promises_each_have_their_heading(small):
    made = [
        fact(
            "promise.made", "2026-03-01T09:00", promise=f"P{n}q", customer="K-17", what=f"Ding {n}", plan_b=PLANS.get(n)
        )
        for n in range(120)
    ]
    small.take_as_they_come(made, small.clock.now)
    given = Given(small, "K-17")
    assert all(f"ZusageP{n}q:Ding{n}" in given.text for n in range(120))
    assert given.text.count("x" * 3000) == 1
    assert f"Seite1von{len(given.pages)}" in given.text
    assert b"<pdfaid:part>2</pdfaid:part>" in given.pdf


def test_a_long_text_stands_once_in_full_and_elsewhere_in_short(small):
    text = "Es tropft aus der Decke. " * 100
    reported = fact("incident.reported", "2026-03-02T09:00", incident="V", customer="K-17", text=text)
    steps = [fact(f"incident.{step}", "2026-03-02T10:00", incident="V") for step in ("explained", "apologised")]
    small.take_as_they_come([reported, *steps], small.clock.now)
    given = Given(small, "K-17")
    assert given.text.count("EstropftausderDecke.") < 100 + 6 * 5
    assert text in [each["data"].get("text") for each in given.json["facts"]]


def test_the_same_export_at_the_same_moment_is_the_same_file(small):
    assert Given(small, "K-17").pdf == Given(small, "K-17").pdf


def test_reminders_are_told_with_what_became_of_them_and_with_the_reason_but_without_names(small):
    small.clock.now = at("2026-03-23T10:00")
    run_tick(small.konto, small.clock.now)
    raised = [row[0] for row in small.rows("SELECT alert FROM alerts WHERE rule = 'overdue'")]
    answering.snooze(small.konto, raised, until=at("2026-03-24T08:00"), reason="Frau Meier ist verreist")
    given = Given(small, "K-17")
    (alert,) = [each for each in given.json["derived"]["alerts"] if each["rule"] == "overdue"]
    assert (alert["text"], alert["about"]) == ("überfällig", "Wartung")
    assert [event["type"] for event in alert["became"]] == ["alert.snoozed"]
    assert alert["became"][0]["text"].endswith("Dienstag, 24. März 2026, 8 Uhr: Frau Meier ist verreist")
    assert "FrauMeieristverreist" in given.text
    assert "lutz" not in given.written


def test_reminders_about_a_duplicate_before_the_merge_belong_to_it(small):
    small.take(envelopes("""
    2026-03-13T08:00  Kunde K-18, namens P. Meier, zuständig lutz [b1]
    2026-03-13T09:00  verspricht K-18 lutz "Doppelt" bis 2026-03-16T12:00 [b2]
    """))  # fmt: skip
    small.clock.now = at("2026-03-17T10:00")
    run_tick(small.konto, small.clock.now)
    before = len(Given(small, "K-17").json["derived"]["alerts"])
    small.take(envelopes("2026-03-17T11:00  führt K-17 und K-18 zusammen [b3]"))
    small.clock.now = at("2026-03-17T12:00")
    after = Given(small, "K-17").json["derived"]["alerts"]
    assert "Doppelt" in {each["about"] for each in after}
    assert len(after) > before


# -- what else somebody is told -----------------------------------------------------------------------------

SETTINGS = """
firm = "Wolf Heizung"

[disclosure]
address = "Am Markt 1, 70173 Stuttgart"
retention = "Drei Jahre nach dem letzten Auftrag."

[mail]
host = "mail.example.com"

[channels]
sms-lutz = "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/"

[webhooks.board]
url = "https://board.example.com/in"
secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
"""
REACHED = """
[[persons]]
id = "lutz"
name = "Lutz Brandt"
email = "lutz@example.com"
channels = ["email", "sms-lutz", "board"]
"""


@pytest.fixture
def connected(tmp_path) -> Iterator[Home]:
    folder = tmp_path / "home"
    folder.mkdir()
    (folder / "settings.toml").write_text(SETTINGS, encoding="utf-8")
    home = open_at(folder)
    home.konto.publish("people", REACHED)
    home.take(envelopes(STORY))
    home.clock.now = at("2026-03-12T07:40")
    yield home
    home.close()


def test_where_nothing_is_set_up_nobody_else_gets_it_and_blanks_are_left(small):
    given = Given(small, "K-17", "en")
    told_ = given.json["information"]
    assert told_["controller"] == {"name": None, "address": None, "officer": None}
    assert told_["recipients"] == ["Our own people who look after you, and those who lead them."]
    assert told_["leaves_the_union"] is False
    assert told_["retention"].startswith("Until it is erased")
    assert told_["sources"] == ["crm: 12 entries"]
    assert given.text.count("tobefilledinbyus") == 4


def test_who_gets_it_follows_from_the_ways_that_are_used_and_names_none_of_us(connected):
    given = Given(connected, "K-17", "en")
    told_ = given.json["information"]
    assert told_["controller"] == {"name": "Wolf Heizung", "address": "Am Markt 1, 70173 Stuttgart", "officer": None}
    assert told_["recipients"][1:] == [
        "The mail server mail.example.com, which carries reminders to our own people.",
        "Slack, which carries reminders to our own people.",
        "A program at board.example.com that hears of reminders.",
    ]
    assert told_["leaves_the_union"] is True
    assert told_["retention"] == "Drei Jahre nach dem letzten Auftrag."
    assert "sms-lutz" not in given.written
    assert "TIiajkdnlazkcOXrIdevi7FQ" not in given.written


def test_a_way_that_is_set_up_but_used_by_nobody_gets_nothing(connected):
    connected.konto.publish("people", REACHED.replace(', "sms-lutz", "board"', ""))
    connected.konto.catch_up()
    told_ = Given(connected, "K-17", "en").json["information"]
    assert len(told_["recipients"]) == 2
    assert told_["leaves_the_union"] is False


def test_what_was_erased_is_said_to_be_and_nothing_else_is_missing(tmp_path):
    home = open_at(tmp_path / "home")
    here, customer = moved_in(home)
    before = Given(home, customer)
    with home.konto.log.store.writing() as cursor:
        cursor.execute("UPDATE vault_keys SET wrapped = NULL WHERE subject LIKE 'customer-%'")
        cursor.execute("DELETE FROM vault WHERE subject LIKE 'customer-%'")
        cursor.execute("DELETE FROM parked")
    home.close()
    home = open_at(tmp_path / "home")
    home.clock.now = NOW
    home.konto.rebuild()
    after = Given(home, before.customer, is_internal=True)
    assert found(here.own, after.written) == set()
    assert {each["reason"] for each in after.json["withheld"]} >= {"erased", "colleague"}
    assert len(after.json["facts"]) == len(before.json["facts"])
    assert after.json["derived"]["account"]["balance"] == before.json["derived"]["account"]["balance"]
    home.close()


@pytest.mark.long
def test_five_thousand_facts_take_less_than_ten_seconds(tmp_path):
    home = open_at(tmp_path / "home")
    made = at("2024-01-02T09:00")
    facts = []
    for n in range(1_250):
        told_at = (made + n * timedelta(hours=12)).isoformat()
        for type, more in (
            ("promise.made", {"customer": "K-1", "what": f"Ding {n}", "by": "ines"}),
            ("promise.changed", {"plan_b": "Ein Leihgerät, bis das Teil da ist. " * 3}),
            ("promise.assigned", {"by": "lutz"}),
            ("promise.fulfilled", {"evidence": "lieferschein.pdf"}),
        ):
            facts.append({"specversion": "1.0", "source": "crm", "id": f"{type}/{n}", "type": type, "time": told_at,
                          "data": {"promise": f"P-{n}", **more}})  # fmt: skip
    home.take_as_they_come(facts, at("2026-04-01"))
    begun = perf_counter()
    konto, asking = home.konto, Asking(home.konto, home.clock.now, translator("de"))
    customer = str(home.rows("SELECT customer FROM customers")[0][0])
    found_ = disclosed(konto.log, konto.library, konto.taught, konto.asker, customer, home.clock.now)
    answer = told.as_json(asking, found_)
    assert len(answer["facts"]) == 5_000
    assert printing.pdf(asking, found_, answer, "access.json").startswith(b"%PDF")
    assert perf_counter() - begun < 10
    home.close()
