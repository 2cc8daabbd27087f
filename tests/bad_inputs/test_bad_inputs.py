"""Every row of "Bad inputs" over HTTP, by files and on the command line: the answer as written, nothing half done,
nobody's words in a log, on files and on PostgreSQL."""

from __future__ import annotations

import csv
import io
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import structlog

from tests.api.serving import Answer as HttpAnswer
from tests.api.serving import Api, serving
from tests.bad_inputs import cases
from tests.bad_inputs.cases import BODIES, CANARY, COMMANDS, ELSEWHERE, FACTS, FILES, HARMLESS, NUMBERS, ROWS
from tests.cli.home import NOW, Konto
from tests.homes import Home, open_at
from tests.intake.workbooks import workbook
from tests.notation import at
from tests.stores import ENGINES, lasting_folder
from wiring import logs
from wiring.settings import LogSettings

ROOT = Path(__file__).parents[2]
LANGS = ("en", "de")
"""Both on files; on PostgreSQL, where the same code speaks, the first."""
SHOWN_AT_ONCE = 45
"""Facts in one file: `konto import` lists 50 mistakes."""


@dataclass
class Doors:
    """One home, served over HTTP and used on the command line at the same time."""

    home: Home
    api: Api
    konto: Konto
    key: str
    log: io.StringIO
    folder: Path
    before: int
    langs: Sequence[str]

    def said(self, says: tuple[str, str]) -> Iterator[tuple[str, str]]:
        return zip(self.langs, says, strict=False)

    def post(self, body: object, lang: str, **more: Any) -> HttpAnswer:
        headers = {"Accept-Language": lang, **more.pop("headers", {})}
        key = self.key if more.pop("with_key", True) else None
        return self.api.ask("POST", more.pop("path", "/facts"), body, key=key, headers=headers)

    def nothing_happened(self) -> bool:
        waiting = self.home.konto.log.parked()
        return (self.home.konto.log.head(), waiting) == (self.before, [])


@pytest.fixture(scope="module", params=ENGINES)
def doors(request: pytest.FixtureRequest) -> Iterator[Doors]:
    folder = lasting_folder(request.param, "bad_inputs", request)
    home = open_at(folder)
    home.clock.now = at("2026-03-12T09:00")
    log = io.StringIO()
    handlers = list(logging.getLogger().handlers)
    logs.configure(LogSettings(format="json"), log)
    try:
        with serving(home) as api:
            api_key = api.key("facts:write")
            konto = Konto(folder, now=NOW)
            for each in cases.BEFORE:
                assert api.ask("POST", "/facts", each, key=api_key).status == 201
            files = request.getfixturevalue("tmp_path_factory").mktemp("files")
            (files / "dir.jsonl").mkdir()
            (files / "a.csv").write_text("a;b\n1;2\n", encoding="utf-8")
            home.konto.catch_up()
            yield Doors(
                home,
                api,
                konto,
                api_key,
                log,
                files,
                home.konto.log.head(),
                LANGS[:2] if request.param == "sqlite" else LANGS[:1],
            )
    finally:
        logging.getLogger().handlers = handlers
        structlog.reset_defaults()
        home.close()


# -- refused ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", FACTS, ids=lambda case: f"{case.row}: {case.name}")
def test_a_bad_fact_over_http_is_answered_with_status_code_path_and_words(doors: Doors, case: cases.Case):
    for lang, says in doors.said(case.says):
        answer = doors.post(case.text.encode(), lang)
        assert answer.status == case.status, answer.text
        found = next((each for each in answer.json["errors"] if each["code"] == case.code), None)
        assert found is not None, answer.json["errors"]
        assert found["path"] == case.path
        assert says in found["message"]
        assert "Traceback" not in answer.text
    assert doors.nothing_happened()


