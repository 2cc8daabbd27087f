"""Every bad input that the product promises an answer to, and the answer: what goes in, code, place, and the words.

The rows are those of docs/reference/promises.md, "Bad inputs". What is shown elsewhere is named at the end.
"""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

CANARY = "Geheimratsecke"
"""Somebody's words: shown to whoever sent them, never in a log."""

Door = Literal["api", "jsonl"]
BOTH: tuple[Door, ...] = ("api", "jsonl")

ROWS = (
    "encodings", "forbidden characters", "strict models", "nesting and size", "times", "histories", "repeats",
    "tables", "formulas", "injected text", "keys", "another owner", "webhooks", "commands", "settings",
)  # fmt: skip

GOOD: dict[str, Any] = {
    "specversion": "1.0",
    "source": "crm",
    "id": "bad/1",
    "type": "promise.made",
    "time": "2026-03-02T09:00:00+01:00",
    "data": {"promise": "P-9", "customer": "K-17", "what": CANARY, "due": "2026-03-20"},
}
DONE: dict[str, Any] = {**GOOD, "id": "done/9", "type": "promise.fulfilled", "time": "2026-03-10T09:00:00+01:00",
                        "data": {"promise": "P-1"}}  # fmt: skip
BEFORE: tuple[dict[str, Any], ...] = (
    {**GOOD, "id": "made/1", "data": {**GOOD["data"], "promise": "P-1"}},
    {**DONE, "id": "done/1"},
)
"""What the home has heard before any case."""


def fact(data: Mapping[str, Any] | None = None, of: Mapping[str, Any] = GOOD, **changes: Any) -> str:
    """A fact as text, with changes in the envelope and in its data."""
    changed = {**copy.deepcopy(dict(of)), **changes}
    changed["data"] = {**changed["data"], **(data or {})}
    return json.dumps(changed, ensure_ascii=False)


@dataclass(frozen=True)
class Case:
    """One fact as text; `says`: what the English and the German sentence hold."""

    row: str
    name: str
    text: str
    status: int
    code: str
    path: str
    says: tuple[str, str]
    doors: tuple[Door, ...] = BOTH


@dataclass(frozen=True)
class Body:
    """What only an HTTP request can hold."""

    row: str
    name: str
    body: bytes
    status: int
    code: str
    says: tuple[str, str]
    headers: Mapping[str, str] = field(default_factory=dict)
    path: str = "/facts"
    with_key: bool = True


@dataclass(frozen=True)
class File:
    """A file for `konto import`; `at`: row, column and value of the first mistake that is listed."""

    row: str
    name: str
    content: bytes
    code: str
    at: tuple[int | None, str | None, str | None]
    says: tuple[str, str]
    file: str = "zusagen.csv"
    options: Sequence[str] = ("--mapping", "promises_csv")


@dataclass(frozen=True)
class Command:
    """A command line; {folder} is a folder with files of the test."""

    row: str
    name: str
    arguments: Sequence[str]
    says: tuple[str, str]
    code: int = 2


def strange(name: str, char: str) -> Case:
    point = f"U+{ord(char):04X}"
    return Case("forbidden characters", name, fact({"what": f"{CANARY}{char}x"}), 422, "forbidden_character",
                "data.what", (point, point))  # fmt: skip


def unseen(name: str, text: str) -> Case:
    return Case("forbidden characters", name, fact({"customer": text}), 422, "forbidden_character",
                "data.customer", ("invisible characters only", "nur aus unsichtbaren Zeichen"))  # fmt: skip


def due(name: str, value: Any, code: str, says: tuple[str, str], **changes: Any) -> Case:
    return Case("times", name, fact({"due": value}, **changes), 422, code, "data.due", says)


def time(name: str, value: Any, code: str, says: tuple[str, str]) -> Case:
    return Case("times", name, fact(time=value), 422, code, "time", says)


FEEDBACK = {**GOOD, "id": "said/1", "type": "feedback.given", "data": {"customer": "K-17", "score": 5}}

