"""What a mapping makes of rows: facts with their ids, times and fields, or a refusal that names row and column."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from domain.errors import Refused
from domain.vocabulary import parse
from intake import mapping
from intake.mapped import Mapped
from intake.table import Row

NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)
HEAD = """\
source = "crm"
zone = "Europe/Berlin"
time_format = ["%d.%m.%Y %H:%M", "%d.%m.%Y"]
"""
MADE = """
[[fact]]
type = "promise.made"
id = "{Nr}/made"
time = "Bestellt"
[fact.data]
promise = "Nr"
customer = "Kunde"
"""


@pytest.fixture
def mapped(tmp_path):
    """Everything that becomes of a CSV file under a mapping; other files lie beside it."""

    def _mapped(csv: str, text: str, **beside: str) -> list[Mapped]:
        for name, content in beside.items():
            (tmp_path / f"{name}.csv").write_text(content, encoding="utf-8")
        path = tmp_path / "rows.csv"
        path.write_text(csv, encoding="utf-8")
        return list(mapping.facts_of_file(path, mapping.parse(text, "m"), now=NOW))

    return _mapped


def envelopes(found: list[Mapped]) -> list[dict[str, Any]]:
    assert [each.refused for each in found if each.refused] == []
    made = [each.envelope for each in found if each.envelope is not None]
    for envelope in made:
        parse(envelope, now=NOW)
    return made


def data(found: list[Mapped]) -> list[dict[str, Any]]:
    return [envelope["data"] for envelope in envelopes(found)]


def refusals(found: list[Mapped]) -> list[tuple[int, str, Any]]:
    """Row, code and column of everything refused, further findings of the same row too."""
    return [
        (each.params["row"], each.code, each.params.get("column"))
        for one in found
        if one.refused is not None
        for each in (one.refused, *one.refused.also)
    ]


# -- fields ---------------------------------------------------------------------------------------


def test_a_row_becomes_an_envelope(mapped):
    found = mapped("Nr,Kunde,Bestellt\n1,K-1,02.03.2026 09:15\n", HEAD + MADE)
    assert envelopes(found) == [
        {
            "specversion": "1.0", "source": "crm", "type": "promise.made", "id": "1/made",
            "time": "2026-03-02T08:15:00Z", "data": {"promise": "1", "customer": "K-1"},
        }
    ]  # fmt: skip
    assert (found[0].row, found[0].rows, found[0].day, found[0].on_change) == (2, (), None, None)
    assert found[0].columns["data.customer"] == "Kunde"


def test_a_field_is_read_as_its_fact_needs_it(mapped):
    text = (
        HEAD
        + 'decimal = ","\nthousands = "."\n'
        + MADE
        + (
            'amount = "Preis"\ncurrency = { text = "EUR" }\ninternal = "Intern"\ndue = "Bis"\n'
            'kind = "Art"\nwhat = "Was"\n'
        )
    )
    csv = "Nr,Kunde,Bestellt,Preis,Intern,Bis,Art,Was\n007,K,02.03.2026 9:15,\"1.234,50\",nein,05.03.2026,price,'x'\n"
    assert data(mapped(csv, text)) == [
        {
            "promise": "007", "customer": "K", "amount": 1234.5, "currency": "EUR", "internal": False,
            "due": "2026-03-05", "kind": "price", "what": "'x'",
        }
    ]  # fmt: skip


def test_only_a_fact_with_a_date_only_due_carries_the_zone(mapped):
    found = mapped(
        "Nr,Kunde,Bestellt,Bis\n1,K,02.03.2026 09:15,05.03.2026\n2,K,02.03.2026 09:15,05.03.2026 10:00\n",
        HEAD + MADE + 'due = "Bis"\n',
    )
    assert [(each.get("zone"), each["data"]["due"]) for each in envelopes(found)] == [
        ("Europe/Berlin", "2026-03-05"), (None, "2026-03-05T09:00:00Z"),
    ]  # fmt: skip


def test_without_a_zone_a_date_only_due_is_left_to_the_team_and_a_local_time_is_refused(mapped):
    text = 'source = "crm"\n' + MADE + 'due = "Bis"\n'
    found = mapped("Nr,Kunde,Bestellt,Bis\n1,K,2026-03-02T09:15:00Z,2026-03-05\n", text)
    assert "zone" not in envelopes(found)[0]
    found = mapped("Nr,Kunde,Bestellt,Bis\n1,K,2026-03-02T09:15:00,2026-03-05\n2,K,2026-03-02,\n", text)
    assert refusals(found) == [(2, "zone_missing", "Bestellt"), (3, "zone_missing", "Bestellt")]


def test_a_time_given_as_a_date_is_its_last_second_or_the_moment_of_intake_if_that_is_earlier(mapped):
    found = mapped("Nr,Kunde,Bestellt\n1,K,19.03.2026\n2,K,20.03.2026\n3,K,28.03.2026\n", HEAD + MADE)
    made = [each.envelope for each in found]
    assert [each["time"] for each in made] == ["2026-03-19T22:59:59Z", "2026-03-20T12:00:00Z", "2026-03-20T12:00:00Z"]
    assert [(each.day.date, each.day.zone) for each in found] == [
        (day, "Europe/Berlin") for day in ("2026-03-19", "2026-03-20", "2026-03-28")
    ]


def test_an_empty_cell_is_left_out_and_clears_only_where_that_is_said(mapped):
    rest = 'due = "Bis"\nby = { column = "Wer", clears = true }\n'
    text = HEAD.replace("zone =", 'null_values = ["", "?"]\nzone =') + MADE + rest
    found = mapped("Nr,Kunde,Bestellt,Bis,Wer\n1,K,02.03.2026 09:15,?, \n", text)
    assert data(found) == [{"promise": "1", "customer": "K", "by": None}]


def test_words_are_translated_and_an_unlisted_one_is_refused(mapped):
    rule = 'severity = { value = "P", values = { hoch = "serious", "3" = "minor" } }\n'
    csv = "Nr,Kunde,Bestellt,P\n1,K,02.03.2026,hoch\n2,K,02.03.2026,3\n3,K,02.03.2026,\n"
    assert [each.get("severity") for each in data(mapped(csv, HEAD + MADE + rule))] == ["serious", "minor", None]
    found = mapped(csv + "4,K,02.03.2026,mittel\n", HEAD + MADE + rule)
    assert refusals(found) == [(5, "unknown_value", "P")]
    assert found[-1].refused.params["value"] == "mittel"
    otherwise = rule.replace("} }", '}, otherwise = "normal" }')
    found = mapped(csv + "4,K,02.03.2026,mittel\n", HEAD + MADE + otherwise)
    assert [each["severity"] for each in data(found)] == ["serious", "minor", "normal", "normal"]


def test_a_field_may_be_written_otherwise_than_the_rest(mapped):
    rest = 'due = { column = "Bis", time_format = "%m/%d/%Y" }\namount = { column = "Preis", decimal = "," }\n'
    found = mapped('Nr,Kunde,Bestellt,Bis,Preis\n1,K,02.03.2026 09:15,03/05/2026,"2,50"\n', HEAD + MADE + rest)
    assert (data(found)[0]["due"], data(found)[0]["amount"]) == ("2026-03-05", 2.5)


def test_a_text_is_put_together_and_empty_places_are_left_out(mapped):
    rest = 'what = { text = "{Art} {Ort}: {{neu}}" }\nproduct = { text = "{Ort}" }\n'
    csv = "Nr,Kunde,Bestellt,Art,Ort\n1,K,02.03.2026,Bad,Ulm\n2,K,02.03.2026,Bad,\n3,K,02.03.2026,,\n"
    assert [(each.get("what"), each.get("product")) for each in data(mapped(csv, HEAD + MADE + rest))] == [
        ("Bad Ulm: {neu}", "Ulm"), ("Bad : {neu}", None), (None, None),
    ]  # fmt: skip


def test_column_names_with_spaces_umlauts_and_signs_are_understood(mapped):
    text = HEAD + MADE.replace('"Nr"', '"Auftrags-Nr"').replace("{Nr}", "{Auftrags-Nr}").replace(
        'customer = "Kunde"', 'customer = \'"Kd.-Nr."\'\nby = "Zuständig für/mit"\nwhat = { column = "Was (kurz)" }'
    )
    found = mapped("Auftrags-Nr,Kd.-Nr.,Zuständig für/mit,Was (kurz),Bestellt\n1,K,ines,Bad,02.03.2026\n", text)
    assert data(found) == [{"promise": "1", "customer": "K", "by": "ines", "what": "Bad"}]


# -- conditions, several facts, sequence ----------------------------------------------------------

DONE = """
[[fact]]
type = "promise.fulfilled"
when = '''Status == 'erledigt' && "Fertig am" '''
id = "{Nr}/fulfilled"
time = "Fertig am"
sequence = "Folge"
[fact.data]
promise = "Nr"
"""


def test_a_row_gives_several_facts_or_none(mapped):
    csv = (
        "Nr,Kunde,Bestellt,Status,Fertig am,Folge\n"
        "1,K,02.03.2026,erledigt,03.03.2026,2\n2,K,02.03.2026,offen,03.03.2026,\n"
        "3,K,02.03.2026,erledigt,,\n4,,,weg,,\n"
    )
    text = HEAD + MADE.replace('id = "{Nr}/made"', 'id = "{Nr}/made"\nwhen = "Kunde"') + DONE
    found = mapped(csv, text)
    assert [(each.row, each.envelope["id"]) for each in found] == [
        (2, "1/made"), (2, "1/fulfilled"), (3, "2/made"), (4, "3/made"),
    ]  # fmt: skip
    assert envelopes(found)[1]["sequence"] == 2


def test_a_row_of_which_one_fact_is_refused_gives_none_at_all(mapped):
    csv = "Nr,Kunde,Bestellt,Status,Fertig am,Folge\n1,K,02.03.2026,erledigt,31.02.2026,1.5\n2,K,02.03.2026,,,\n"
    found = mapped(csv, HEAD + MADE + DONE)
    assert refusals(found) == [(2, "nonexistent_date", "Fertig am")]
    assert [each.envelope["id"] for each in found if each.envelope] == ["2/made"]


def test_every_bad_cell_of_a_row_is_named(mapped):
    csv = "Nr,Kunde,Bestellt,Bis,Preis\n1,,31.02.2026,bald,teuer\n"
    found = mapped(csv, HEAD + MADE + 'due = "Bis"\namount = "Preis"\n')
    assert sorted(refusals(found)) == [
        (2, "missing", "Kunde"), (2, "nonexistent_date", "Bestellt"),
        (2, "not_a_number", "Preis"), (2, "time_format", "Bis"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        (",K,02.03.2026", "missing", "Nr"),
        ("1,K,", "missing", "Bestellt"),
        ("1,,02.03.2026", "missing", "Kunde"),
        ("1,K\x1b,02.03.2026", "forbidden_character", "Kunde"),
        ("1,K,44927", "excel_date", "Bestellt"),
        ("1,K,29.03.2026 02:30", "nonexistent_local_time", "Bestellt"),
        ("1,K,25.10.2026 02:30", "ambiguous_local_time", "Bestellt"),
        ("1,K", "short_row", None),
        ("1,K,02.03.2026,x", "long_row", None),
        ("Summe,,", "sum_row", None),
        (",Summe,", "sum_row", None),
        ("Gesamt:,,", "sum_row", None),
    ],
)
def test_a_bad_row_is_named_with_its_column(mapped, row, code, column):
    found = mapped(f"Nr,Kunde,Bestellt\n0,K,01.03.2026\n{row}\n", HEAD + MADE)
    assert refusals(found)[0] == (3, code, column)
    assert found[0].envelope["id"] == "0/made"


# -- columns --------------------------------------------------------------------------------------


def file_refused(mapped, csv: str, text: str, **beside: str) -> Refused:
    with pytest.raises(Refused) as caught:
        mapped(csv, text, **beside)
    return caught.value


def test_every_missing_column_is_named_before_anything_else(mapped):
    found = file_refused(mapped, "Nr,Kundin\n1,K\n2,K\n", HEAD + MADE)
    assert {each.params["column"] for each in (found, *found.also)} == {"Kunde", "Bestellt"}
    assert "Nr, Kundin" in str(found)


def test_another_delimiter_is_recognised_and_not_guessed(mapped):
    found = file_refused(mapped, "Nr;Kunde;Bestellt\n1;K;02.03.2026\n", HEAD + MADE)
    assert (found.code, found.params["sign"]) == ("wrong_delimiter", ";")
    assert mapped("Nr;Kunde;Bestellt\n1;K;02.03.2026\n", HEAD + '[file]\ndelimiter = ";"\n' + MADE)[0].envelope


def test_rows_may_be_left_out_before_anything_is_made_of_them(mapped):
    text = HEAD + "[rows]\nwhen = \"Nr != 'Summe'\"\n" + MADE
    found = mapped("Nr,Kunde,Bestellt\n1,K,02.03.2026\nSumme,,\n", text)
    assert [each.envelope["id"] for each in found] == ["1/made"]


# -- groups ---------------------------------------------------------------------------------------

GROUPED = (
    HEAD
    + """