def test_bad_facts_in_a_file_are_each_listed_with_row_column_and_hint_and_keep_the_good_one_out(doors: Doors):
    good = cases.fact({"promise": "P-good"}, id="good/1")
    for start in range(0, len(FACTS), SHOWN_AT_ONCE):
        some = FACTS[start : start + SHOWN_AT_ONCE]
        file = doors.folder / f"facts-{start}.jsonl"
        file.write_text("\n".join([good, *(case.text for case in some)]) + "\n", encoding="utf-8")
        for n, lang in enumerate(doors.langs):
            answer = doors.konto("import", str(file), "--json", "--lang", lang, code=2)
            assert (answer.json["recorded"], answer.json["refused"]) == (0, len(some))
            listed = {error["row"]: error for error in reversed(answer.json["errors"])}
            for row, case in enumerate(some, start=2):
                error = listed[row]
                assert (error["code"], error["column"] or "") == (case.code, case.path), case.name
                assert case.says[n] in error["hint"], (case.name, error["hint"])
            assert "Traceback" not in answer.err
        assert doors.nothing_happened()


def test_bad_facts_in_our_own_table_are_refused_with_their_column(doors: Doors):
    from intake import exported

    rows = [exported.columns(), exported.row(json.loads(cases.fact({"due": "2026-02-30"})))]
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    file = doors.folder / "export.csv"
    file.write_text(text.getvalue(), encoding="utf-8")
    (error,) = doors.konto("import", str(file), "--json", code=2).json["errors"]
    assert (error["row"], error["column"], error["code"]) == (2, "data.due", "nonexistent_date")
    assert doors.nothing_happened()


@pytest.mark.parametrize("case", BODIES, ids=lambda case: f"{case.row}: {case.name}")
def test_a_bad_body_is_answered_with_status_code_and_words(doors: Doors, case: cases.Body):
    for lang, says in doors.said(case.says):
        answer = doors.post(case.body, lang, headers=case.headers, path=case.path, with_key=case.with_key)
        assert answer.status == case.status, answer.text[:500]
        assert case.code in {each["code"] for each in answer.json["errors"]}
        assert any(says in each["message"] for each in answer.json["errors"]), answer.text[:500]
    assert doors.nothing_happened()


@pytest.mark.parametrize("case", FILES, ids=lambda case: f"{case.row}: {case.name}")
def test_a_bad_file_is_refused_with_row_column_value_and_hint_and_nothing_of_it_is_recorded(
    doors: Doors, case: cases.File
):
    file = doors.folder / case.file
    file.write_bytes(case.content)
    for lang, says in doors.said(case.says):
        answer = doors.konto("import", str(file), *case.options, "--json", "--lang", lang, code=2)
        assert answer.json["recorded"] == 0
        first = answer.json["errors"][0]
        assert first["code"] == case.code, first
        row, column, value = case.at
        assert (first["row"], first["column"]) == (row, column)
        assert value is None or str(first["value"]) == value
        assert says in first["hint"], first["hint"]
        assert "Traceback" not in answer.err
        assert says.splitlines()[0] in answer.err
    file.unlink()
    assert doors.nothing_happened()


@pytest.mark.parametrize(("signs", "cell", "hint"), NUMBERS)
def test_a_number_that_is_not_written_as_declared_is_refused_with_what_to_declare(
    doors: Doors, signs: str, cell: str, hint: str
):
    (doors.folder / "m.toml").write_text(cases.AMOUNTS.format(signs=signs), encoding="utf-8")
    file = doors.folder / "preise.csv"
    file.write_text(f'Nr,Am,Preis\n1,2026-03-02T09:00,"{cell}"\n', encoding="utf-8")
    answer = doors.konto("import", str(file), "--mapping", str(doors.folder / "m.toml"), "--json", code=2)
    (error,) = answer.json["errors"]
    assert (error["row"], error["column"], error["value"], error["code"]) == (2, "Preis", cell, "not_a_number")
    assert hint in error["hint"]
    assert doors.nothing_happened()


def test_a_bad_row_of_a_workbook_is_named_as_excel_shows_it(doors: Doors):
    head = cases.HEAD.split(";")
    row = ["A-2", "K-17", CANARY, "Lieferung", date(2026, 2, 3), 44927]
    file = workbook(doors.folder / "a.xlsx", {"Tabelle1": [head, [*row[:5], date(2026, 2, 10)], [None], row]})
    (error,) = doors.konto("import", str(file), "--mapping", "promises_csv", "--json", code=2).json["errors"]
    assert (error["row"], error["column"], error["value"]) == (4, "Zugesagt bis", "44927")
    assert doors.nothing_happened()


