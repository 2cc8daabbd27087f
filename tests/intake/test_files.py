"""Files as they come: what is wrong with one is said with line, column and remedy, and nothing is guessed."""

from __future__ import annotations

import gzip
import io
import json
import os
import tracemalloc
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.errors import Refused
from intake import files
from intake.files import FileForm, read_facts, read_rows
from tests.intake.workbooks import workbook


@pytest.fixture
def put(tmp_path):
    def _put(content: bytes | str, name: str = "a.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return _put


def refused(path: Path, **options: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        list(read_rows(path, **options))
    sentence = caught.value.text.format(**caught.value.params)
    assert "\n" not in sentence
    return caught.value


def values(path: Path, **options: Any) -> list[dict[str, Any]]:
    rows = list(read_rows(path, **options))
    assert all(row.refused is None for row in rows)
    return [dict(row.values) for row in rows]


# -- CSV ------------------------------------------------------------------------------------------


def test_rows_carry_the_number_of_the_line_on_which_they_stand(put):
    path = put('a,b\n1,2\n"x\ny",3\n\n4,5')
    assert [(row.number, dict(row.values)) for row in read_rows(path)] == [
        (2, {"a": "1", "b": "2"}),
        (3, {"a": "x\ny", "b": "3"}),
        (6, {"a": "4", "b": "5"}),
    ]


def test_delimiter_header_row_and_line_ends_are_taken_as_declared(put):
    path = put('Bericht vom 1.3.;\r\n\r\nNr;Name\r\n1;"A ""B"""\r\n2;"x\r\ny"\r\n3;C\r\n')
    assert [(row.number, dict(row.values)) for row in read_rows(path, form=FileForm(delimiter=";", header_row=3))] == [
        (4, {"Nr": "1", "Name": 'A "B"'}),
        (5, {"Nr": "2", "Name": "x\r\ny"}),
        (7, {"Nr": "3", "Name": "C"}),
    ]


def test_a_tab_separates_where_the_file_is_named_tsv(put):
    assert values(put("a\tb\n1\t2\n", "a.tsv")) == [{"a": "1", "b": "2"}]


def test_rows_without_content_are_passed_over(put):
    assert values(put("a,b\n,\n1,\n,,,\n")) == [{"a": "1", "b": ""}]


def test_trailing_empty_cells_are_no_mistake_and_nameless_columns_are_passed_over(put):
    assert values(put("a,,b,\n1,x,2,,\n")) == [{"a": "1", "b": "2"}]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("", "empty_file"),
        ("\n\n\n", "empty_file"),
        ("a,b\n", "header_only"),
        ("a,b\n,\n", "header_only"),
        ("a,b,a\n1,2,3\n", "doubled_column"),
        (",\n1,2\n", "no_header"),
        ('a,b\n1,"2\n3,4\n', "unclosed_quote"),
        ('a,b\n1,"2" x\n3,4\n', "stray_quote"),
        ("a,b\r1,2\r", "line_ends"),
        (",".join(f"c{n}" for n in range(3000)) + "\n", "too_many_columns"),
        ("column," * 1_000_000 + "\n1\n", "line_too_long"),
        ("a,b\n" + "x" * 2_000_000 + ",1\n", "line_too_long"),
        ('a,b\n"' + "x,\n" * 200_000, "unclosed_quote"),
    ],
)
def test_what_is_wrong_with_the_whole_file_is_refused(put, content, code):
    assert refused(put(content)).code == code


def test_an_unclosed_quotation_mark_is_found_on_the_line_where_it_opens(put):
    content = "a,b\n" + "1,2\n" * 10 + '1,"x\n' + "1,2\n" * 5
    assert refused(put(content)).params["row"] == 12


def test_short_and_long_rows_are_refused_one_by_one_and_the_others_are_read(put):
    rows = list(read_rows(put("a,b\n1,2\n3\n4,5,6\n7,8\n")))
    assert [(row.number, row.refused and row.refused.code) for row in rows] == [
        (2, None), (3, "short_row"), (4, "long_row"), (5, None),
    ]  # fmt: skip
    assert rows[1].refused.params == {"row": 3, "found": 1, "expected": 2, "value": "3"}
    assert rows[2].refused.params["value"] == "4 | 5 | 6"


# -- encodings ------------------------------------------------------------------------------------

