"""`konto rules`, `calendars`, `people`: shown, checked with line and remedy, published, never in silence."""

from __future__ import annotations

import os
import tomllib

from tests.cli.home import NOW, fact


def test_the_shipped_rulebook_is_shown_and_sound(konto):
    text = konto("rules", "show").out
    assert "kept = 4" in text
    assert (konto.home / "rulebook.toml").read_text("utf-8") == text
    assert konto("rules", "check", "--json").json == {"ok": True, "findings": []}
    assert konto("calendars", "check").code == 0
    assert konto("people", "check").code == 0


def test_the_rulebook_in_words_says_of_each_rule_its_value_meaning_and_origin(konto):
    german = konto("rules", "show", "--words", "--lang", "de").out
    assert german.startswith("Das Regelwerk, das gilt: von Anfang an\n\nZusagen\n")
    (kept,) = [line for line in german.splitlines() if "Erfüllt, auch wenn nur der Kunde" in line]
    assert kept.split()[0] == "+4"
    assert kept.endswith("P1 (000, 001, 004)")
    english = konto("rules", "show", "--words", "--lang", "en").out
    assert "Kept, also when only the customer moved it" in english
    assert "When notice is in time" in english


def test_for_scripts_every_key_of_the_rulebook_has_one_row_in_words(konto):
    rows = konto("rules", "show", "--words", "--json", "--lang", "en").json
    shipped = tomllib.loads(konto("rules", "show").out)
    assert [(each["section"], each["key"]) for each in rows] == [
        (section, key) for section, keys in shipped.items() for key in keys
    ]
    assert all(each["value"] == shipped[each["section"]][each["key"]] for each in rows)
    assert rows[0] == {
        "section": "promise",
        "key": "kept",
        "value": 4.0,
        "meaning": "Kept, also when only the customer moved it",
        "from": "P1 (000, 001, 004)",
    }


def test_the_rulebook_in_words_is_the_one_of_its_moment_and_says_since_when_it_counts(told, written):
    new = told("rules", "show").out.replace("kept = 4 ", "kept = 6 ")
    told("rules", "publish", str(written("new.toml", new)), "--from", "2026-04-01")
    assert told("rules", "show", "--words", "--json").json[0]["value"] == 4.0
    assert told("rules", "show", "--words", "--as-of", "2026-04-01", "--json").json[0]["value"] == 6.0
    later = told("rules", "show", "--words", "--as-of", "2026-04-01", "--lang", "de").out
    assert later.startswith("Das Regelwerk, das gilt: seit Mittwoch, 1. April 2026, 00:00\n")


def test_only_the_rulebook_is_shown_in_words(konto):
    assert "--words" in konto("people", "show", "--words", code=2).err


def test_an_unsound_document_is_told_with_line_and_remedy_and_the_check_says_no(konto):
    rules = konto("rules", "show").out.replace("kept = 4 ", 'kept = "four" ')
    (konto.home / "rulebook.toml").write_text(rules, encoding="utf-8")
    line = next(n for n, text in enumerate(rules.splitlines(), 1) if text.startswith("kept ="))
    answer = konto("rules", "check", "--json", code=1).json
    assert answer["ok"] is False
    assert [(each["line"], each["path"]) for each in answer["findings"]] == [(line, "promise.kept")]
    assert f"rulebook.toml, Zeile {line}, promise.kept: " in konto("rules", "check", code=1).out


def test_an_unsound_document_in_the_home_stops_nobody_and_is_told_each_time(told):
    (told.home / "people.toml").write_text('manager = "nobody"\n', encoding="utf-8")
    answer = told("promises", "--count", "--json")
    assert answer.json == {"count": 4}
    assert "people.toml, Zeile 1" in answer.err
    assert len(told("people", "history", "--json").json) == 1


def test_an_edited_document_counts_from_the_next_call_on(told):
    rules = told("rules", "show").out.replace("kept = 4 ", "kept = 6 ")
    (told.home / "rulebook.toml").write_text(rules, encoding="utf-8")
    told.later(days=1)
    told("promises", "--count")
    told.later(days=1)
    told.took([fact("promise.fulfilled", "2026-03-12T12:00", promise="B-2")])
    (overdue, kept) = told("statement", "K-08", "--json").json["lines"]
    assert (overdue["rule"], kept["rule"], kept["base"]) == ("overdue", "kept", 4.0), "it happened before that"
    versions = told("rules", "history", "--json").json
    assert [each["valid_from"] for each in versions] == [None, "2026-03-13T08:00:00Z"]
    assert versions[1]["content"] == rules


