"""The docs about mappings are true: the worked example gives what it shows, and no key or function is left out."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from domain.vocabulary import parse
from intake import functions, mapping
from intake.changes import BECOMES
from intake.files import ENDINGS, FileForm
from intake.mapping_document import ChangeRule, FactRule, FetchRule, FieldRule, LookupRule, MappingDocument, RowsRule

ROOT = Path(__file__).resolve().parents[2]
HOW_TO = (ROOT / "docs" / "how-to" / "import-an-export.md").read_text(encoding="utf-8")
REFERENCE = (ROOT / "docs" / "reference" / "mappings.md").read_text(encoding="utf-8")
NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)


def section(title: str) -> str:
    found = re.search(rf"^## {re.escape(title)}\n(.*?)(?=^## |\Z)", REFERENCE, re.MULTILINE | re.DOTALL)
    assert found, f"the reference has no section {title}"
    return found[1]


def first_column(text: str) -> set[str]:
    """Everything between backticks in the first column of the tables."""
    cells = (line.split("|")[1] for line in text.splitlines() if line.startswith("|"))
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


@pytest.mark.parametrize(
    ("title", "model"),
    [
        ("At the top", MappingDocument),
        ("`[file]`", FileForm),
        ("`[rows]`", RowsRule),
        ("`[lookup.NAME]`", LookupRule),
        ("`[fetch.NAME]`", FetchRule),
        ("`[[fact]]`", FactRule),
        ("A field", FieldRule),
        ("`[fact.on_change]`", ChangeRule),
    ],
)
def test_every_key_that_a_mapping_may_have_is_in_the_reference_and_no_other(title, model):
    assert first_column(section(title)) == set(model.model_fields)


def test_every_function_is_in_the_reference_and_no_other():
    named = {call.split("(")[0] for call in first_column(section("Functions"))}
    assert named == set(functions.ARGUMENTS)


def test_what_a_change_may_become_and_every_ending_is_in_the_reference():
    for kinds in BECOMES.values():
        for kind in kinds:
            assert f'"{kind}"' in section("`[fact.on_change]`")
    for ending in ENDINGS:
        assert ending in section("`[file]`")
    for key in ("true_values", "false_values"):
        assert json.dumps(MappingDocument.model_fields[key].default) in section("At the top")


def blocks(mark: str) -> list[tuple[str, str]]:
    """What stands behind a mark in the how-to, and the code under it."""
    return re.findall(rf"<!-- {mark}:? ?([^\n]*?) ?-->\n```\w+\n(.*?)```", HOW_TO, re.DOTALL)


def test_the_worked_example_gives_the_facts_that_it_shows(tmp_path):
    for header, content in blocks("file"):
        name, encoding = header.split(", ")
        (tmp_path / name).write_bytes(content.encode(encoding))
    found = list(mapping.facts_of_file(tmp_path / "auftraege.csv", mapping.load(tmp_path / "auftraege.toml"), now=NOW))
    ((_, shown),) = blocks("facts")
    assert [each.envelope for each in found] == [json.loads(line) for line in shown.splitlines()]
    for each in found:
        parse(each.envelope, now=NOW)
    assert (len(found), len({each.row for each in found})) == (6, 4), "six from four rows"
    assert {each.on_change is not None for each in found if each.envelope["type"] == "promise.made"} == {True}


def test_the_steps_of_the_worked_example_are_the_parts_of_the_whole(tmp_path):
    whole = dict(blocks("file"))["auftraege.toml, utf-8"]
    steps = HOW_TO[: HOW_TO.index("## The whole mapping")]
    for part in re.findall(r"```toml\n(.*?)```", steps, re.DOTALL):
        for line in part.splitlines():
            assert line in whole.splitlines(), line


def test_without_the_declared_encoding_the_example_is_refused_as_the_page_says(tmp_path):
    path = tmp_path / "auftraege.csv"
    path.write_bytes(dict(blocks("file"))["auftraege.csv, cp1252"].encode("cp1252"))
    text = dict(blocks("file"))["auftraege.toml, utf-8"].replace('encoding = "cp1252"', "")
    with pytest.raises(mapping.Refused) as caught:
        list(mapping.facts_of_file(path, mapping.parse(text, "x"), now=NOW))
    assert "this is not UTF-8" in str(caught.value)
    assert list(mapping.facts_of_file(path, mapping.parse(text, "x"), now=NOW, encoding="cp1252"))


def test_every_other_mapping_on_the_page_reads_the_columns_named_there(tmp_path):
    found = blocks("mapping, columns")
    assert len(found) == 3
    for columns, text in found:
        built = mapping.parse(text, "x")
        named, _, other = columns.partition(";")
        assert built.columns <= set(named.split())
        for lookup in built.lookups:
            assert f"{lookup.file}: {lookup.key}" in other


def test_the_helpdesk_example_makes_a_fact_of_every_change(tmp_path):
    (text,) = [text for columns, text in blocks("mapping, columns") if columns.startswith("Fall")]
    path = tmp_path / "verlauf.csv"
    path.write_text(
        "Fall,Kunde,Geändert,Status,Bearbeiter\n"
        "7,K,02.03.2026 09:00,neu,ines\n7,K,02.03.2026 11:00,wartet auf Kunde,lutz\n"
        "7,K,01.03.2026 08:00,angelegt,ines\n7,K,03.03.2026 09:00,offen,lutz\n",
        encoding="utf-8",
    )
    found = [each.envelope for each in mapping.facts_of_file(path, mapping.parse(text, "x"), now=NOW)]
    assert [(each["id"], each["time"][:13]) for each in found] == [
        ("7/made", "2026-03-01T07"), ("7/assigned/1", "2026-03-02T10"),
        ("7/paused/1", "2026-03-02T10"), ("7/resumed/1", "2026-03-03T08"),
    ]  # fmt: skip
    for each in found:
        parse(each, now=NOW)


@pytest.mark.parametrize("name", ["promises_csv", "customers_csv", "activities_csv", "appointments_csv", "tickets_csv"])
def test_the_columns_of_the_shipped_mappings_are_on_the_page(name):
    line = next(line for line in HOW_TO.splitlines() if line.startswith(f"| `{name}`"))
    columns = line.split("`")[3].split(";")
    assert set(columns) == mapping.load(name).columns
    assert f"#   {';'.join(columns)}\n" in (mapping.SHIPPED / f"{name}.toml").read_text(encoding="utf-8")


def test_every_shipped_connector_is_on_a_page():
    connect = (ROOT / "docs" / "how-to" / "connect-a-crm.md").read_text(encoding="utf-8")
    assert [name for name in mapping.names() if f"`{name}`" not in connect + HOW_TO] == []