TEXT = "Name,Ort\nMüller,Köln\n"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8"])
def test_utf8_is_read_with_and_without_byte_order_mark(put, encoding):
    assert values(put(TEXT.encode(encoding))) == [{"Name": "Müller", "Ort": "Köln"}]
    assert values(put(TEXT.encode(encoding)), encoding="utf-8") == [{"Name": "Müller", "Ort": "Köln"}]


@pytest.mark.parametrize(
    ("written", "hint", "line", "byte"),
    [
        ("cp1252", "cp1252", 2, 11),
        ("utf-16", "utf-16", 1, 1),
        ("utf-16-le", "utf-16-le", 1, 2),
        ("utf-16-be", "utf-16-be", 1, 1),
    ],
)
def test_another_encoding_is_refused_with_its_place_and_read_when_named(put, written, hint, line, byte):
    path = put(TEXT.encode(written))
    found = refused(path)
    assert found.code == "encoding"
    assert (found.params["hint"], found.params["line"], found.params["byte"]) == (hint, line, byte)
    assert f"--encoding {hint}" in str(found)
    assert values(path, encoding=hint) == [{"Name": "Müller", "Ort": "Köln"}]
    assert values(path, form=FileForm(encoding=hint)) == [{"Name": "Müller", "Ort": "Köln"}]


def test_the_place_of_a_wrong_byte_is_right_far_into_a_file_and_after_a_mark(put):
    good = "Müller,Köln\n" * 20_000
    content = ("Name,Ort\n" + good).encode() + b"M\xfcller,K\n"
    for mark in (b"", b"\xef\xbb\xbf"):
        found = refused(put(mark + content))
        assert (found.params["line"], found.params["byte"]) == (20_002, len(mark) + content.index(b"\xfc") + 1)


def test_a_character_cut_off_at_the_end_is_refused(put):
    assert refused(put(b"a,b\n1,\xc3")).params["line"] == 2


@pytest.mark.parametrize("encoding", ["klingon", "hex", "rot13", "", "utf-8\x00"])
def test_an_unknown_encoding_is_refused(put, encoding):
    if encoding:
        assert refused(put(TEXT), encoding=encoding).code == "unknown_encoding"


@pytest.mark.parametrize("declared", ["cp1252", "latin-1", "cp850"])
def test_utf8_that_is_declared_as_something_else_is_refused_and_not_garbled(put, declared):
    path = put("a,b\n" * 20_000 + TEXT)
    found = refused(path, encoding=declared)
    assert (found.code, found.params["line"]) == ("encoding", 20_002)
    assert "--encoding utf-8" in str(found)
    assert refused(path, form=FileForm(encoding=declared)).code == "encoding"
    truly = put(TEXT.encode("latin-1" if declared == "cp1252" else declared))
    assert values(truly, encoding=declared) == [{"Name": "Müller", "Ort": "Köln"}]


def test_a_byte_order_mark_goes_before_what_is_declared(put):
    path = put(TEXT.encode("utf-8-sig"))
    assert values(path, form=FileForm(encoding="cp1252")) == [{"Name": "Müller", "Ort": "Köln"}]


def test_a_file_that_is_no_utf16_is_offered_utf8(put):
    assert refused(put("Name\nx\n"), encoding="utf-16").params["hint"] == "utf-8"
    assert refused(put("Name\nx\n".encode("utf-16-be")), encoding="utf-16").params["hint"] == "utf-16-le"


def test_utf16_without_the_mark_that_tells_its_order_is_refused(put):
    path = put("a,b\n1,2\n".encode("utf-16"))
    assert values(path, encoding="utf-16") == [{"a": "1", "b": "2"}]


# -- the file itself ------------------------------------------------------------------------------


def test_a_missing_file_a_folder_and_a_forbidden_file_are_named(tmp_path, put):
    assert refused(tmp_path / "none.csv").code == "file_not_found"
    (tmp_path / "folder.csv").mkdir()
    assert refused(tmp_path / "folder.csv").code == "not_a_file"
    path = put(TEXT)
    assert refused(path / "x.csv").code == "file_not_found"
    path.chmod(0)
    if not os.access(path, os.R_OK):
        assert refused(path).code == "no_permission"
    # An administrator may read everything; for them the answer of the system is given by hand.
    assert files.text_lines.refused_file(path, PermissionError(13, "Permission denied")).code == "no_permission"


