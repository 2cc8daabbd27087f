"""What was refused lies in a table that people can mend in a spreadsheet and import again."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest

from tests.cli.home import fact
from tests.intake.workbooks import workbook

HEAD = ["Nummer", "Kundennummer", "Was", "Art", "Zugesagt am", "Zugesagt bis", "Zuständig", "Erledigt am",
        "Zurückgenommen am", "Grund"]  # fmt: skip
GOOD = ["A-1", "00123", "Küche", "Lieferung", "03.02.2026 10:00", "10.02.2026", "ines", "", "", ""]
BAD = ["A-2", "00123", "=HYPERLINK(1)", "Lieferung", "03.02.2026 10:00", "31.02.2026", "jörg", "", "", "'egal"]


def put(path: Path, rows: list[list[str]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file, delimiter=";").writerows(rows)
    return path


def refused(konto, kind: str = "csv") -> Path:
    (found,) = (konto.home / "refused").glob(f"*.{kind}")
    return found


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file, delimiter=";"))


def take(konto, file: Path, *options: str):
    return konto("import", str(file), "--mapping", "promises_csv", "--valid-only", "--json", *options)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_a_refused_row_is_given_back_as_it_came_with_row_column_value_and_hint(konto, tmp_path, encoding):
    file = put(tmp_path / "zusagen.csv", [HEAD, GOOD, BAD], encoding)
    answer = take(konto, file, "--encoding", encoding, "--lang", "de")
    assert (answer.json["recorded"], answer.json["refused"]) == (1, 1)
    path = refused(konto)
    assert str(path) in answer.err
    assert path.stat().st_mode & 0o077 == 0, "only its owner reads what customers are called"
    (row,) = table(path)
    assert [row.pop(name) for name in ("konto:row", "konto:column", "konto:value")] == [
        "3",
        "Zugesagt bis",
        "31.02.2026",
    ]
    assert row.pop("konto:hint").startswith("„31.02.2026“ gibt es im Kalender nicht")
    assert list(row) == HEAD
    assert (row["Was"], row["Grund"], row["Kundennummer"]) == ("'=HYPERLINK(1)", "''egal", "'00123")
    line = json.loads(refused(konto, "jsonl").read_text("utf-8"))
    assert (line["row"], line["column"], line["value"]) == (3, "Zugesagt bis", "31.02.2026")


@pytest.mark.parametrize("saved_as", ["utf-8-sig", "utf-8", "cp1252"])
def test_once_mended_the_same_file_is_imported_again_and_the_words_are_the_originals(konto, tmp_path, saved_as):
    take(konto, put(tmp_path / "zusagen.csv", [HEAD, GOOD, BAD]))
    path = refused(konto)
    text = path.read_text("utf-8-sig").replace("10:00;31.02.2026", "10:00;28.02.2026")
    path.write_text(text, encoding=saved_as)
    told = ["--encoding", "cp1252"] if saved_as == "cp1252" else []
    answer = take(konto, path, *told).json
    assert (answer["read"], answer["recorded"], answer["refused"]) == (1, 1, 0)
    mended = next(row for row in konto("promises", "--json").json if row["promise"] == "A-2")
    assert (mended["what"], mended["customer"]) == ("=HYPERLINK(1)", "00123")
    assert "jörg" in konto("export").out
    assert take(konto, path, *told).json["already"] == 1


def test_what_was_not_mended_is_refused_again_and_nothing_comes_twice(konto, tmp_path):
    done = [*BAD[:5], "10.02.2026", "jörg", "01.02.2026 09:00", "", ""]
    answer = take(konto, put(tmp_path / "zusagen.csv", [HEAD, GOOD, done])).json
    assert (answer["recorded"], answer["refused"]) == (2, 1), "made, and not fulfilled before it was made"
    again = take(konto, refused(konto)).json
    assert (again["recorded"], again["already"], again["refused"]) == (0, 1, 1)


def test_rows_that_belong_together_are_given_back_together(konto, tmp_path):
    (konto.home / "mappings").mkdir(parents=True)
    (konto.home / "mappings" / "erp.toml").write_text(
        'source = "erp"\nzone = "Europe/Berlin"\ntime_format = "%d.%m.%Y"\n[file]\ndelimiter = ";"\n'
        '[rows]\ngroup_by = "Auftrag"\n[[fact]]\ntype = "promise.made"\nid = "{Auftrag}"\ntime = "rows[0].Am"\n'
        '[fact.data]\npromise = "Auftrag"\ncustomer = "rows[0].Kunde"\ndue = "max(rows[].date(Bis))"\n'
    )
    rows = [["Auftrag", "Kunde", "Am", "Bis"], ["1", "K", "02.03.2026", "09.03.2026"], ["2", "K", "02.03.2026", "x"],
            ["2", "K", "02.03.2026", "10.03.2026"], ["3", "K"]]  # fmt: skip
    file = put(tmp_path / "a.csv", rows)
    konto("import", str(file), "--mapping", "erp", "--valid-only")
    found = table(refused(konto))
    assert [row["konto:row"] for row in found] == ["3", "4", "5"]
    assert [bool(row["konto:hint"]) for row in found] == [True, False, True]
    path = refused(konto)
    path.write_text(path.read_text("utf-8-sig").replace(";x\n", ";09.03.2026\n"), encoding="utf-8-sig")
    answer = konto("import", str(path), "--mapping", "erp", "--valid-only", "--json").json
    assert (answer["recorded"], answer["refused"]) == (1, 1), "order 2"
    assert [each["code"] for each in answer["errors"]] == ["short_row"], "what is missing is not taken for empty"


def test_rows_of_a_workbook_come_back_as_a_table_that_the_same_mapping_reads(konto, tmp_path):
    rows = [
        ["Bericht"],
        HEAD,
        [*GOOD[:4], date(2026, 2, 3), date(2026, 2, 10), "ines"],
        [*BAD[:4], date(2026, 2, 3), 44927],
    ]
    mapping = (konto.home / "mappings") / "eigene.toml"
    mapping.parent.mkdir(parents=True)
    shipped = Path("intake/mappings/promises_csv.toml").read_text("utf-8")
    mapping.write_text(shipped.replace('delimiter = ";"', 'sheet = "Tabelle1"\nheader_row = 2'), encoding="utf-8")
    file = workbook(tmp_path / "a.xlsx", {"Tabelle1": rows, "Andere": [["x"], ["1"]]})
    answer = konto("import", str(file), "--mapping", "eigene", "--valid-only", "--json").json
    assert (answer["recorded"], answer["refused"]) == (1, 1)
    path = refused(konto)
    path.write_text(
        path.read_text("utf-8-sig").replace("2026-02-03;44927", "2026-02-03;2026-02-10"), encoding="utf-8-sig"
    )
    answer = konto("import", str(path), "--mapping", "eigene", "--valid-only", "--json").json
    assert (answer["recorded"], answer["refused"]) == (1, 0)


def test_refused_facts_of_a_file_without_a_mapping_are_mended_in_their_own_lines(konto, story, tmp_path):
    bad = fact("promise.made", "2026-03-02T10:00", promise="B-9", customer="K-08", kind="urgent")
    konto.took([*story, bad], "--valid-only")
    path = refused(konto, "jsonl")
    assert not list((konto.home / "refused").glob("*.csv"))
    assert konto("import", str(path), "--json", code=2).json["errors"][0]["column"] == "data.kind"
    path.write_text(path.read_text("utf-8").replace('"kind": "urgent"', '"kind": "other"'), encoding="utf-8")
    assert konto("import", str(path), "--json").json["recorded"] == 1


def test_our_own_export_gives_back_its_rows_too(konto, tmp_path):
    made = fact("promise.made", "2026-03-02T10:00", promise="A", customer="=K", due="2026-03-20", what="'so'")
    konto.took([made])
    table_ = konto("export", "--format", "csv").out.replace("crm,", "erp,").replace("2026-03-20", "2026-02-31")
    file = tmp_path / "export.csv"
    file.write_text(table_, encoding="utf-8")
    assert konto("import", str(file), "--valid-only", "--json").json["refused"] == 1
    path = refused(konto)
    path.write_text(path.read_text("utf-8-sig").replace(";2026-02-31;", ";2026-03-20;"), encoding="utf-8-sig")
    assert konto("import", str(path), "--json").json["recorded"] == 1
    assert {row["what"] for row in konto("promises", "--json").json} == {"'so'"}