FACTS: tuple[Case, ...] = (
    Case("encodings", "half a character", fact().replace(CANARY, "a\\ud800"), 400, "encoding", "data.what",
         ("half a character (U+D800)", "halbes Zeichen (U+D800)")),
    strange("NUL", "\0"),
    strange("a bell", "\a"),
    strange("an escape", "\x1b"),
    strange("a direction override", "\u202e"),
    strange("a direction isolate", "\u2066"),
    strange("a line feed in a name", "\n"),
    strange("a carriage return in a name", "\r"),
    strange("a line separator", "\u2028"),
    unseen("zero width spaces", "\u200b\u200b"),
    unseen("a Hangul filler", "\u3164"),
    unseen("a braille blank", "\u2800"),
    Case("forbidden characters", "NUL in a longer text", fact({"plan_b": f"{CANARY}\0"}), 422, "forbidden_character",
         "data.plan_b", ("U+0000", "U+0000")),
    Case("strict models", "a key twice", fact()[:-1] + ', "id": "x"}', 422, "duplicate_key", "id",
         ("stands here twice", "steht hier zweimal")),
    Case("strict models", "a key of the data twice", fact().replace('"due"', '"what": "b", "due"'), 422,
         "duplicate_key", "data.what", ("stands here twice", "steht hier zweimal")),
    Case("strict models", "an unknown field", fact(farbe=1), 422, "unknown_field", "farbe",
         ("spelling", "Schreibweise")),
    Case("strict models", "an unknown field of the data", fact({"farbe": CANARY}), 422, "unknown_field", "data.farbe",
         ("spelling", "Schreibweise")),
    Case("strict models", "a list for a text", fact({"what": [CANARY]}), 422, "wrong_type", "data.what",
         ("Text is needed here", "Hier gehört Text hin")),
    Case("strict models", "a number for an id", fact(id=5), 422, "wrong_type", "id", ("not 5", "nicht 5")),
    Case("strict models", "the text 5 for the number 5", fact({"score": "5"}, FEEDBACK), 422, "wrong_type",
         "data.score", ("A number is needed here, not '5'", "Hier gehört eine Zahl hin, nicht '5'")),
    Case("strict models", "1 for true", fact({"internal": 1}), 422, "wrong_type", "data.internal",
         ("not 1", "nicht 1")),
    Case("strict models", "NaN", fact({"amount": float("nan")}), 422, "not_a_number", "data.amount",
         ("NaN is no number", "NaN ist keine Zahl")),
    Case("strict models", "infinity", fact({"amount": float("inf")}), 422, "not_a_number", "data.amount",
         ("Infinity is no number", "Infinity ist keine Zahl")),
    Case("strict models", "1e400", fact({"amount": 0}).replace(": 0}", ": 1e400}"), 422, "out_of_range",
         "data.amount", ("1e400 is too large", "1e400 ist als Zahl zu groß")),
    Case("strict models", "2 to the 63rd", fact(sequence=2**63), 422, "out_of_range", "sequence",
         ("9223372036854775808 is too large", "9223372036854775808 ist als Zahl zu groß")),
    Case("strict models", "an unknown type", fact(type="promise.mad"), 422, "unknown_type", "type",
         ("There is no fact of type “promise.mad”", "„promise.mad“ gibt es nicht")),
    Case("strict models", "a needed field left out", fact(of={**GOOD, "data": {"promise": "P"}}), 422, "missing",
         "data.customer", ("This field is needed", "Dieses Feld wird gebraucht")),
    Case("nesting and size", "101 brackets in each other", fact().replace(f'"{CANARY}"', "[" * 101 + "]" * 101), 400,
         "too_deep", "", ("nested more than 64 deep", "64-fach verschachtelt")),
    Case("nesting and size", "a name of 1,000 characters", fact({"what": "x" * 1000}), 422, "too_long", "data.what",
         ("at most 500", "höchstens 500")),
    Case("nesting and size", "3,000 fields", fact({f"f{n}": n for n in range(3_000)}), 422, "too_many_fields", "data",
         ("There are 3004 fields", "Hier stehen 3004 Felder")),
    time("a time without an offset", "2026-03-02T09:00:00", "zone_missing", ("in which zone", "in welcher Zeitzone")),
    time("a Unix time", 1772438400, "wrong_type", ("not as 1772438400", "nicht als 1772438400")),
    time("a Unix time as text", "1772438400", "not_a_time", ("is no time", "ist kein Zeitpunkt")),
    time("the year 1", "0001-01-01T00:00:00Z", "out_of_range", ("1900 to 2199", "1900 bis 2199")),
    time("the year 9999", "9999-12-31T00:00:00Z", "out_of_range", ("1900 to 2199", "1900 bis 2199")),
    time("tomorrow", "2026-03-13T09:00:00+01:00", "in_the_future", ("lies in the future", "liegt in der Zukunft")),
    due("30 February", "2026-02-30", "nonexistent_date",
        ("does not exist in the calendar", "gibt es im Kalender nicht")),
    due("24:00", "2026-03-20T24:00:00+01:00", "out_of_range", ("outside what a clock shows", "was eine Uhr zeigt")),
    due("an hour that was left out", "2026-03-29T02:30:00", "nonexistent_local_time",
        ("the clocks went forward", "vorgestellt"), zone="Europe/Berlin"),
    due("an hour that came twice", "2026-10-25T02:30:00", "ambiguous_local_time",
        ("2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00",
         "2026-10-25T02:30:00+02:00 oder 2026-10-25T02:30:00+01:00"), zone="Europe/Berlin"),
    due("that hour without a zone", "2026-10-25T02:30:00", "zone_missing", ("in which zone", "in welcher Zeitzone")),
    Case("histories", "due before made", fact({"due": "2026-03-01"}), 409, "rule", "",
         ("lies before the promise was made: promise.made bad/1",
          "bevor die Zusage gegeben wurde: promise.made bad/1")),
    Case("histories", "fulfilled before made", fact(of=DONE, time="2026-03-01T09:00:00+01:00"), 409, "rule", "",
         ("before the promise was made: promise.made made/1", "bevor die Zusage gegeben wurde: promise.made made/1")),
    Case("histories", "fulfilled twice", fact(of=DONE), 409, "rule", "",
         ("already settled: promise.fulfilled done/1", "schon erledigt: promise.fulfilled done/1")),
    Case("histories", "less than nothing fulfilled", fact({"degree": -1}, DONE), 422, "out_of_range", "data.degree",
         ("too small", "zu klein")),
    Case("histories", "a score off its scale", fact({"score": 9}, FEEDBACK), 422, "off_scale", "data.score",
         ("off its scale", "nicht auf der Skala")),
    Case("repeats", "the same key with other content", fact({"what": "anders"}, BEFORE[0]), 409, "other_content", "",
         ("different: data.what", "verschieden: data.what")),
)  # fmt: skip