def test_a_file_of_unknown_kind_is_refused_and_read_when_declared(put):
    path = put("a,b\n1,2\n", "export.dat")
    assert refused(path).code == "unknown_kind_of_file"
    assert values(path, form=FileForm(format="csv")) == [{"a": "1", "b": "2"}]


def test_gzip_is_unpacked_and_progress_is_told(put):
    seen = []
    path = put(gzip.compress(b"a,b\n" + b"1,2\n" * 40_000), "a.csv.gz")
    assert sum(1 for _ in read_rows(path, on_bytes=lambda done, total: seen.append((done, total)))) == 40_000
    size = path.stat().st_size
    assert seen[-1] == (size, size)
    assert seen == sorted(seen)


PACKED = gzip.compress(TEXT.encode() * 99, mtime=0)


@pytest.mark.parametrize(
    "content",
    [PACKED[:-6], PACKED[:60], b"\x1f\x8b\x08" + b"x" * 40, b"a,b\n1,2\n"],
    ids=["cut", "cut short", "no gz", "not packed"],
)
def test_a_damaged_or_unpacked_gz_file_is_refused(put, content):
    assert refused(put(content, "a.csv.gz")).code == "damaged_file"


def test_a_compression_bomb_is_stopped_with_little_memory(put, monkeypatch):
    monkeypatch.setattr(files.text_lines, "PACKED_FREELY", 4 << 20)
    bomb = gzip.compress(b"a,b\n" + (b"1," + b" " * 60_000 + b"\n") * 150, 9)
    path = put(bomb, "a.csv.gz")
    tracemalloc.start()
    with pytest.raises(Refused) as caught:
        for _ in read_rows(path):
            pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert caught.value.code == "too_large"
    assert peak < 1 << 20


def test_memory_is_the_same_for_a_file_four_times_as_large(put):
    peaks = []
    for rows in (8_000, 32_000):
        path = put("a,b\n" + "some text,some other text\n" * rows)
        tracemalloc.start()
        for _ in read_rows(path):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0] < 1 << 20


# -- Excel ----------------------------------------------------------------------------------------


NINE_FIFTEEN = datetime(2026, 3, 13, 9, 15)  # noqa: DTZ001 - Excel knows no zones


def test_excel_gives_whole_numbers_as_text_and_dates_as_iso(tmp_path):
    cells = [1001, "Müller", date(2026, 3, 13), NINE_FIFTEEN, 12.5, True, None]
    path = workbook(tmp_path / "a.xlsx", {"Tabelle1": [list("abcdefg"), cells, [None] * 7, ["x"] * 7]})
    rows = list(read_rows(path))
    assert [row.number for row in rows] == [2, 4]
    assert dict(rows[0].values) == {
        "a": "1001", "b": "Müller", "c": "2026-03-13", "d": "2026-03-13T09:15:00", "e": 12.5, "f": True, "g": "",
    }  # fmt: skip


def test_rows_are_numbered_as_excel_shows_them_also_under_a_title(tmp_path):
    rows = [[None, None], ["Bericht", None], [None, None], ["Nr", "Name"], [1, "A"]]
    path = workbook(tmp_path / "a.xlsx", {"Tabelle1": rows})
    assert [(row.number, dict(row.values)) for row in read_rows(path, form=FileForm(header_row=4))] == [
        (5, {"Nr": "1", "Name": "A"})
    ]


def test_one_filled_sheet_is_taken_and_of_several_one_must_be_named(tmp_path):
    one = workbook(tmp_path / "one.xlsx", {"Leer": [], "Daten": [["a"], ["1"]]})
    assert values(one) == [{"a": "1"}]
    two = workbook(tmp_path / "two.xlsx", {"Alt": [["a"], ["1"]], "Neu": [["a"], ["2"]]})
    assert refused(two).code == "which_sheet"
    assert values(two, form=FileForm(sheet="Neu")) == [{"a": "2"}]
    assert refused(two, form=FileForm(sheet="Nue")).code == "no_sheet"