def test_a_published_file_counts_at_once_and_stays_published(told, written):
    rules = told("rules", "show").out.replace("kept = 4 ", "kept = 6 ")
    answer = told("rules", "publish", str(written("new.toml", rules)), "--json").json
    assert answer == {"published": True, "kind": "rulebook", "valid_from": "2026-03-12T08:00:00Z"}
    told.later(hours=1)
    assert told("rules", "show").out == rules
    told.took([fact("promise.fulfilled", "2026-03-12T09:30", promise="B-2")])
    assert told("statement", "K-08", "--json").json["lines"][-1]["base"] == 6.0
    assert told("rules", "publish", str(written("new.toml", rules)), "--json").json["published"] is False


def test_a_version_for_later_counts_only_then(told, written):
    rules = told("rules", "show").out
    new = rules.replace("kept = 4 ", "kept = 6 ")
    told("rules", "publish", str(written("new.toml", new)), "--from", "2026-04-01")
    assert told("rules", "show").out == rules
    assert told("rules", "show", "--as-of", "2026-04-01").out == new
    assert told("rules", "show", "--as-of", "2026-03-31T21:59:59Z").out == rules


def test_the_past_cannot_be_judged_anew(told, written):
    file = written("new.toml", told("rules", "show").out + "\n# noted\n")
    assert "2026-03-01" in told("rules", "publish", str(file), "--from", "2026-03-01", code=2).err
    assert len(told("rules", "history", "--json").json) == 1


def test_before_the_first_fact_a_version_counts_from_the_beginning(konto, story, written):
    rules = konto("rules", "show").out.replace("kept = 4 ", "kept = 6 ")
    konto("rules", "publish", str(written("new.toml", rules)))
    konto.took(story)
    assert konto("rules", "history", "--json").json[1]["valid_from"] is None
    kept = [line for line in konto("statement", "K-17", "--json").json["lines"] if line["rule"] == "kept"]
    assert [line["base"] for line in kept] == [6.0], "although it was kept three weeks before"


def test_publishing_an_unsound_file_is_refused_with_its_name_and_line(konto, written):
    answer = konto("rules", "publish", str(written("new.toml", "[promise]\nkept = 4\n")), code=2)
    assert "new.toml, Zeile 1" in answer.err
    assert len(konto("rules", "history", "--json").json) == 1


def test_a_file_that_is_missing_or_not_in_utf_8_is_refused_in_one_line(konto, tmp_path):
    (tmp_path / "latin.toml").write_bytes("# Übung\n".encode("cp1252"))
    for name in ("nothing.toml", "latin.toml"):
        for command in (["rules", "check"], ["rules", "publish"]):
            answer = konto(*command, str(tmp_path / name), code=2)
            assert len(answer.err.strip().splitlines()) == 1, answer.err


def test_an_unknown_setting_is_refused_with_its_file_and_line(konto):
    konto("promises", "--count")
    (konto.home / "settings.toml").write_text('zone = "Europe/Berlin"\nlanguge = "en"\n', encoding="utf-8")
    answer = konto("promises", "--count", code=2)
    assert answer.err.startswith("settings.toml, Zeile 2, languge: ")
    assert "language" in answer.err


def test_the_file_in_the_home_that_is_older_than_a_version_from_elsewhere_follows_it(told, tmp_path, written):
    rules = told("rules", "show").out + "\n# noted\n"
    os.utime(told.home / "rulebook.toml", (NOW.timestamp() - 3600,) * 2)
    told.took([fact("document.published", "2026-03-12T09:00", id="r1", kind="rulebook",
                    valid_from="2026-03-12T09:00:00+01:00", content=rules)])  # fmt: skip
    told.later(minutes=1)
    assert told("rules", "show").out == rules
    assert (told.home / "rulebook.toml").read_text("utf-8") == rules