TEXT = json.dumps(GOOD, ensure_ascii=False)
UMLAUT = TEXT.replace(CANARY, "Müller")

BODIES: tuple[Body, ...] = (
    Body("encodings", "cp1252", UMLAUT.encode("cp1252"), 400, "encoding", ("Line 1, byte", "Zeile 1, Byte")),
    Body("encodings", "a broken byte in line 2", b'{"id":\n"\xff"}', 400, "encoding",
         ("Line 2, byte 9", "Zeile 2, Byte 9")),
    Body("encodings", "UTF-16", UMLAUT.encode("utf-16"), 400, "encoding", ("Line 1, byte 1", "Zeile 1, Byte 1")),
    Body("encodings", "UTF-16 without a mark", UMLAUT.encode("utf-16-le"), 400, "encoding",
         ("Line 1, byte 2", "Zeile 1, Byte 2")),
    Body("strict models", "nothing at all", b"", 400, "not_json", ("This is no JSON", "Das ist kein JSON")),
    Body("strict models", "half of it", TEXT.encode()[:50], 400, "not_json", ("This is no JSON", "Das ist kein JSON")),
    Body("strict models", "a number", b"7", 422, "wrong_type", ("A fact is an object", "Eine Tatsache ist ein Objekt")),
    Body("nesting and size", "nested 100,000 times", b"[" * 100_000, 400, "too_deep", ("64 deep", "64-fach")),
    Body("nesting and size", "a name of 7 MB", fact({"what": "x" * 7_000_000}).encode(), 422, "too_long",
         ("at most 500", "höchstens 500")),
    Body("nesting and size", "9 MB", b" " * 9_000_000, 413, "too_large", ("larger than 8 MiB", "größer als 8 MiB")),
    Body("nesting and size", "300,000 empty lists", b"[" + b"[]," * 300_000 + b"[]]", 413, "too_large",
         ("in several parts", "in mehreren Teilen")),
    Body("nesting and size", "10,001 facts at once", b"[" + b"1," * 10_000 + b"1]", 413, "too_large",
         ("10001 facts", "10001 Fakten")),
    Body("nesting and size", "a body packed with gzip", gzip.compress(bytes(50_000_000), 1), 400, "encoding",
         ("send it unpacked", "ungepackt"), {"Content-Encoding": "gzip"}),
    Body("keys", "no key", TEXT.encode(), 401, "unauthorized", ("A key that counts", "Schlüssel"), with_key=False),
    Body("keys", "a key in the address", TEXT.encode(), 400, "key_in_address", ("stands in the address", "Adresse"),
         path="/facts?key=konto_0123456789_" + "a" * 43),
)  # fmt: skip

