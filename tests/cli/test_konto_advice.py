"""`konto advise`, `backtest`, `what-if`, `calibrate`: what they answer, and that they change nothing."""

from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from domain import rulebook
from tests.cli.home import BERLIN, Konto, fact

START = datetime(2025, 9, 1, 9, tzinfo=BERLIN)
CUSTOMERS = 160


def moment(day: int, hour: int = 9) -> str:
    return (START + timedelta(days=day)).replace(hour=hour).strftime("%Y-%m-%dT%H:%M")


def year() -> list:
    """One promise a day: ines keeps what she promises, lutz every other one. Who waits in vain says so."""
    facts = []
    for day in range(CUSTOMERS):
        customer, promise, by = f"K-{day}", f"A-{day}", ("ines", "lutz")[day % 2]
        kept = by == "ines" or day % 4 == 1
        facts += [
            fact("promise.made", moment(day), promise=promise, customer=customer, kind="delivery", by=by,
                 due=moment(day + 4, 12) + "+02:00"),
            fact("promise.fulfilled" if kept else "promise.broken", moment(day + 3), promise=promise),
            fact("feedback.given", moment(day + 5), customer=customer, about=promise, score=5 if kept else 1 + day % 3),
        ]  # fmt: skip
    return facts


@pytest.fixture
def lived(konto: Konto) -> Konto:
    assert konto.took(year())["recorded"] == 3 * CUSTOMERS
    return konto


def the_log(konto: Konto) -> str:
    return konto("export", "--json").out


def test_the_adviser_tells_who_keeps_what_they_promise(lived):
    ines, lutz = (
        lived("advise", "--by", by, "--kind", "delivery", "--due", "2026-03-16", "--json").json
        for by in ("ines", "lutz")
    )
    assert ines["probability"] > 0.85 > 0.65 > lutz["probability"]
    assert ines["interval"][0] < ines["probability"] < ines["interval"][1]
    assert (ines["rests_on"], lutz["rests_on"]) == (CUSTOMERS, CUSTOMERS)
    safe = [each["due"] for each in ines["days"] if each["probability"] >= 0.9]
    assert ines["safe_due"] == (safe[0] if safe else None)
    assert lutz["safe_due"] is None
    assert [each["due"] for each in ines["days"][:2]] == ["2026-03-13", "2026-03-16"], "no weekend"


def test_it_says_so_in_a_handful_of_plain_sentences(lived):
    german = lived("advise", "--by", "lutz", "--kind", "delivery", "--due", "2026-03-16", "--lang", "de").out
    assert german.startswith("Bis Montag, 16. März klappt es nach unserer Erfahrung in ")
    assert "Beruht auf 160 Zusagen." in german
    assert "kein Termin sicher" in german
    assert "Bei lutz:" in german
    assert german.endswith("Er ist keine Note für irgendjemanden.\n")
    english = lived("advise", "--by", "karin", "--kind", "delivery", "--lang", "en").out
    assert "Nothing is known of karin yet" in english


def test_too_little_is_said_to_be_too_little(told):
    answer = told("advise", "--by", "ines", "--kind", "callback", "--json", "--lang", "de").json
    assert (answer["probability"], answer["safe_due"]) == (None, None)
    assert answer["text"][0] == f"Noch keine Aussage: erst {answer['rests_on']} Zusagen."


def test_a_date_that_has_passed_and_an_unknown_kind_are_refused(lived):
    assert "schon vorbei" in lived("advise", "--by", "ines", "--kind", "delivery", "--due", "2026-03-11", code=2).err
    assert "Möglich sind: appointment" in lived("advise", "--by", "ines", "--kind", "present", code=2).err


def test_today_is_possible_until_its_end(lived):
    assert lived("advise", "--by", "ines", "--kind", "delivery", "--due", "2026-03-12", "--json").json["probability"]


def test_the_adviser_is_tested_on_promises_made_from_a_day_on(lived):
    found = lived("backtest", "adviser", "--since", moment(80)[:10], "--json").json
    assert found["n"] == 80
    assert found["naive"]["rate"] == pytest.approx(0.75, abs=0.01)
    assert found["auc"] > 0.7
    assert found["log_loss"] < found["naive"]["log_loss"]
    assert sum(each["n"] for each in found["bins"]) == 80
    text = lived("backtest", "adviser", "--since", moment(80)[:10], "--lang", "de").out
    assert "Geprüft ab Donnerstag, 20. November 2025" in text
    assert "Es weiß also mehr, als wer nur rät." in text


def test_without_a_day_half_of_the_cases_come_before(lived):
    assert lived("backtest", "adviser", "--json").json["n"] == CUSTOMERS // 2
    assert lived("backtest", "account", "--json").json["all"]["n"] == CUSTOMERS // 2


def test_the_account_told_who_would_be_unhappy(lived):
    found = lived("backtest", "account", "--since", moment(80)[:10], "--json").json
    assert found["all"]["auc"] > 0.9
    assert found["fulfilled"] is not None
    few = lived("backtest", "account", "--since", moment(150)[:10], "--json").json
    assert (few["all"], few["fulfilled"]) == (None, None), "fewer than 50 cases"


def test_of_an_empty_home_nothing_is_said(konto):
    assert konto("backtest", "adviser", "--json").json["n"] == 0
    assert konto("backtest", "account", "--json").json == {"since": None, "all": None, "fulfilled": None, "left_out": 0}
    assert "zu wenige Fälle" in konto("backtest", "adviser", "--lang", "de").out


