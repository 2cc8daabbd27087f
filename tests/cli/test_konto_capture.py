"""`konto capture` shows a sentence as the fact that it tells, and records it only on a yes."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest

from tests.cli.home import fact


def test_it_shows_how_each_part_was_read_and_records_nothing(told):
    answer = told("capture", "Angebot an Meier binnen 14 Tagen", "--lang", "de")
    assert answer.out.startswith("Verstanden als Zusage.\n")
    for part in ("Meier (K-17)", "Sonstiges", "Donnerstag, 26. März 2026", "§ 187 Abs. 1, § 188 Abs. 1 BGB"):
        assert part in answer.out
    assert answer.out.endswith("Noch ist nichts aufgenommen. Zum Aufnehmen dasselbe noch einmal mit --yes.\n")
    assert told("promises", "--count", "--json").json == {"count": 4}


def test_with_yes_it_is_recorded_and_appears_among_the_promises(told):
    answer = told("capture", "Angebot", "an", "Meier", "bis", "Freitag", "--yes", "--by", "ines", "--lang", "en")
    assert answer.out.startswith("Understood as a promise.\n")
    assert answer.out.endswith("Recorded.\n")
    (row,) = [each for each in told("promises", "--json").json if each["what"] == "Angebot"]
    assert (row["customer"], row["owner"], row["state"], row["due"]) == ("K-17", "ines", "open", "2026-03-13T23:00:00Z")


def test_in_json_it_is_the_envelope_with_readings_and_suggestions(told):
    answer = told("capture", "Rückruf Aydin am Samstag um 10 Uhr", "--json", "--lang", "en").json
    id = answer.pop("id")
    readings = {each["part"]: (each["said"], each["value"]) for each in answer.pop("readings")}
    assert re.fullmatch("[0-9a-f]{16}", id)
    assert answer == {
        "specversion": "1.0",
        "source": "capture",
        "type": "promise.made",
        "time": "2026-03-12T09:00:00+01:00",
        "data": {
            "promise": id,
            "customer": "crm:K-08",
            "what": "Rückruf",
            "kind": "callback",
            "due": "2026-03-14T10:00:00+01:00",
        },
        "suggestions": [{"due": "2026-03-16T10:00:00+01:00", "text": "the next working day (BGB § 193)"}],
        "recorded": False,
    }
    assert readings["due"] == ("am Samstag um 10 Uhr", "2026-03-14T10:00:00+01:00")


def test_a_suggestion_is_taken_only_when_asked_for(told):
    said = told("capture", "Angebot an Meier bis Samstag", "--lang", "de").out
    assert "Am Samstag, 14. März 2026 wird nicht gearbeitet." in said
    assert "Vorschlag 1: Montag, 16. März 2026, der nächste Werktag (§ 193 BGB). So wird er genommen: --take 1" in said
    as_said = told("capture", "Angebot an Meier bis Samstag", "--yes", "--json").json
    taken = told("capture", "Unterlagen an Meier bis Samstag", "--yes", "--take", "1", "--json").json
    assert (as_said["data"]["due"], taken["data"]["due"]) == ("2026-03-14", "2026-03-16")
    assert taken["suggestions"] == []
    dues = {each["what"]: each["due"] for each in told("promises", "--json").json}
    assert (dues["Angebot"], dues["Unterlagen"]) == ("2026-03-14T23:00:00Z", "2026-03-16T23:00:00Z")


def test_a_suggestion_that_is_not_there_is_refused(told):
    assert "Es gibt 0." in told("capture", "Angebot an Meier bis Freitag", "--take", "1", code=2).err


def test_the_holidays_of_the_firms_land_decide_and_are_named(told):
    calendar = told("calendars", "show").out.replace('# land = "NW"', 'land = "NW"')
    (told.home / "calendars.toml").write_text(calendar, encoding="utf-8")
    said = told("capture", "Angebot an Meier bis 4. Juni 2026", "--lang", "de").out
    assert "Fronleichnam" in said


@pytest.mark.parametrize(
    ("text", "said", "code", "readings"),
    [
        ("Angebot an Meier nächsten Montag oder so bis 3/4/2026", "Mehrere Termine", "several_dates", None),
        ("Angebot an Meier", "Bis wann ist „Angebot“ zugesagt?", "no_due", []),
        ("Angebot an Meyer bis Freitag", "Gemeint vielleicht: Meier (K-17)?", "unknown_customer", ["Meier (K-17)"]),
        ("Angebot an Xaver bis Freitag", "Einen Kunden „Xaver“ gibt es hier nicht.", "unknown_customer", []),
        (
            "Angebot an Meier nächsten Freitag",
            "„nächsten Freitag“ kann mehrere Tage heißen: Freitag, 13. März 2026 / Freitag, 20. März 2026.",
            "ambiguous_date",
            ["2026-03-13", "2026-03-20"],
        ),
        (
            "Aydin erledigt",
            "Mehrere Zusagen an Aydin sind offen: Angebot schicken (B-1) / Rückruf (B-2).",
            "several_promises",
            ["Angebot schicken (B-1)", "Rückruf (B-2)"],
        ),
    ],
)
def test_what_is_open_is_asked_back_with_code_2_and_nothing_is_recorded(told, text, said, code, readings):
    before = told("export").out
    answer = told("capture", text, "--yes", "--lang", "de", code=2)
    assert said in answer.err
    assert answer.out == ""
    question = told("capture", text, "--yes", "--json", code=2).json
    assert question["question"]["code"] == code
    assert question["recorded"] is False
    if readings is not None:
        assert question["question"]["readings"] == readings
    assert told("export").out == before


def test_two_customers_of_one_name_are_both_named(konto, story):
    twin = fact("customer.registered", "2026-02-02T10:00", customer="K-99", name="Meier")
    konto.took([*story, twin])
    assert "Meier (K-17) / Meier (K-99)" in konto("capture", "Angebot an Meier bis Freitag", code=2).err
    assert konto("capture", "Angebot an K-99 bis Freitag", "--json").json["data"]["customer"] == "crm:K-99"


def test_the_whole_life_of_a_promise_can_be_captured(told):
    for said, state in [
        ("Unterlagen an Meier bis morgen", "open"),
        ("Unterlagen Meier verschoben auf Montag, weil Ines krank ist", "open"),
        ("Meier hat nachgefragt (wegen Unterlagen)", "open"),
        ("Unterlagen Meier geschickt", "kept"),
    ]:
        told("capture", said, "--yes")
        (row,) = [each for each in told("promises", "--json").json if each["what"] == "Unterlagen"]
        assert row["state"] == state, said
        told.later(minutes=5)
    assert row["due"] == "2026-03-16T23:00:00Z"
    assert "Keine offene" in told("capture", "Unterlagen Aydin geschickt", "--lang", "de", code=2).err
    assert told("check", "--json").json["ok"] is True


def test_a_complaint_an_honest_no_and_a_question_are_captured(told):
    told("capture", "Meier hat sich beschwert: Rechnung falsch", "--yes")
    told("capture", "wir haben Aydin nein gesagt, weil keine Kapazität", "--yes")
    told("capture", "Meier hat angerufen", "--yes", "--by", "lutz")
    assert [each["kind"] for each in told("incidents", "--json").json] == ["complaint"]
    assert [each["channel"] for each in told("contacts", "--json").json] == ["phone"]
    recorded = told("export").out
    assert '"keine Kapazität"' in recorded
    assert '"Rechnung falsch"' in recorded


def test_no_id_tells_about_a_person(told):
    told("capture", "Angebot an Meier bis Freitag", "--yes", "--by", "ines")
    ids = re.findall(r'"source": "capture", "id": "([^"]*)"', told("export").out)
    assert len(ids) == 1
    assert re.fullmatch("[0-9a-f]{16}", ids[0])


def test_signs_stay_as_they_were_written(told):
    data = told("capture", "<script>{{7*7}} %s</script> an Meier bis Freitag", "--json").json["data"]
    assert data["what"] == "<script>{{7*7}} %s</script>"
    assert "forbidden" not in told("capture", "Angebot an Meier [bold]rot[/bold] bis Freitag").out
    assert "U+001B" in told("capture", "Angebot \x1b[31m an Meier bis Freitag", code=2).err


@pytest.mark.skipif(sys.platform == "win32", reason="has no pseudo-terminal")
@pytest.mark.parametrize(("answer", "recorded"), [("j", 1), ("yes", 1), ("n", 0), ("", 0)])
def test_at_a_terminal_it_asks_and_only_a_yes_records(konto, answer, recorded):
    import pty

    konto.took([fact("customer.registered", "2026-02-02T09:00", customer="K-17", name="Meier")])
    ours, theirs = pty.openpty()
    try:
        os.write(ours, f"{answer}\n".encode())
        command = [sys.executable, "-m", "wiring.cli", "--home", str(konto.home), "capture", "--lang", "de"]
        run = subprocess.run(
            [*command, "Angebot an Meier ohne Termin"], stdin=theirs, capture_output=True, text=True, check=False
        )
    finally:
        os.close(ours)
        os.close(theirs)
    assert run.returncode == 0, run.stderr
    assert run.stderr.endswith("Aufnehmen? [j/N] ")
    assert run.stdout.endswith("Aufgenommen.\n") == bool(recorded)
    assert konto("export").out.count("promise.made") == recorded