HEAD = "Nummer;Kundennummer;Was;Art;Zugesagt am;Zugesagt bis;Zuständig;Erledigt am;Zurückgenommen am;Grund"
ROW = f"A-1;K-17;{CANARY};Lieferung;03.02.2026 10:00;10.02.2026;ines;;;"


def table(
    name: str, rows: str, code: str, at: tuple[int | None, str | None, str | None], says: tuple[str, str]
) -> File:
    return File("tables", name, f"{HEAD}\n{ROW}\n{rows}\n".encode(), code, at, says)


def cell(name: str, old: str, new: str, code: str, column: str, says: tuple[str, str]) -> File:
    value = new.strip('"')
    return table(name, ROW.replace("A-1", "A-2").replace(old, new), code, (3, column, value), says)


FILES: tuple[File, ...] = (
    File("encodings", "cp1252", f"{HEAD}\n{ROW}".encode("cp1252"), "encoding", (1, None, None),
         ("Line 1, byte 58: this is not UTF-8", "--encoding cp1252")),
    File("encodings", "UTF-16", f"{HEAD}\n{ROW}".encode("utf-16"), "encoding", (1, None, None),
         ("--encoding utf-16", "--encoding utf-16")),
    File("encodings", "UTF-8 declared as cp1252", f"{HEAD}\n{ROW}".encode(), "encoding", (1, None, None),
         ("--encoding utf-8", "--encoding utf-8"), options=("--mapping", "promises_csv", "--encoding", "cp1252")),
    File("encodings", "an encoding that does not exist", f"{HEAD}\n{ROW}".encode(), "unknown_encoding",
         (None, None, "klingon"), ("klingon", "klingon"),
         options=("--mapping", "promises_csv", "--encoding", "klingon")),
    File("encodings", "facts in UTF-16", TEXT.encode("utf-16"), "encoding", (1, None, None),
         ("--encoding utf-16", "--encoding utf-16"), "facts.jsonl", ()),
    File("encodings", "a broken byte among facts", TEXT.encode() + b"\n\xff\n", "encoding", (2, None, None),
         ("Line 2, byte", "Zeile 2, Byte"), "facts.jsonl", ()),
    File("tables", "an empty file", b"", "empty_file", (None, None, None), ("file is empty", "Datei ist leer")),
    File("tables", "a header only", f"{HEAD}\n".encode(), "header_only", (None, None, None), ("no rows", "Kopfzeile")),
    File("tables", "a missing column", f"{HEAD}\n{ROW}".replace("Zugesagt bis;", "").encode(), "missing_column",
         (1, "Zugesagt bis", None), ("“Zugesagt bis” is missing", "„Zugesagt bis“ fehlt")),
    File("tables", "a doubled column", f"{HEAD};Was\n{ROW};x".encode(), "doubled_column", (1, "Was", None),
         ("twice", "zweimal")),
    File("tables", "commas instead of semicolons", f"{HEAD}\n{ROW}".replace(";", ",").encode(), "wrong_delimiter",
         (1, None, HEAD.replace(";", ",")[:60]), ('delimiter = ","', 'delimiter = ","')),
    File("tables", "tabs instead of semicolons", f"{HEAD}\n{ROW}".replace(";", "\t").encode(), "wrong_delimiter",
         (1, None, None), ("delimiter = ", "delimiter = ")),
    File("tables", "a million columns", b"column;" * 1_000_000 + b"\n1",
         "line_too_long", (1, None, None), ("longer than", "länger als")),
    File("tables", "2,500 columns", (";".join(f"c{n}" for n in range(2_500)) + "\n1").encode(), "too_many_columns",
         (1, None, "2500"), ("2500 columns", "2500 Spalten")),
    File("tables", "a line without an end", b"x" * 3_000_000, "line_too_long", (1, None, None),
         ("longer than", "länger als")),
    table("an unclosed quotation mark", ROW.replace(CANARY, f'"{CANARY}') + f"\n{ROW}", "unclosed_quote",
          (3, None, None), ("not closed", "nicht geschlossen")),
    table("a stray quotation mark", ROW.replace(CANARY, f'"{CANARY}"x'), "stray_quote", (3, None, None),
          ("written twice", "doppelt geschrieben")),
    table("a short row", "A-2;K-17", "short_row", (3, None, "A-2 | K-17"), ("2 cells", "2 Zellen")),
    table("a long row", f"{ROW.replace('A-1', 'A-2')};x;y", "long_row", (3, None, None), ("12 cells", "12 Zellen")),
    table("a closing sum row", "Summe;;1;;;;;;;", "sum_row", (3, None, None), ("row with sums", "Summenzeile")),
    cell("Excel's 44927 for a date", "10.02.2026", "44927", "excel_date", "Zugesagt bis",
         ("it means 2023-01-01", "2023-01-01")),
    cell("an American date", "10.02.2026", "02/13/2026", "time_format", "Zugesagt bis",
         ("not written like", "nicht geschrieben wie")),
    cell("a year of two digits", "10.02.2026", "10.02.26", "time_format", "Zugesagt bis",
         ("not written like", "nicht geschrieben wie")),
    cell("30 February", "10.02.2026", "30.02.2026", "nonexistent_date", "Zugesagt bis",
         ("does not exist", "gibt es im Kalender nicht")),
    cell("24:00", "10.02.2026", "10.02.2026 24:00", "out_of_range", "Zugesagt bis", ("Midnight", "Mitternacht")),
    cell("an hour that was left out", "10.02.2026", "29.03.2026 02:30", "nonexistent_local_time", "Zugesagt bis",
         ("the clocks went forward", "vorgestellt")),
    cell("an hour that came twice", "10.02.2026", "25.10.2026 02:30", "ambiguous_local_time", "Zugesagt bis",
         ("2026-10-25T02:30:00+02:00 or 2026-10-25T02:30:00+01:00", "+02:00 oder 2026-10-25T02:30:00+01:00")),
    cell("a word that is not in the list", "Lieferung", "Leiferung", "unknown_value", "Art", ("Termin", "Termin")),
    cell("what a formula shows that went wrong", CANARY, "#BEZUG!", "formula_error", "Was", ("formula", "Formel")),
    cell("an override of the direction", CANARY, "a\u202eb", "forbidden_character", "Was", ("U+202E", "U+202E")),
    cell("NUL", CANARY, "a\0b", "forbidden_character", "Was", ("U+0000", "U+0000")),
    cell("an empty cell that is needed", "K-17", "", "missing", "Kundennummer",
         ("The cell is empty", "Zelle ist leer")),
    File("nesting and size", "a gzip file that is cut off", gzip.compress(f"{HEAD}\n{ROW}".encode() * 9)[:-9],
         "damaged_file", (None, None, None), ("damaged", "beschädigt"), "zusagen.csv.gz"),
    File("nesting and size", "a file that is not packed", f"{HEAD}\n{ROW}".encode(), "damaged_file",
         (None, None, None), ("without .gz", "ohne .gz"), "zusagen.csv.gz"),
    File("tables", "a workbook with the ending of a text", b"PK\x03\x04xx", "wrong_kind_of_file", (None, None, None),
         (".xlsx", ".xlsx")),
    File("tables", "text with the ending of a workbook", b"Nummer;Was", "damaged_file", (None, None, None),
         ("damaged", "beschädigt"), "zusagen.xlsx"),
    File("tables", "a kind of file that nobody knows", b"x", "unknown_kind_of_file", (None, None, None),
         ("ending", "Endung"), "zusagen.parquet"),
    File("tables", "a table without a mapping", f"{HEAD}\n{ROW}".encode(), "mapping_needed", (None, None, None),
         ("--mapping NAME", "--mapping NAME"), options=()),
)  # fmt: skip