def test_with_the_unchanged_rulebook_nothing_would_be_different(lived, written):
    before = the_log(lived)
    same = written("same.toml", rulebook.default_text())
    found = lived("what-if", str(same), "--json").json
    assert (found["customers"], found["changed"], found["differences"]) == (CUSTOMERS, 0, [])
    assert found["stages"]["today"] == found["stages"]["then"]
    assert "Nichts wäre anders" in lived("what-if", str(same), "--lang", "de").out
    assert the_log(lived) == before


def test_a_broken_promise_at_twice_its_weight_changes_exactly_those_of_broken_promises(lived, written):
    twice = written("twice.toml", rulebook.default_text().replace("\nbroken = -8\n", "\nbroken = -16\n"))
    found = lived("what-if", str(twice), "--json").json
    broken = {row["customer"] for row in lived("promises", "--state", "broken", "--json").json}
    assert {each["customer"] for each in found["differences"]} == broken
    assert found["changed"] == len(broken) == CUSTOMERS // 4
    for each in found["differences"]:
        assert each["difference"] == pytest.approx(each["balance"]["then"] - each["balance"]["today"])
        assert each["difference"] < 0
    assert sum(each["customers"] for each in found["distribution"]) == len(broken)
    text = lived("what-if", str(twice), "--lang", "en").out
    assert f"{len(broken)} of {CUSTOMERS} balances would be different" in text


def test_more_notice_asked_for_means_other_last_calls(lived, written):
    more = written("more.toml", rulebook.default_text().replace("most_hours = 8", "most_hours = 20")
                   .replace("share = 0.25", "share = 0.5"))  # fmt: skip
    found = lived("what-if", str(more), "--json").json
    calls = found["alerts"].pop("last_call")
    assert calls["only_then"] > 0
    for rule in ("trust_low", "trust_falling", "buffer_thin"):
        found["alerts"].pop(rule, None)  # what notice is worth is part of every balance
    assert set(found["alerts"].values()) == {None}, "no other rule depends on that"
    assert {each["only"] for each in found["other_alerts"]} <= {"then", "today"}
    each = found["other_alerts"][0]
    assert each["rule"] == "last_call"
    assert (each["customer"], each["subject"]) == tuple(f"{kind}-{each['subject'][2:]}" for kind in "KA")
    german = lived("what-if", str(more), "--lang", "de").out
    assert "Bei allen 160 Konten kommt dasselbe heraus." in german
    assert f": {calls['both']} unter beiden, " in german
    same = lived("what-if", str(written("same.toml", rulebook.default_text())), "--json").json
    assert same["alerts"]["last_call"] is None
    assert set(same["alerts"].values()) == {None}
    assert same["other_alerts"] == []


def test_an_unsound_rulebook_is_refused_with_its_line(lived, written):
    unsound = written("unsound.toml", rulebook.default_text().replace("kept = 4 ", "kept = 400 "))
    answer = lived("what-if", str(unsound), "--lang", "de", code=2)
    assert "kept" in answer.err
    assert "Traceback" not in answer.err
    assert lived("what-if", str(unsound.parent / "missing.toml"), code=2).err


def test_a_calibration_writes_a_rulebook_that_can_be_published(lived, tmp_path):
    out = tmp_path / "fitted.toml"
    found = lived("calibrate", "--until", moment(120)[:10], "--out", str(out), "--json", "--lang", "de").json
    by_weight = {each["weight"]: each for each in found["weights"]}
    assert by_weight["promise.broken"]["cases"] == 28
    assert by_weight["promise.kept"]["factor"] is not None
    assert by_weight["answers.never"] == {
        "weight": "answers.never", "old": -3.0, "new": -3.0, "factor": None, "cases": 0,
        "text": "0 Fälle, weniger als 20: bleibt, wie es ist.",
    }  # fmt: skip
    assert found["later"]["old"]["all"] is None, "fewer than 50 later ones"
    assert found["later"]["better"] is False, "of too few nothing is sure"
    assert "# bisher −8,00; 28 Fälle:" in out.read_text("utf-8")
    assert lived("rules", "check", str(out), "--json").json["ok"]
    assert lived("rules", "publish", str(out), "--json").json["published"]
    assert lived("rules", "show").out == out.read_text("utf-8")


def test_a_calibration_never_writes_over_a_file_and_needs_something_to_learn_from(lived, konto, tmp_path, written):
    there = written("there.toml", "mine")
    assert "gibt es schon" in lived("calibrate", "--out", str(there), "--lang", "de", code=2).err
    assert there.read_text("utf-8") == "mine"
    empty = Konto(tmp_path / "empty")
    assert "noch nichts gesagt" in empty("calibrate", "--out", str(tmp_path / "new.toml"), "--lang", "de", code=2).err
    assert not (tmp_path / "new.toml").exists()


def test_in_json_nothing_but_json_is_on_standard_output(lived, tmp_path):
    for call in (["advise", "--by", "ines", "--kind", "other"], ["backtest", "adviser"], ["backtest", "account"],
                 ["calibrate", "--out", str(tmp_path / "x.toml")]):  # fmt: skip
        assert json.loads(lived(*call, "--json").out)