[rows]
group_by = "Nr"
"""
    + MADE.replace('"Bestellt"', '"min(rows[].time(Bestellt))"').replace('"Kunde"', '"rows[0].Kunde"')
    + """due = "max(rows[].date(Bis))"
supplier = "only(rows[].Lieferant)"
what = "join_nonempty(', ', rows[].Was)"
"""
)
ITEMS = (
    "Nr,Kunde,Bestellt,Bis,Lieferant,Was\n"
    "1,K,02.03.2026 09:15,05.03.2026,A,Bad\n"
    "2,L,02.03.2026 10:15,04.03.2026,B,\n"
    "1,K,02.03.2026 09:00,12.03.2026,A,Ofen\n"
    "2,L,02.03.2026 10:15,05.03.2026,C,Tür\n"
)


def test_rows_of_one_key_are_seen_as_a_list(mapped):
    found = mapped(ITEMS, GROUPED)
    assert [(each.row, each.rows) for each in found] == [(2, (2, 4)), (3, (3, 5))]
    assert data(found) == [
        {"promise": "1", "customer": "K", "due": "2026-03-12", "supplier": "A", "what": "Bad, Ofen"},
        {"promise": "2", "customer": "L", "due": "2026-03-05", "what": "Tür"},
    ]
    assert [each["time"] for each in envelopes(found)] == ["2026-03-02T08:00:00Z", "2026-03-02T09:15:00Z"]


def test_a_group_needs_not_stand_together_unless_the_mapping_says_so(mapped):
    text = GROUPED.replace('group_by = "Nr"', 'group_by = "Nr"\nsorted = true')
    assert file_refused(mapped, ITEMS, text).code == "not_sorted"
    together = ITEMS.splitlines(keepends=True)
    assert data(mapped("".join(together[n] for n in (0, 1, 3, 2, 4)), text)) == data(mapped(ITEMS, GROUPED))


def test_a_group_of_which_one_row_cannot_be_read_gives_nothing(mapped):
    found = mapped(ITEMS + "1,K\n,K,02.03.2026,,,\n", GROUPED)
    assert refusals(found) == [(6, "short_row", None), (7, "missing", "Nr"), (2, "broken_group", None)]
    assert [each.envelope["id"] for each in found if each.envelope] == ["2/made"]
    assert found[2].rows == (2, 4)


def test_several_columns_make_a_key(mapped):
    text = GROUPED.replace('group_by = "Nr"', 'group_by = ["Nr", "Lieferant"]').replace("{Nr}", "{Nr}/{Lieferant}")
    assert [each["id"] for each in envelopes(mapped(ITEMS, text))] == ["1/A/made", "2/B/made", "2/C/made"]


def test_rows_of_a_group_are_put_in_order_by_time_and_number_not_by_letters(mapped):
    text = (
        HEAD
        + '[rows]\ngroup_by = "Nr"\norder_by = ["time(Wann)", "number(Folge)"]\n'
        + MADE.replace('"Bestellt"', '"rows[0].Wann"').replace('"Kunde"', '"rows[0].Kunde"')
        + "what = \"join_nonempty('', rows[].Was)\"\n"
    )
    csv = (
        "Nr,Kunde,Wann,Folge,Was\n"
        "1,K,12.02.2026 10:00,10,d\n1,K,12.02.2026 10:00,9,c\n1,K,03.03.2026 10:00,1,e\n"
        "1,K,2.2.2026 10:00,1,b\n1,K,,1,a\n"
    )
    found = mapped(csv, text.replace('"rows[0].Wann"', '"rows[1].Wann"'))
    assert data(found)[0]["what"] == "abcde"


CHANGES = """
[rows]
group_by = "Nr"
[[fact]]
type = "promise.assigned"
each = "changes(rows, &[Wer, Team])[1:]"
when = "item.Wer || item.Team"
id = "{Nr}/{index}"
time = "item.Wann"
[fact.data]
promise = "Nr"
by = { value = "item.Wer", clears = true }
team = "item.Team"
[[fact]]
type = "promise.resumed"
each = "changes(rows, &Status)[?previous.Status == 'wartet']"
id = "{Nr}/resumed/{index}"
time = "item.Wann"
[fact.data]
promise = "Nr"
[fact.constants]
cause = "customer"
"""


def test_every_change_within_a_group_can_become_a_fact(mapped):
    csv = (
        "Nr,Wann,Wer,Team,Status,Unbenutzt\n"
        "1,01.03.2026 10:00,a,T,neu,x\n1,01.03.2026 11:00,a,T,wartet,x\n1,01.03.2026 12:00,,T,wartet,x\n"
        "1,01.03.2026 13:00,b,T,offen,x\n2,01.03.2026 10:00,a,T,offen,x\n"
    )
    found = mapped(csv, HEAD + CHANGES)
    assert [(each["id"], each["time"][11:16], each["data"]) for each in envelopes(found)] == [
        ("1/1", "11:00", {"promise": "1", "by": None, "team": "T"}),
        ("1/2", "12:00", {"promise": "1", "by": "b", "team": "T"}),
        ("1/resumed/1", "12:00", {"promise": "1", "cause": "customer"}),
    ]


def test_a_large_grouped_file_keeps_only_the_columns_that_are_needed(tmp_path):
    rows = "".join(f"{n % 1000},K,02.03.2026 09:15,{'x' * 1000}{n}\n" for n in range(4_000))
    path = tmp_path / "a.csv"
    path.write_text("Nr,Kunde,Bestellt,Lang\n" + rows, encoding="utf-8")
    text = (
        HEAD
        + '[rows]\ngroup_by = "Nr"\n'
        + MADE.replace('"Bestellt"', '"rows[0].Bestellt"').replace('"Kunde"', '"rows[0].Kunde"')
    )
    tracemalloc.start()
    assert sum(1 for _ in mapping.facts_of_file(path, mapping.parse(text, "m"), now=NOW)) == 1000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert path.stat().st_size > 4_000_000
    assert peak < 2_500_000


# -- look-ups -------------------------------------------------------------------------------------

LOOKUP = (
    HEAD
    + """
