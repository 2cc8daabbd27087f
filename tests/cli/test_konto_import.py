"""Files into the log: counted, all or nothing, with a reason for every row that stays out."""

from __future__ import annotations

import gzip
import json

from tests.cli.home import NOW, fact

HEADER = "Nummer;Kundennummer;Was;Art;Zugesagt am;Zugesagt bis;Zuständig;Erledigt am;Zurückgenommen am;Grund"


def test_new_facts_are_recorded_and_the_same_file_again_records_nothing(konto, story):
    first = konto.took(story)
    again = konto.took(story)
    assert {name: first[name] for name in ("read", "recorded", "already", "parked", "refused")} == {
        "read": 9, "recorded": 9, "already": 0, "parked": 0, "refused": 0,
    }  # fmt: skip
    assert (again["recorded"], again["already"]) == (0, 9)
    assert isinstance(first["seconds"], float)
    assert "errors" not in first


def test_one_bad_fact_keeps_the_whole_file_out_and_is_named_with_row_column_and_value(konto, story, written):
    bad = fact("promise.made", "2026-03-02T10:00", promise="B-9", customer="K-08", kind="urgent")
    file = written("facts.jsonl", "".join(json.dumps(each) + "\n" for each in [*story, bad]))
    answer = konto("import", str(file), "--json", code=2)
    assert (answer.json["read"], answer.json["recorded"], answer.json["refused"]) == (10, 0, 1)
    (error,) = answer.json["errors"]
    assert (error["row"], error["column"], error["value"]) == (10, "data.kind", "'urgent'")
    assert "appointment" in error["hint"]
    assert "10" in answer.err
    assert konto("promises", "--count", "--json").json == {"count": 0}


def test_the_reason_is_said_in_the_language_asked_for(konto, written):
    file = written("facts.jsonl", json.dumps({**fact("promise.made", "2026-03-02T10:00"), "time": "2026-02-31"}))
    german = konto("import", str(file), "--lang", "de", code=2).err
    english = konto("import", str(file), "--lang", "en", code=2).err
    assert "Zeile 1" in german
    assert "kein Zeitpunkt" in german
    assert "Row 1" in english
    assert "is no time" in english


def test_valid_only_takes_the_good_rows_and_writes_the_others_to_a_file(konto, story):
    bad = fact("promise.fulfilled", "2026-02-01T12:00", promise="A-1")
    summary = konto.took([*story, bad], "--valid-only")
    assert (summary["recorded"], summary["refused"]) == (9, 1)
    (refused,) = (konto.home / "refused").iterdir()
    line = json.loads(refused.read_text("utf-8"))
    assert line["row"] == 10
    assert line["fact"]["data"] == {"promise": "A-1"}
    assert refused.stat().st_mode & 0o077 == 0, "only its owner reads what customers are called"


def test_a_dry_run_says_what_would_happen_and_records_nothing(konto, story):
    assert konto.took(story, "--dry-run")["recorded"] == 9
    assert konto("promises", "--count", "--json").json == {"count": 0}
    assert konto.took(story)["recorded"] == 9


def test_a_fact_about_an_unknown_promise_is_parked_shown_and_recorded_when_the_promise_arrives(konto, story):
    made, fulfilled = story[2], story[3]
    summary = konto.took([fulfilled])
    assert (summary["recorded"], summary["parked"], summary["refused"]) == (0, 1, 0)
    (waiting,) = konto("parked", "--json").json
    assert (waiting["source"], waiting["type"], waiting["needs"]) == ("crm", "promise.fulfilled", "A-1")
    assert "A-1" in konto("parked").out
    konto.took([made])
    assert konto("parked", "--json").json == []
    assert konto("promises", "--state", "kept_late", "--count", "--json").json == {"count": 1}


def test_several_files_are_summed_up_and_a_refused_one_does_not_keep_the_others_out(konto, story, written):
    good = written("good.jsonl", "".join(json.dumps(each) + "\n" for each in story))
    bad = written("bad.jsonl", json.dumps({**story[0], "type": "customer.lost"}) + "\n")
    answer = konto("import", str(bad), str(good), "--json", code=2)
    assert (answer.json["read"], answer.json["recorded"], answer.json["refused"]) == (10, 9, 1)
    assert [each["file"] for each in answer.json["errors"]] == ["bad.jsonl"]
    assert answer.err.startswith("bad.jsonl: Zeile 1")


def test_a_shipped_mapping_reads_a_table_by_its_name(konto, written):
    file = written(
        "zusagen.csv",
        f"{HEADER}\nA-1;K-17;Therme;Lieferung;03.02.2026 10:00;10.02.2026;ines;11.02.2026 12:00;;\n",
    )
    assert konto("import", str(file), "--mapping", "promises_csv", "--json").json["recorded"] == 2
    (row,) = konto("promises", "--json").json
    assert (row["promise"], row["customer"], row["state"], row["kind"]) == ("A-1", "K-17", "kept_late", "delivery")