def test_an_empty_a_damaged_and_a_misnamed_workbook_are_refused(tmp_path, put):
    assert refused(workbook(tmp_path / "a.xlsx", {"Tabelle1": []})).code == "empty_file"
    assert refused(workbook(tmp_path / "h.xlsx", {"Tabelle1": [["a"]]})).code == "header_only"
    whole = workbook(tmp_path / "b.xlsx", {"Tabelle1": [["a"], ["1"]]}).read_bytes()
    assert refused(put(whole[:-200], "c.xlsx")).code == "damaged_file"
    assert refused(put(b"no workbook", "d.xlsx")).code == "damaged_file"
    assert refused(put(whole, "e.csv")).code == "wrong_kind_of_file"
    assert refused(tmp_path / "none.xlsx").code == "file_not_found"


def test_a_workbook_that_unpacks_to_more_than_it_may_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(files.excel_rows, "LARGEST_UNPACKED", 100_000)
    path = workbook(tmp_path / "a.xlsx", {"Tabelle1": [["a"], *[["x" * 1000 + str(n)] for n in range(200)]]})
    assert refused(path).code == "too_large"


def test_a_workbook_that_lies_about_its_size_is_refused(tmp_path):
    path = workbook(tmp_path / "a.xlsx", {"Tabelle1": [["a"], ["1"]]})
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as parts:
        entry = parts.getinfo("xl/worksheets/sheet1.xml")
    # The size stands in the entry's own header and again in the directory at the end.
    true, lie = entry.file_size.to_bytes(4, "little"), (10).to_bytes(4, "little")
    assert content.count(true) >= 2
    path.write_bytes(bytes(content).replace(true, lie))
    assert refused(path).code == "damaged_file"


# -- JSON -----------------------------------------------------------------------------------------


def test_json_lines_are_rows_and_a_bad_line_does_not_hide_the_others(put):
    long = '{"a": "' + "x" * 2_000_000 + '"}'
    path = put('{"a": 1}\n\n{"a": 1, "a": 2}\n[1]\n{"a"\n{"a": 3}\n' + long + '\n{"a": 4}', "a.jsonl")
    rows = list(read_rows(path))
    assert [(row.number, row.refused.code if row.refused else row.values["a"]) for row in rows] == [
        (1, 1), (3, "duplicate_key"), (4, "wrong_type"), (5, "not_json"), (6, 3), (7, "line_too_long"), (8, 4),
    ]  # fmt: skip
    assert rows[3].refused.params["line"] == 5


def test_a_document_is_a_list_an_object_or_leads_to_one(put):
    assert values(put('[{"a": 1}, {"a": 2}]', "a.json")) == [{"a": 1}, {"a": 2}]
    assert values(put('{"a": 1}', "a.json")) == [{"a": 1}]
    nested = put('{"data": {"tickets": [{"a": 1}]}}', "a.json")
    assert values(nested, form=FileForm(rows="data.tickets")) == [{"a": 1}]
    assert refused(nested, form=FileForm(rows="data.tikets")).code == "no_rows"
    assert refused(put("[", "a.json")).code == "not_json"
    assert refused(put(" \n", "a.json")).code == "empty_file"
    assert refused(put('"a"', "a.json")).code == "wrong_type"
    mixed = list(read_rows(put('[{"a": 1}, 2]', "a.json")))
    assert [row.refused and row.refused.code for row in mixed] == [None, "wrong_type"]


def test_a_document_may_hold_its_rows_under_their_ids(put):
    document = put(json.dumps({"tickets": {f"T-{n}": {"a": n} for n in range(3_000)}}), "a.json")
    assert len(values(document, form=FileForm(rows="values(tickets)"))) == 3_000


def test_a_file_of_facts_needs_no_mapping_and_keeps_its_line_numbers(put):
    facts = [{"specversion": "1.0", "id": str(n), "data": {}, "extra": n} for n in range(3)]
    text = json.dumps(facts[0]) + "\n\n" + json.dumps(facts[1]) + "\nnonsense\n" + json.dumps(facts[2]) + "\n"
    for path in (put(text, "f.jsonl"), put(gzip.compress(text.encode()), "f.jsonl.gz")):
        found = list(read_facts(path))
        assert [each.row for each in found] == [1, 3, 4, 5]
        assert [each.envelope for each in found] == [facts[0], facts[1], None, facts[2]]
        assert found[2].refused.code == "not_json"
        assert found[2].refused.params["row"] == 4


def test_an_empty_file_of_facts_is_refused(put):
    with pytest.raises(Refused) as caught:
        list(read_facts(put("\n", "f.jsonl")))
    assert caught.value.code == "empty_file"