AMOUNTS = """
source = "crm"
zone = "Europe/Berlin"
{signs}
[[fact]]
type = "promise.made"
id = "{{Nr}}"
time = "Am"
[fact.data]
promise = "Nr"
customer = "Nr"
kind = {{ text = "price" }}
currency = {{ text = "EUR" }}
amount = "Preis"
"""
NUMBERS: tuple[tuple[str, str, str], ...] = (
    ("", "1.234,56", 'decimal = ","'),
    ("", "1,234.56", 'thousands = ","'),
    ("", "1.234", "decimal"),
    ('decimal = ","', "1,234.56", 'decimal = "."'),
    ('decimal = ","', "1.234", 'decimal = "."'),
    ('decimal = ","\nthousands = "."', "12.34", 'decimal = "."'),
)
"""Of the row "tables": what the mapping says of signs, a cell, and the hint. None of them is a number as declared."""

HARMLESS: tuple[tuple[str, str], ...] = (
    ("formulas", '=HYPERLINK("http://x.example","Klick")'),
    ("formulas", "+49 30 123456"),
    ("formulas", "-5 Grad"),
    ("formulas", "@SUM(A1:A9)"),
    ("formulas", "'so'"),
    ("formulas", "=1+1;DROP"),
    ("injected text", "'; DROP TABLE stored_events; --"),
    ("injected text", "<script>alert(1)</script>"),
    ("injected text", "[Klick](http://x.example) ![Bild](http://x.example/y.png)"),
    ("injected text", "{{7*7}} {what} %s %(x)s ${jndi:ldap://x.example/a}"),
    ("injected text", "\\u001b[31m \\x1b]0;x\\x07"),
    ("injected text", "[red]rot[/red]"),
)
"""Stored as they are, given out as they are, and an export as a table brings them back."""