def test_a_row_of_a_table_is_refused_with_its_column_and_the_value_as_it_stands_there(konto, written):
    file = written("zusagen.csv", f"{HEADER}\nA-1;K-17;Therme;Lieferung;03.02.2026;31.02.2026;ines;;;\n")
    answer = konto("import", str(file), "--mapping", "promises_csv", "--json", "--lang", "de", code=2)
    (error,) = answer.json["errors"]
    assert (error["row"], error["column"], error["value"]) == (2, "Zugesagt bis", "31.02.2026")
    assert answer.err.startswith("Zeile 2, Spalte „Zugesagt bis“")


def test_at_most_50_refusals_are_shown_and_the_number_of_the_others_said(konto, written):
    file = written("facts.jsonl", "{}\n" * 70)
    answer = konto("import", str(file), "--json", code=2)
    assert answer.json["refused"] == 70
    assert len(answer.json["errors"]) == 50
    assert "weitere" in answer.err


def test_a_table_without_a_mapping_is_refused_and_the_mappings_are_named(konto, written):
    answer = konto("import", str(written("zusagen.csv", f"{HEADER}\n1;2;3;4;5;6;7;8;9;10\n")), code=2)
    assert "--mapping" in answer.err
    assert "promises_csv" in answer.err


def test_an_unknown_mapping_a_missing_file_and_a_folder_are_refused_in_one_line(konto, written, tmp_path):
    file = written("zusagen.csv", HEADER)
    for arguments in (
        [str(file), "--mapping", "promises"],
        [str(tmp_path / "nothing.jsonl")],
        [str(tmp_path / "nothing.xyz"), "--mapping", "promises_csv"],
        [str(tmp_path)],
    ):
        answer = konto("import", *arguments, code=2)
        assert len(answer.err.strip().splitlines()) == 1, answer.err
        assert "Traceback" not in answer.err


def test_the_wrong_encoding_is_offered_and_then_taken(konto, tmp_path):
    file = tmp_path / "zusagen.csv"
    row = "A-1;K-17;Kühlung;Lieferung;03.02.2026;10.02.2026;jörg;;;"
    file.write_bytes(f"{HEADER}\n{row}\n".encode("cp1252"))
    refused = konto("import", str(file), "--mapping", "promises_csv", code=2)
    assert "--encoding" in refused.err
    konto("import", str(file), "--mapping", "promises_csv", "--encoding", "cp1252")
    assert konto("promises", "--json").json[0]["what"] == "Kühlung"


def test_a_file_packed_with_gzip_is_read_as_it_is(konto, story, tmp_path):
    file = tmp_path / "facts.jsonl.gz"
    file.write_bytes(gzip.compress("".join(json.dumps(each) + "\n" for each in story).encode()))
    assert konto("import", str(file), "--json").json["recorded"] == 9


def test_where_a_file_breaks_off_the_good_rows_before_stay_and_the_end_is_told(konto, tmp_path):
    facts = [fact("customer.registered", "2026-02-02T09:00", customer=f"K-{n}") for n in range(1500)]
    text = "".join(json.dumps(each) + "\n" for each in facts)
    file = tmp_path / "facts.jsonl"
    file.write_bytes(text.encode() + b"\xff\xfe\n")
    answer = konto("import", str(file), "--valid-only", "--json", code=2)
    assert answer.json["recorded"] == 1000, "the rows up to the last full thousand"
    assert answer.json["errors"][-1]["code"] == "encoding"
    assert konto("import", str(file), "--json", code=2).json["recorded"] == 0, "without it, all or nothing"


def test_a_fact_of_tomorrow_is_refused_and_tomorrow_it_is_taken(konto):
    tomorrow = fact("customer.registered", "2026-03-13T08:00", customer="K-1")
    assert konto.took([tomorrow], "--valid-only")["refused"] == 1
    konto.later(days=1)
    assert konto.took([tomorrow])["recorded"] == 1


def test_terminal_escapes_in_a_refused_row_are_shown_and_not_obeyed(konto, written):
    file = written("facts.jsonl", json.dumps({**fact("x", "2026-03-02T10:00"), "type": "\x1b[31mred"}))
    answer = konto("import", str(file), code=2)
    assert "\x1b" not in answer.err
    assert "\\x1b[31mred" in answer.err


def test_words_of_a_customer_are_taken_literally_in_every_answer(konto):
    what = "[red]{what} %s ${jndi:x} <b>{{7*7}}"
    made = fact("promise.made", "2026-03-02T10:00", promise="A", customer="=K", due="2026-03-20", what=what)
    konto.took([made])
    assert what in konto("promises").out
    assert what in konto("statement", "=K", "--as-of", "2026-04-01").out


def test_the_answer_for_people_counts_in_their_language(konto, story, written):
    file = written("facts.jsonl", "".join(json.dumps(each) + "\n" for each in story))
    assert (
        konto("import", str(file)).out
        == "9 Fakten gelesen: 9 aufgezeichnet, 0 schon bekannt, 0 geparkt, 0 abgelehnt.\n"
    )
    english = konto("import", str(file), "--lang", "en").out
    assert english == "9 facts read: 0 recorded, 9 known already, 0 parked, 0 refused.\n"


def test_the_moment_of_recording_is_the_clocks_and_not_the_sources(told):
    exported = [json.loads(line) for line in told("export").out.splitlines()]
    assert {each["recorded"] for each in exported} == {NOW.isoformat()}
