"""A mapping is read strictly: what is wrong with it is said with its key, its line and a remedy."""

from __future__ import annotations

import pytest

from domain.errors import Refused
from intake import mapping
from intake.refusal import place
from intake.toml_lines import line_of
from words import translator

GOOD = """\
source = "crm"
zone = "Europe/Berlin"

[[fact]]
type = "promise.made"
id = "{Nr}/made"
time = "Bestellt"
[fact.data]
promise = "Nr"
customer = "Kunde"
[fact.constants]
kind = "delivery"
"""


def refused(text: str) -> Refused:
    with pytest.raises(Refused) as caught:
        mapping.parse(text, "crm", "crm.toml")
    for each in (caught.value, *caught.value.also):
        for lang in ("en", "de"):
            prefix, params = place(each)
            assert translator(lang).gettext(prefix).format(**params)
            assert translator(lang).gettext(each.text).format(**each.params)
    return caught.value


def changed(old: str, new: str) -> str:
    assert GOOD.count(old) == 1
    return GOOD.replace(old, new)


def test_a_sound_mapping_knows_which_columns_it_needs():
    found = mapping.parse(GOOD, "crm")
    assert found.columns == {"Nr", "Bestellt", "Kunde"}
    assert (found.source, found.title) == ("crm", "crm")