COMMANDS: tuple[Command, ...] = (
    Command("commands", "no command", [], ("Possible are", "Möglich sind")),
    Command("commands", "an unknown command", ["stattement"], ("There is no command", "gibt es nicht")),
    Command("commands", "an unknown option", ["kpi", "--fro", "2026-01-01"], ("Did you mean", "--from")),
    Command("commands", "a missing argument", ["statement"], ("CUSTOMER", "CUSTOMER")),
    Command("commands", "an unknown customer", ["statement", "K-404"], ("K-404", "K-404")),
    Command("commands", "an unknown figure", ["kpi", "puenktlich"], ("puenktlich", "puenktlich")),
    Command("commands", "a day that does not exist", ["kpi", "--as-of", "2026-02-30"], ("2026-02-30", "2026-02-30")),
    Command("commands", "a time without an offset", ["kpi", "--as-of", "2026-03-01T10:00:00"], ("+01:00", "+01:00")),
    Command("commands", "a state that does not exist", ["promises", "--state", "kaputt"], ("kaputt", "kaputt")),
    Command("commands", "a missing file", ["import", "{folder}/nothing.jsonl"], ("There is no file", "gibt es nicht")),
    Command("commands", "a folder", ["import", "{folder}"], ("is a folder", "Ordner")),
    Command("commands", "a folder with the name of a file", ["import", "{folder}/dir.jsonl"],
            ("is a folder", "Ordner")),
    Command("commands", "an unknown mapping", ["import", "{folder}/a.csv", "--mapping", "nope"],
            ("There is no mapping “nope”", "„nope“ gibt es nicht")),
    Command("commands", "a name that holds an escape", ["statement", "\x1b[31mK"], ("\\x1b[31mK", "\\x1b[31mK")),
)  # fmt: skip