[lookup.auftrag]
file = "orders.csv"
key = "Nr"
[lookup.kunde]
file = "customers.csv"
key = "Id"
by = "auftrag.Kunde"
"""
    + MADE.replace('"Bestellt"', '"auftrag.Bestellt"').replace('"Kunde"', '"auftrag.Kunde"')
    + 'by = "kunde.Wer"\n'
)
ORDERS = "Nr,Kunde,Bestellt,Sonst\n1,K-1,02.03.2026 09:15,x\n2,,02.03.2026 09:15,x\n"
CUSTOMERS = "Id,Wer\nK-1,ines\n"


def test_columns_of_another_file_are_found_by_key_one_after_the_other(mapped):
    found = mapped("Nr\n1\n", LOOKUP, orders=ORDERS, customers=CUSTOMERS)
    assert data(found) == [{"promise": "1", "customer": "K-1", "by": "ines"}]


def test_what_is_not_found_is_nothing_and_a_needed_field_is_then_refused(mapped):
    found = mapped("Nr\n2\n3\n1\n", LOOKUP, orders=ORDERS, customers=CUSTOMERS)
    assert (2, "missing", "Kunde") in refusals(found)
    assert {row for row, _, _ in refusals(found)} == {2, 3}
    assert found[-1].envelope["id"] == "1/made"


@pytest.mark.parametrize(
    ("orders", "code"),
    [
        (ORDERS + "1,K-2,02.03.2026,x\n", "doubled_key"),
        ("Nr,Kundin,Bestellt\n1,K,x\n", "missing_column"),
        ("Nummer,Kunde,Bestellt\n1,K,x\n", "missing_column"),
        ("Nr,Kunde,Bestellt\n1,K\n", "short_row"),
        ("", "empty_file"),
    ],
)
def test_what_is_wrong_with_the_other_file_names_that_file(mapped, orders, code):
    found = file_refused(mapped, "Nr\n1\n", LOOKUP, orders=orders, customers=CUSTOMERS)
    assert (found.code, found.params["in_file"]) == (code, "orders.csv")


def test_a_missing_other_file_is_named_and_the_imported_file_is_checked_first(mapped, tmp_path):
    assert file_refused(mapped, "Nr\n1\n", LOOKUP).params["file"] == "orders.csv"
    assert file_refused(mapped, "Nummer\n1\n", LOOKUP).code == "missing_column"


def test_a_look_up_may_not_hide_a_column(mapped):
    found = file_refused(mapped, "Nr,auftrag\n1,x\n", LOOKUP, orders=ORDERS, customers=CUSTOMERS)
    assert found.code == "taken_name"


# -- functions ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expression", "gives"),
    [
        ("lower(Kunde)", "müller gmbh"),
        ("trim(Leer)", None),
        ("trim(Rand)", "x"),
        ("join_nonempty(' ', [Kunde, Leer, Rand])", "Müller GmbH  x "),
        ("only([Kunde, Leer, Kunde])", "Müller GmbH"),
        ("only([Kunde, Rand])", None),
        ("only([Leer])", None),
        ("to_string(number(Zahl, ','))", "1234.5"),
        ("to_string(number(Zahl, ',') > `1000`)", "true"),
        ("date(Wann)", "2026-03-02"),
        ("time(Wann)", "2026-03-02T08:15:00.000000Z"),
        ("start_of_day(Wann)", "2026-03-01T23:00:00.000000Z"),
        ("end_of_day(Wann)", "2026-03-02T23:00:00.000000Z"),
        ("time(Anders, '%d/%m/%y')", "2026-03-04"),
        ("to_string(time(Wann) < time('2026-03-02T09:16'))", "true"),
        ("time(Leer)", None),
        ("Leer || Rand", " x "),
        ("to_string(starts_with(Kunde, 'M'))", "true"),
        ("shortened(Kunde, `12`)", "Müller GmbH"),
        ("shortened(Kunde, `6`)", "Mülle…"),
        ("shortened(Leer, `6`)", None),
        ("plain('<p>Die&nbsp;Therme <b>tropft</b>.</p><style>p{}</style>')", "Die Therme tropft."),
        ("plain(Kunde)", "Müller GmbH"),
        ("plain('<img src=x><br>')", None),
        ("plain(Leer)", None),
    ],
)
def test_functions_give_what_the_reference_says(mapped, expression, gives):
    csv = (
        "Nr,Kunde,Leer,Rand,Zahl,Wann,Anders,Bestellt\n"
        '1,Müller GmbH,, x ,"1234,5",02.03.2026 09:15,04/03/26,02.03.2026\n'
    )
    found = mapped(csv, HEAD + MADE + f'what = """{expression}"""\n')
    assert found[0].envelope["data"].get("what") == gives


def test_an_expression_that_cannot_be_worked_out_is_refused_with_its_row(mapped):
    found = mapped("Nr,Kunde,Bestellt\n1,K,02.03.2026\n", HEAD + MADE + 'what = "abs(Kunde)"\n')
    assert refusals(found) == [(2, "expression", "Kunde")]
    for expression, code in [
        ("max([Kunde, `5`])", "expression"),
        ("Kunde < `5`", "expression"),
        ("number(Kunde, ';')", "expression"),
        ("time(Bestellt, '%d.%d')", "time_format"),
        ("time(Bestellt, `5`)", "time_format"),
        ("changes([Kunde], Kunde)", "wrong_type"),
        ("changes(Kunde, &Kunde)", "wrong_type"),
        ("only(Kunde)", "wrong_type"),
        ("join_nonempty(',', Kunde)", "wrong_type"),
        ("{a: Kunde}", "wrong_type"),
        ("shortened(Kunde, `0`)", "expression"),
        ("shortened(Kunde, Kunde)", "expression"),
        ("plain([Kunde])", "wrong_type"),
    ]:
        found = mapped("Nr,Kunde,Bestellt\n1,K,02.03.2026\n", HEAD + MADE + f'what = "{expression}"\n')
        assert [code for _, code, _ in refusals(found)] == [code], expression


# -- JSON and webhooks ----------------------------------------------------------------------------


def of_body(text: str, body: dict[str, Any]) -> list[Mapped]:
    return list(mapping.facts(iter([Row(1, body)]), mapping.parse(text, "m"), folder=Path("."), now=NOW))


def test_a_webhook_body_is_a_row_with_fields_in_fields():
    text = """