# ruff: noqa: E501 - one line a mistake reads best
@pytest.mark.parametrize(
    ("old", "new", "code", "path", "line", "says"),
    [
        ('source = "crm"', "", "missing", "source", 1, "source is missing"),
        ('source = "crm"', 'source = "crm"\nsuorce = "x"', "unknown_key", "suorce", 2, "Did you mean “source”"),
        ('source = "crm"', 'source = "crm"\nqwertz = 1', "unknown_key", "qwertz", 2, "Possible are: title, source"),
        ('source = "crm"', "source = 5", "wrong_type", "source", 1, "A text in quotation marks"),
        ('source = "crm"', 'source = ""', "wrong_type", "source", 1, "not ''"),
        ("Europe/Berlin", "Europe/Berlun", "unknown_zone", "zone", 2, "Europe/Berlin"),
        ('zone = "Europe/Berlin"', "zone = Europe", "toml", "", 2, "TOML"),
        ('zone = "Europe/Berlin"', 'source = "x"', "toml", "", 2, "TOML"),
        ('zone = "Europe/Berlin"', 'time_format = "%d.%m."', "time_format", "time_format", 2, "%d.%m.%Y"),
        ('zone = "Europe/Berlin"', 'time_format = "%d.%m.%d"', "time_format", "time_format", 2, "%d.%m.%Y"),
        ('zone = "Europe/Berlin"', 'time_format = "tt.mm.jjjj"', "time_format", "time_format", 2, "%d.%m.%Y"),
        ('zone = "Europe/Berlin"', 'time_format = "%Y-%d-%m"', "time_format", "time_format", 2, "ISO"),
        (
            'zone = "Europe/Berlin"', 'time_format = ["%d/%m/%Y", "%m/%d/%Y"]',
            "time_format", "time_format", 2, "01/02/2003",
        ),
        ('zone = "Europe/Berlin"', 'time_format = ["unix", "excel"]', "time_format", "time_format", 2, "two different"),
        ('zone = "Europe/Berlin"', "time_format = 5", "wrong_type", "time_format", 2, "list"),
        ('zone = "Europe/Berlin"', 'decimal = ";"', "unknown_value", "decimal", 2, "'.', ','"),
        ('zone = "Europe/Berlin"', 'decimal = ","\nthousands = ","', "same_sign", "", 1, "cannot be the same"),
        ('zone = "Europe/Berlin"', '[file]\ndelimiter = ";;"', "wrong_type", "file.delimiter", 3, ""),
        ('zone = "Europe/Berlin"', "[file]\nheader_row = 0", "wrong_type", "file.header_row", 3, "at least 1"),
        ('zone = "Europe/Berlin"', '[file]\nformat = "xml"', "unknown_value", "file.format", 3, "csv"),
        ('zone = "Europe/Berlin"', '[file]\nrows = "data["', "expression", "file.rows", 3, "cannot be understood"),
        ('zone = "Europe/Berlin"', "x = " + "[" * 5000, "toml", "", 1, "TOML"),
        ('customer = "Kunde"', 'customer = "' + "(" * 5000 + '"', "expression", "fact.1.data.customer", 10, "cannot be"),
        ('zone = "Europe/Berlin"', '[rows]\norder_by = "Nr"', "mapping", "rows.order_by", 3, "group_by"),
        ('zone = "Europe/Berlin"', "[rows]\ngroup_by = []", "wrong_type", "rows.group_by", 3, "at least one"),
        ('zone = "Europe/Berlin"', '[lookup.k]\nfile = "../k.csv"\nkey = "x"', "file_name", "lookup.k.file", 3, "folder"),
        ('zone = "Europe/Berlin"', '[lookup.k]\nfile = "/etc/x"\nkey = "x"', "file_name", "lookup.k.file", 3, "folder"),
        ('zone = "Europe/Berlin"', '[lookup.k]\nfile = "k.csv"', "missing", "lookup.k.key", 2, "key is missing"),
        ('zone = "Europe/Berlin"', '[lookup.rows]\nfile = "k.csv"\nkey = "x"', "taken_name", "lookup.rows", 2, "rows"),
        ('"promise.made"', '"promise.maed"', "unknown_type", "fact.1.type", 5, "promise.made"),
        ('time = "Bestellt"', "", "missing", "fact.1.time", 4, "time is missing"),
        ('id = "{Nr}/made"', 'id = "{Nr/made"', "expression", "fact.1.id", 6, "brace"),
        ('id = "{Nr}/made"', 'id = "{}/made"', "expression", "fact.1.id", 6, "brace"),
        ('id = "{Nr}/made"', 'id = ""', "wrong_type", "fact.1.id", 6, ""),
        ('customer = "Kunde"', "", "missing", "fact.1", 4, "needs the field “customer”"),
        ('customer = "Kunde"', 'customer = "Kunde"\ndeu = "x"', "unknown_field", "fact.1.data.deu", 11, "due"),
        ('customer = "Kunde"', 'customer = "Kunde"\nkind = "x"', "duplicate_key", "fact.1.constants.kind", 13, "keep one"),
        ('customer = "Kunde"', "customer = 5", "constant", "fact.1.data.customer", 10, "[fact.constants]"),
        ('customer = "Kunde"', 'customer = "max("', "expression", "fact.1.data.customer", 10, "cannot be understood"),
        ('customer = "Kunde"', 'customer = "Kd.-Nr."', "expression", "fact.1.data.customer", 10, "double quotation"),
        ('customer = "Kunde"', 'customer = "datum(x)"', "expression", "fact.1.data.customer", 10, "end_of_day"),
        ('customer = "Kunde"', 'customer = "only()"', "expression", "fact.1.data.customer", 10, "1 to 1"),
        ('customer = "Kunde"', "customer = { }", "one_source", "fact.1.data.customer", 10, "exactly one"),
        ('customer = "Kunde"', 'customer = { column = "a", value = "b" }', "one_source", "fact.1.data.customer", 10, "exactly one"),
        ('customer = "Kunde"', 'customer = { colum = "a" }', "unknown_key", "fact.1.data.customer.colum", 10, "column"),
        ('kind = "delivery"', 'kind = "deliverie"', "unknown_value", "fact.1.constants.kind", 12, "delivery"),
        ('kind = "delivery"', "internal = 1", "unknown_value", "fact.1.constants.internal", 12, "internal"),
        ('customer = "Kunde"', 'customer = "Kunde"\nseverity = { value = "P", values = { a = "big" } }', "unknown_value", "fact.1.data.severity", 11, "minor"),
        ('id = "{Nr}/made"', 'id = "{Nr}/made"\non_change = ["customer.changed"]', "mapping", "fact.1.on_change", 7, "promise.renegotiated"),
        ('id = "{Nr}/made"', 'id = "{Nr}/made"\non_change = ["due"]', "unknown_value", "fact.1.on_change.become.1", 7, "promise.renegotiated"),
        ('id = "{Nr}/made"', 'id = "{Nr}/made"\non_change = []', "wrong_type", "fact.1.on_change.become", 7, "at least one"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_with_its_key_its_line_and_a_remedy(old, new, code, path, line, says):
    found = refused(changed(old, new))
    assert (found.code, found.path, found.params["mapping_line"]) == (code, path, line)
    assert found.params["mapping"] == "crm.toml"
    assert says in str(found)


def test_a_mapping_without_facts_is_refused():
    assert refused('source = "x"').path == "fact"
    assert refused('source = "x"\nfact = []').code == "wrong_type"


def test_only_what_can_be_told_anew_knows_on_change():
    text = GOOD + '\n[[fact]]\ntype = "promise.fulfilled"\nid = "{Nr}/f"\ntime = "T"\n[fact.data]\npromise = "Nr"\n'
    assert mapping.parse(text, "x")
    assert refused(text.replace('time = "T"', 'time = "T"\non_change = ["promise.changed"]')).path == "fact.2.on_change"


def test_everything_wrong_is_said_at_once():
    text = changed('source = "crm"', 'suorce = "crm"').replace("Europe/Berlin", "Nirgends")
    found = refused(text)
    assert {each.path for each in (found, *found.also)} == {"source", "suorce", "zone"}


def test_in_a_group_a_column_is_named_with_its_row():
    text = changed('zone = "Europe/Berlin"', '[rows]\ngroup_by = "Nr"')
    found = refused(text)
    assert (found.code, found.path) == ("grouped", "fact.1.data.customer")
    assert "rows[0].Kunde" in str(found)
    fixed = text.replace('"Kunde"', '"rows[0].Kunde"').replace('"Bestellt"', '"min(rows[].Bestellt)"')
    assert mapping.parse(fixed, "x").columns == {"Nr", "Kunde", "Bestellt"}


def test_a_name_is_found_among_the_shipped_and_the_firms_own(tmp_path):
    assert {"promises_csv", "customers_csv"} <= set(mapping.names())
    with pytest.raises(Refused) as caught:
        mapping.load("promisescsv")
    assert "promises_csv" in str(caught.value)
    (tmp_path / "our_crm.toml").write_text(GOOD, encoding="utf-8")
    assert mapping.load("our_crm", folders=[tmp_path]).name == "our_crm"
    assert mapping.load(tmp_path / "our_crm.toml").source == "crm"


def test_a_mapping_file_that_cannot_be_read_is_refused(tmp_path):
    path = tmp_path / "m.toml"
    for content, code in ((None, "file_not_found"), (b"\xff", "encoding"), (b"#" * (1 << 21), "too_large")):
        if content is not None:
            path.write_bytes(content)
        with pytest.raises(Refused) as caught:
            mapping.load(path)
        assert caught.value.code == code
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert mapping.load(path).source == "crm"


@pytest.mark.parametrize("line", ["key" + "." * 200, "key" + " . " * 200, "[" + " " * 100_000, "key" + " " * 100_000])
def test_a_line_that_could_be_read_in_many_ways_takes_no_longer_than_another(line: str):
    """Found by what tries readers with bytes that nobody thought of: it took for ever."""
    assert line_of(f"{line}\nlast = 1\n", ("last",)) == 2


def test_the_line_of_a_key_is_found_in_tables_lists_of_tables_and_quoted_names():
    text = '# [x]\na = 1\n[t]\nb = 2\n"c d" = 3\n[[l]]\ne = 4\n[l.m]\nf = 5\n[[l]]\n[l.m."n o"]\ng.h = 6\n'
    paths = [("a",), ("t", "b"), ("t", "c d"), ("l", 0, "e"), ("l", 0, "m", "f"), ("l", 1, "m", "n o", "g", "h")]
    assert [line_of(text, path) for path in paths] == [2, 4, 5, 7, 9, 12]
    assert line_of(text, ("l", 1, "nothing", "here")) == 10
    assert line_of(text, ("nothing",)) == 1
