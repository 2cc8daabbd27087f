"""Workbooks as offices have them: what looks like a value and is none is refused, and nothing is taken by chance."""

from __future__ import annotations

import time
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.errors import Refused
from intake import mapping
from intake.files import FileForm, read_rows
from intake.mapped import Mapped
from tests.intake.workbooks import Formula, Wrong, old_workbook, open_document, protected, workbook
from tests.notation import at

PROMISES = """
source = "excel"
zone = "Europe/Berlin"

[[fact]]
type = "promise.made"
id = "{Nr}/made"
time = "Am"
[fact.data]
promise = "Nr"
customer = "Kunde"
what = "Was"
"""
HEAD = ["Nr", "Kunde", "Am", "Was", "Notiz"]
AM = datetime(2026, 3, 2, 9)  # noqa: DTZ001 - Excel knows no zones


def read(path: Path, **form: Any) -> list[dict[str, Any]]:
    rows = list(read_rows(path, form=FileForm(**form)))
    assert [row.refused for row in rows if row.refused] == []
    return [dict(row.values) for row in rows]


def refused(path: Path, **form: Any) -> Refused:
    with pytest.raises(Refused) as caught:
        list(read_rows(path, form=FileForm(**form)))
    return caught.value


def mapped(path: Path) -> list[Mapped]:
    return list(mapping.facts_of_file(path, mapping.parse(PROMISES, "excel"), now=at("2026-03-12T09:00")))


# -- cells that show no value -----------------------------------------------------------------------


def test_a_formula_gives_its_result_and_one_without_a_result_is_refused_by_its_cell(tmp_path: Path):
    rows = [HEAD, ["A", Formula(17), AM, "x"], ["B", Formula(), AM, "x"]]
    first, second = mapped(workbook(tmp_path / "a.xlsx", {"T": rows}))
    assert first.envelope is not None
    assert first.envelope["data"]["customer"] == "17"
    assert second.refused is not None
    assert (second.refused.code, second.refused.params["row"], second.refused.params["column"]) == (
        "not_calculated", 3, "Kunde",
    )  # fmt: skip


@pytest.mark.parametrize("word", ["#REF!", "#N/A", "#DIV/0!"])
@pytest.mark.parametrize("kind", ["xlsx", "ods"])
def test_a_formula_that_went_wrong_is_refused_with_its_word_row_and_column(tmp_path: Path, word: str, kind: str):
    rows = [HEAD, ["A", Wrong(word), date(2026, 3, 2), "x"], ["B", "K", date(2026, 3, 2), "x"]]
    path = tmp_path / f"a.{kind}"
    workbook(path, {"T": rows}) if kind == "xlsx" else open_document(path, "T", rows)
    wrong, right = mapped(path)
    assert wrong.refused is not None
    assert (wrong.refused.code, wrong.refused.params["row"]) == ("formula_error", 2)
    assert (wrong.refused.params["column"], wrong.refused.params["value"]) == ("Kunde", word)
    assert right.refused is None


@pytest.mark.parametrize("word", ["#BEZUG!", "#NV", "#WERT!"])
def test_the_same_word_in_a_csv_file_is_refused_too(tmp_path: Path, word: str):
    path = tmp_path / "a.csv"
    path.write_text(f"{','.join(HEAD)}\nA,{word},2026-03-02,x,\n", encoding="utf-8")
    assert mapped(path)[0].refused is not None
    assert mapped(path)[0].refused.code == "formula_error"  # type: ignore[union-attr]


def test_in_a_column_that_nobody_reads_such_a_cell_does_no_harm(tmp_path: Path):
    rows = [HEAD, ["A", "K", AM, "x", Wrong("#REF!")], ["B", "K", AM, "x", Formula()]]
    assert [each.refused for each in mapped(workbook(tmp_path / "a.xlsx", {"T": rows}))] == [None, None]


def test_merged_cells_are_refused_where_they_only_look_filled(tmp_path: Path):
    rows = [HEAD, ["A", "K", AM, "x"], ["B", None, AM, "x"], ["C", None, AM, "x"], [None] * 5, ["D", "L", AM, "x"]]
    found = mapped(workbook(tmp_path / "a.xlsx", {"T": rows}, merged={"T": "B2:B5"}))
    assert [each.refused and each.refused.code for each in found] == [None, "merged_cells", "merged_cells", None]
    assert found[1].refused is not None
    assert (found[1].refused.params["row"], found[1].refused.params["column"]) == (3, "Kunde")


def test_merged_cells_above_the_header_and_empty_ones_are_no_mistake(tmp_path: Path):
    title = [["Bericht", None, None], ["a", "b", "c"], [None, None, "1"]]
    path = workbook(tmp_path / "a.xlsx", {"T": title}, merged={"T": "A1:C1"})
    assert read(path, header_row=2) == [{"a": "", "b": "", "c": "1"}]
    empty = workbook(tmp_path / "b.xlsx", {"T": title[1:]}, merged={"T": "A2:B2"})
    assert read(empty) == [{"a": "", "b": "", "c": "1"}]


# -- dates and numbers ------------------------------------------------------------------------------