source = "helpdesk"
[[fact]]
type = "promise.made"
when = "ticket.state == 'open'"
id = "ticket-{ticket.id}"
time = "ticket.created_at"
[fact.data]
promise = "ticket.id"
customer = "ticket.customer.email || ticket.customer_id"
by = "ticket.owner.login"
severity = { value = "ticket.urgent", values = { true = "serious", false = "normal" } }
"""
    ticket = {"id": 81, "state": "open", "created_at": "2020-11-13T14:34:35.282Z", "customer_id": 8, "urgent": True}
    found = of_body(text, {"ticket": ticket})
    assert envelopes(found) == [
        {
            "specversion": "1.0", "source": "helpdesk", "type": "promise.made", "id": "ticket-81",
            "time": "2020-11-13T14:34:35.282000Z", "data": {"promise": "81", "customer": "8", "severity": "serious"},
        }
    ]  # fmt: skip
    assert of_body(text, {"ticket": None}) == []


def test_a_list_in_a_body_gives_a_fact_for_every_entry():
    text = """
source = "shop"
time_format = "unix_ms"
[[fact]]
type = "promise.made"
each = "items"
id = "{order}/{item.sku}"
time = "at"
[fact.data]
promise = { text = "{order}/{item.sku}" }
customer = "customer"
[fact.constants]
kind = "delivery"
"""
    body = {"order": 7, "customer": 3, "at": 1462216307945, "items": [{"sku": "a"}, {"sku": "b"}]}
    assert [(each["id"], each["time"]) for each in envelopes(of_body(text, body))] == [
        ("7/a", "2016-05-02T19:11:47.945000Z"), ("7/b", "2016-05-02T19:11:47.945000Z"),
    ]  # fmt: skip
    assert refusals(of_body(text, {**body, "items": "a"})) == [(1, "wrong_type", None)]
    assert of_body(text, {**body, "items": None}) == []


def test_a_body_that_is_a_list_or_holds_one_gives_a_row_for_every_object():
    text = 'source = "shop"\n[file]\nrows = "data.orders"\n' + MADE
    order = {"Nr": 1, "Kunde": "K", "Bestellt": "2026-03-02T09:15:00Z"}
    for rows, body in (('rows = "data.orders"', {"data": {"orders": [order]}}), ("", [order]), ("", order)):
        built = mapping.parse(text.replace('rows = "data.orders"', rows), "m")
        found = list(mapping.facts_of_document(body, built, folder=Path("."), now=NOW))
        assert [(each.row, each.envelope["id"]) for each in found] == [(1, "1/made")]
    with pytest.raises(Refused) as caught:
        list(mapping.facts_of_document({"data": None}, mapping.parse(text, "m"), folder=Path("."), now=NOW))
    assert caught.value.code == "no_rows"


# -- the shipped mappings -------------------------------------------------------------------------


def test_the_shipped_mapping_of_promises_reads_its_german_columns(tmp_path):
    path = tmp_path / "zusagen.csv"
    path.write_text(
        "Nummer;Kundennummer;Was;Art;Zugesagt am;Zugesagt bis;Zuständig;Erledigt am;Zurückgenommen am;Grund\n"
        "1;K-1;Bad;Lieferung;02.03.2026 09:15;05.03.2026;ines;04.03.2026 12:00;;\n"
        "2;K-1;Anruf;Rückruf;02.03.2026 09:15;05.03.2026 10:00;;;03.03.2026 09:00;kein Material\n"
        "3;K-2;;;02.03.2026;;;;;\n"
        "4;K-2;Angebot;Preis;02.03.2026;;;;;\n",
        encoding="utf-8",
    )
    found = list(mapping.facts_of_file(path, mapping.load("promises_csv"), now=NOW))
    assert [each.envelope["id"] for each in found if each.envelope] == [
        "1/made", "1/fulfilled", "2/made", "2/withdrawn", "3/made",
    ]  # fmt: skip
    assert refusals(found) == [(5, "unknown_value", "Art")]
    assert [each.envelope["data"].get("kind") for each in found if each.on_change] == ["delivery", "callback", None]
    for each in found[:-1]:
        parse(each.envelope, now=NOW)


def test_the_shipped_mapping_of_customers_reads_its_german_columns(tmp_path):
    path = tmp_path / "kunden.csv"
    path.write_text(
        "Kundennummer;Name;Art;E-Mail;Telefon;Sprache;Zuständig;Angelegt am\n"
        "K-1;Müller GmbH;Kunde;info@mueller.example;+49 821 1;Deutsch;ines;02.03.2026\n",
        encoding="utf-8",
    )
    found = list(mapping.facts_of_file(path, mapping.load("customers_csv"), now=NOW))
    assert data(found) == [
        {
            "customer": "K-1", "name": "Müller GmbH", "kind": "customer", "email": "info@mueller.example",
            "phone": "+49 821 1", "language": "de", "owner": "ines", "since": "2026-03-02",
        }
    ]  # fmt: skip
    assert found[0].on_change.become == ("customer.changed",)