ELSEWHERE: Mapping[str, Sequence[str]] = {
    "keys": (
        "tests/api/test_keys_at_the_door.py::test_whatever_is_wrong_with_the_key_the_answer_is_the_same",
        "tests/api/test_keys_at_the_door.py::test_two_keys_in_one_request_are_none",
        "tests/api/test_keys_at_the_door.py::test_guessing_is_slow_and_the_right_key_elsewhere_works",
    ),
    "another owner": (
        # No address answers about customers yet; the roles are one table that every query asks.
        "tests/domain/test_roles.py::test_each_role_reaches_exactly_as_far_as_the_table_says",
    ),
    "webhooks": (
        # None comes in yet; those that go out are signed, and their receiver is tested.
        "tests/alerts/test_webhook.py",
    ),
    "injected text": (
        "tests/dashboard/test_acknowledge.py",
        "tests/alerts/test_messages.py",
        "tests/cli/test_konto_import.py::test_terminal_escapes_in_a_refused_row_are_shown_and_not_obeyed",
    ),
    "formulas": (
        "tests/cli/test_konto_export.py::"
        "test_a_table_holds_nothing_that_a_spreadsheet_would_calculate_and_comes_back_as_it_was",
    ),
    "nesting and size": ("tests/bad_inputs/test_huge_ones.py",),
    "commands": (
        "tests/cli/test_konto_command_line.py::test_ctrl_c_in_an_import_ends_with_130_and_leaves_nothing_half_done",
        "tests/cli/test_konto_command_line.py::test_a_closed_pipe_ends_quietly",
        "tests/cli/test_konto_command_line.py::"
        "test_while_somebody_else_writes_the_import_waits_and_then_gives_up_in_one_line",
        "tests/cli/test_konto_move_to_postgres.py::"
        "test_only_migrate_prepares_postgres_and_a_newer_schema_is_left_alone",
    ),
    "settings": (
        "tests/services/test_settings.py::test_an_unknown_variable_of_ours_is_refused_and_the_known_one_is_named",
        "tests/services/test_settings.py::test_an_empty_value_is_refused",
        "tests/services/test_settings.py::test_a_password_that_everybody_knows_is_refused",
        "tests/services/test_settings.py::"
        "test_beyond_this_machine_is_refused_and_only_in_a_container_all_its_addresses_are_taken",
        "tests/cli/test_konto_command_line.py::test_an_unsafe_switch_in_the_environment_is_refused_by_name",
    ),
}
"""Rows whose cases, or some of them, stand with what they belong to."""