def test_days_counted_from_1904_are_the_days_that_excel_shows(tmp_path: Path):
    # 44,621 days after 1 January 1904; counted from 1900 it would be four years earlier.
    days = (date(2026, 3, 2) - date(1904, 1, 1)).days
    shown_from_1900 = date.fromordinal(date(1899, 12, 30).toordinal() + days)
    path = workbook(tmp_path / "a.xlsx", {"T": [["Am"], [shown_from_1900]]}, from_1904=True)
    assert read(path) == [{"Am": "2026-03-02"}]


def test_numbers_are_texts_without_a_point_and_what_is_stored_as_text_stays(tmp_path: Path):
    path = workbook(tmp_path / "a.xlsx", {"T": [["Nr"], ["00123"], [123], [1e15], [0.5]]})
    assert [row["Nr"] for row in read(path)] == ["00123", "123", 1e15, 0.5]


def test_a_number_that_lost_its_zeros_gets_them_back_where_the_mapping_says_so(tmp_path: Path):
    said = PROMISES.replace('customer = "Kunde"', 'customer = "zeros(Kunde, `5`)"')
    path = workbook(tmp_path / "a.xlsx", {"T": [HEAD, ["A", 123, AM, "x"], ["B", "00123", AM, "x"]]})
    found = mapping.facts_of_file(path, mapping.parse(said, "excel"), now=at("2026-03-12T09:00"))
    assert [each.envelope and each.envelope["data"]["customer"] for each in found] == ["00123", "00123"]


# -- sheets -----------------------------------------------------------------------------------------


def test_a_hidden_sheet_is_never_taken_by_chance(tmp_path: Path):
    sheets = {"Listen": [["a"], ["1"]], "Daten": [["a"], ["2"]]}
    path = workbook(tmp_path / "a.xlsx", sheets, hidden=["Listen"])
    found = refused(path)
    assert found.code == "which_sheet"
    assert found.params["first"] == "Daten", "what can be seen is offered first"
    assert "Listen" in found.params["sheets"]
    assert read(path, sheet="Daten") == [{"a": "2"}]
    only = workbook(tmp_path / "b.xlsx", {"Listen": [["a"], ["1"]], "Leer": []}, hidden=["Listen"])
    assert refused(only).code == "which_sheet"
    assert read(only, sheet="Listen") == [{"a": "1"}]


def test_empty_rows_at_the_end_are_no_rows(tmp_path: Path):
    assert read(workbook(tmp_path / "a.xlsx", {"T": [["a"], ["1"], *[[""]] * 50]})) == [{"a": "1"}]
    assert read(open_document(tmp_path / "a.ods", "T", [["a"], ["1"]])) == [{"a": "1"}]


@pytest.mark.parametrize("stray", ["XFD1048576", "A1048576", "XFD700"])
def test_a_stray_cell_at_the_far_corner_is_refused_before_room_is_made_for_all_between(tmp_path: Path, stray: str):
    rows = [["a"] * 1, *[["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11"]]]
    path = workbook(tmp_path / "a.xlsx", {"Daten": rows, "Andere": [["a"], ["1"]]}, stray={"Daten": stray})
    found = refused(path, sheet="Daten")
    assert found.code == "too_large"
    assert stray.lstrip("AXFD") in found.params["cell"]
    assert read(path, sheet="Andere") == [{"a": "1"}]


# -- kinds of files ---------------------------------------------------------------------------------


def test_the_old_excel_and_libreoffice_are_read(tmp_path: Path):
    rows = [["Nr", "Name", "Betrag"], ["00123", "Müller", 12.5], [7, "x", 3]]
    expected = [{"Nr": "00123", "Name": "Müller", "Betrag": 12.5}, {"Nr": "7", "Name": "x", "Betrag": "3"}]
    assert read(old_workbook(tmp_path / "a.xls", "T", rows)) == expected
    assert read(open_document(tmp_path / "a.ods", "T", rows)) == expected
    dated = open_document(tmp_path / "b.ods", "T", [["Am"], [date(2026, 3, 2)]])
    assert read(dated) == [{"Am": "2026-03-02"}]


def test_a_workbook_with_a_password_and_a_binary_one_are_refused_with_the_next_step(tmp_path: Path):
    assert refused(protected(tmp_path / "a.xlsx")).code == "password"
    assert refused(old_workbook(tmp_path / "b.xls", "T", [["a"], ["1"]], password=True)).code == "password"
    with zipfile.ZipFile(tmp_path / "c.xlsx", "w") as parts:
        parts.writestr("xl/workbook.bin", b"x")
    found = refused(tmp_path / "c.xlsx")
    assert found.code == "wrong_kind_of_file"
    assert "Please save it as .xlsx" in str(found)
    assert refused(tmp_path / "d.xlsb").code == "unknown_kind_of_file"


def test_looking_at_a_workbook_costs_little_also_where_it_was_made_to_cost_much(tmp_path: Path):
    path = workbook(tmp_path / "a.xlsx", {"T": [["a"], ["1"]]})
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as parts:
        parts.writestr("xl/worksheets/sheet9.xml", "<c " * 1_000_000)
        parts.writestr("xl/more.xml", "</f>" + " " * 4_000_000)
    began = time.monotonic()
    assert read(path) == [{"a": "1"}]
    assert time.monotonic() - began < 5