@pytest.mark.parametrize("case", COMMANDS, ids=lambda case: case.name)
def test_a_mistake_on_the_command_line_is_one_line_with_the_next_step(doors: Doors, case: cases.Command):
    arguments = [each.format(folder=doors.folder) for each in case.arguments]
    for lang, says in doors.said(case.says):
        konto = Konto(doors.konto.home, now=NOW, environment={"KONTO_LANGUAGE": lang})
        answer = konto(*arguments, code=case.code)
        assert len(answer.err.strip().splitlines()) == 1, answer.err
        assert says in answer.err
        assert "\x1b" not in answer.err
        assert not answer.out or arguments[0] == "import", "which says how many facts it has read"
    assert doors.nothing_happened()


def test_nobody_s_words_are_in_the_log_and_no_trace_of_a_mistake(doors: Doors):
    for case in (*FACTS[:5], *FACTS[-5:]):
        doors.post(case.text.encode(), "de")
    assert CANARY not in doors.log.getvalue()
    assert "Traceback" not in doors.log.getvalue()
    assert '"mistake"' not in doors.log.getvalue()


# -- taken ------------------------------------------------------------------------------------------------


def test_words_that_look_like_commands_are_stored_and_given_out_as_they_are_by_every_door(doors: Doors, tmp_path: Path):
    """The last of this module: it records."""
    texts = [text for _, text in HARMLESS]
    made = [json.loads(cases.fact({"what": text, "promise": f"H-{n}"}, id=f"h/{n}")) for n, text in enumerate(texts)]
    half = len(made) // 2
    assert [each["status"] for each in doors.post(made[:half], "de").json] == ["recorded"] * half
    file = tmp_path / "facts.jsonl"
    file.write_text("".join(json.dumps(each) + "\n" for each in made[half:]), encoding="utf-8")
    assert doors.konto("import", str(file), "--json").json["recorded"] == len(made) - half
    rows = {row["promise"]: row["what"] for row in doors.konto("promises", "--json").json}
    assert [rows[f"H-{n}"] for n in range(len(texts))] == texts
    out = doors.konto("export", "--format", "csv").out
    cells = [cell for row in csv.reader(io.StringIO(out)) for cell in row]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t"))]
    again = tmp_path / "export.csv"
    again.write_text(out, encoding="utf-8")
    other = Konto(tmp_path / "other", now=NOW)
    assert other("import", str(again), "--json").json["refused"] == 0
    assert {row["promise"]: row["what"] for row in other("promises", "--json").json} == rows
    assert not [text for text in texts if text in doors.log.getvalue()]


def test_a_fact_that_belongs_to_something_unknown_is_parked_and_a_repeat_is_known(doors: Doors):
    alone = json.loads(cases.fact({"promise": "P-404"}, cases.DONE, id="done/404"))
    assert (doors.post(alone, "de").status, doors.post(alone, "de").status) == (202, 200)
    assert doors.post(cases.BEFORE[0], "de").status == 200
    assert doors.post(b"\xef\xbb\xbf" + json.dumps(cases.BEFORE[0]).encode(), "de").status == 200


# -- the table itself -------------------------------------------------------------------------------------


def test_every_row_has_cases_or_names_the_tests_that_hold_them():
    with_cases = {case.row for case in (*FACTS, *BODIES, *FILES, *COMMANDS)} | {row for row, _ in HARMLESS}
    assert with_cases | set(ELSEWHERE) == set(ROWS)
    for named in (each for tests in ELSEWHERE.values() for each in tests):
        file, _, test = named.partition("::")
        text = (ROOT / file).read_text(encoding="utf-8")
        assert f"def {test}(" in text or not test, named
    names = [(type(case), case.row, case.name) for case in (*FACTS, *BODIES, *FILES, *COMMANDS)]
    assert len(names) == len(set(names))
