"""What the product says: every sentence has a German text, and numbers and dates read as people say them."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from datetime import UTC, date, datetime, time
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.pofile import read_po

from words import LANGUAGES, format, language, translator

ROOT = Path(__file__).parent.parent
PACKAGES = ("domain", "projections", "workers", "intake", "wiring", "dashboard", "api", "words")
# A translator is called `_`, `t` or by its methods; N_ marks what is translated later.
MARKS = {"_", "t", "N_", "gettext", "ngettext"}
# The domain knows no translator: it refuses with plain sentences, and keeps others in tables of this name.
REFUSALS = {"finding", "Refused", "AgainstTheRule", "DocumentRefused"}
TABLE = "SENTENCES"
CODE = re.compile(r"[a-z_]+")
PLACEHOLDER = re.compile(r"\{(\w*)")
BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 12, 7, 40, tzinfo=BERLIN)


def _sentences() -> dict[str, str]:
    """Every sentence of the product and where it stands; for plurals the form for one."""
    found: dict[str, str] = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            module = ast.parse(path.read_text(encoding="utf-8"))
            for node in [*_marked(module), *_tabled(module), *_refused(module)]:
                if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
                    found.setdefault(node.value, f"{path.relative_to(ROOT)}:{node.lineno}")
    return found


def _calls(module: ast.Module, names: set[str]) -> list[ast.Call]:
    """Calls of these names, also inside f-strings, where gettext's own search does not look."""
    calls = [node for node in ast.walk(module) if isinstance(node, ast.Call) and node.args]
    return [call for call in calls if getattr(call.func, "id", getattr(call.func, "attr", "")) in names]


def _marked(module: ast.Module) -> list[ast.expr]:
    return [choice for call in _calls(module, MARKS) for choice in _choices(call.args[0])]


def _choices(node: ast.expr) -> list[ast.expr]:
    return [*_choices(node.body), *_choices(node.orelse)] if isinstance(node, ast.IfExp) else [node]


def _refused(module: ast.Module) -> list[ast.expr]:
    """What refusals say, as it stands there or by the name of a constant."""
    constants = _constants(module)
    texts = [call.args[1] for call in _calls(module, REFUSALS) if len(call.args) > 1]
    return [constants.get(text.id, text) if isinstance(text, ast.Name) else text for text in texts]


def _tabled(module: ast.Module) -> list[ast.AST]:
    table = _constants(module).get(TABLE)
    keys = table.keys if isinstance(table, ast.Dict) else []
    said = [node for node in ast.walk(table) if node not in keys] if table else []
    return [node for node in said if not (isinstance(node, ast.Constant) and CODE.fullmatch(str(node.value)))]


def _constants(module: ast.Module) -> dict[str, ast.expr]:
    found = {}
    for node in module.body:
        target = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(target, ast.Name) and getattr(node, "value", None) is not None:
            found[target.id] = node.value
    return found


def _german() -> dict[str, list[tuple[str, tuple[str, ...], tuple[str, ...]]]]:
    """For every sentence, from each file that has it: (file, its English forms, its German forms)."""
    texts = defaultdict(list)
    for file in sorted((ROOT / "words" / "de").glob("*.po")):
        with file.open("rb") as lines:
            for message in read_po(lines, locale="de"):
                english = (message.id,) if isinstance(message.id, str) else tuple(message.id)
                german = (message.string,) if isinstance(message.string, str) else tuple(message.string)
                if english[0] and not message.fuzzy:
                    texts[english[0]].append((file.name, english, german))
    return texts


def test_every_sentence_of_the_product_has_a_german_text():
    sentences, german = _sentences(), _german()
    assert len(sentences) > 10, "the search for marked sentences found almost none"
    missing = [f"{place}: {text!r}" for text, place in sentences.items() if text not in german]
    assert not missing, "without a German text in words/de/*.po:\n" + "\n".join(missing)


def test_no_german_text_is_empty_or_given_twice_in_two_ways():
    for sentence, texts in _german().items():
        assert all(all(forms) for _, _, forms in texts), f"empty German text: {sentence!r}"
        assert len({forms for _, _, forms in texts}) == 1, f"two German texts for {sentence!r}: {texts}"


def test_german_and_english_name_the_same_placeholders():
    for sentence, texts in _german().items():
        for file, english, german in texts:
            wanted = {name for form in english for name in PLACEHOLDER.findall(form)}
            for form in german:
                assert set(PLACEHOLDER.findall(form)) <= wanted, f"{file}: {form!r} names what {sentence!r} lacks"
            named = {name for form in german for name in PLACEHOLDER.findall(form)}
            assert named == wanted, f"{file}: the German of {sentence!r} leaves out {wanted - named}"


def test_no_text_uses_words_that_our_readers_do_not():
    forbidden = re.compile(r"\b(KPIs?|SLAs?|tickets?|scores?)\b|!", re.IGNORECASE)
    for sentence, texts in _german().items():
        for _, english, german in texts:
            for form in (*english, *german):
                assert not forbidden.search(re.sub(r"\{\w*\}", "", form)), f"{form!r} in {sentence!r}"


def test_plurals_are_right_in_both_languages():
    german, english = translator("de"), translator("en")
    assert [german.ngettext("{n} day", "{n} days", n).format(n=n) for n in (0, 1, 2)] == [
        "0 Tage",
        "1 Tag",
        "2 Tage",
    ]
    assert [english.ngettext("{n} day", "{n} days", n).format(n=n) for n in (0, 1, 2)] == [
        "0 days",
        "1 day",
        "2 days",
    ]


def test_a_sentence_without_a_translation_stays_english():
    assert translator("de").gettext("No such sentence in any file") == "No such sentence in any file"
    assert translator("fr").lang == "en"


@pytest.mark.parametrize(
    ("locale", "lang"),
    [("de-DE", "de"), ("de_AT", "de"), ("DE", "de"), ("en-GB", "en"), ("da", "en"), (None, "en")],
)
def test_the_browsers_language_decides_between_german_and_english(locale, lang):
    assert language(locale) == lang
    assert lang in LANGUAGES


def test_percent_has_a_no_break_space_in_german_and_none_in_english():
    assert format.percent(0.874, "de") == "87\u00a0%"
    assert format.percent(0.874, "en") == "87%"


@pytest.mark.parametrize(("share", "shown"), [(0, "0%"), (0.001, "1%"), (0.996, "99%"), (1, "100%"), (0.995, "99%")])
def test_only_a_full_share_reads_100_percent_and_only_an_empty_one_0(share, shown):
    assert format.percent(share, "en") == shown


@pytest.mark.parametrize(
    ("probability", "german"),
    [
        (0.69, "6 von 10"),
        (0.9, "9 von 10"),
        (0.96, "fast 10 von 10"),
        (1.0, "fast 10 von 10"),
        (0.04, "weniger als 1 von 10"),
    ],
)
def test_a_probability_is_cut_down_and_never_10_of_10(probability, german):
    assert format.of_ten(probability, "de") == german


@pytest.mark.parametrize(
    ("hundredths", "plain", "signed"),
    [
        (2300, "23", "+23"),
        (-400, "−4", "−4"),
        (0, "0", "0"),
        (-367, "−3,7", "−3,7"),
        (150, "1,5", "+1,5"),
        (-1003, "−10", "−10"),
    ],
)
def test_points_have_a_true_minus_and_a_plus_only_on_request(hundredths, plain, signed):
    assert format.points(hundredths, "de") == plain
    assert format.points(hundredths, "de", signed=True) == signed


def test_points_of_one_column_can_share_their_decimals():
    assert [format.points(p, "en", decimals=2) for p in (2300, -367)] == ["23.00", "−3.67"]
    assert format.points(-4, "en", decimals=1, signed=True) == "0.0", "what rounds to nothing has no sign"


def test_thousands_are_grouped_as_the_language_does():
    assert [format.number(1268, lang) for lang in LANGUAGES] == ["1.268", "1,268"]


@pytest.mark.parametrize(
    ("at", "german", "english"),
    [
        (time(16), "16 Uhr", "4 pm"),
        (time(16, 30), "16:30 Uhr", "4:30 pm"),
        (time(12), "12 Uhr", "noon"),
        (time(0, 5), "0:05 Uhr", "12:05 am"),
        (time(7), "7 Uhr", "7 am"),
    ],
)
def test_a_time_of_day_reads_as_one_says_it(at, german, english):
    assert (format.clock(at, "de"), format.clock(at, "en")) == (german, english)


@pytest.mark.parametrize(
    ("at", "german", "english"),
    [
        (datetime(2026, 3, 12, 16, tzinfo=BERLIN), "heute 16 Uhr", "today 4 pm"),
        (datetime(2026, 3, 13, 12, tzinfo=BERLIN), "morgen 12 Uhr", "tomorrow noon"),
        (datetime(2026, 3, 11, 12, tzinfo=BERLIN), "gestern 12 Uhr", "yesterday noon"),
        (
            datetime(2026, 3, 16, 8, 30, tzinfo=BERLIN),
            "Montag, 16. März, 8:30 Uhr",
            "Monday 16 March, 8:30 am",
        ),
        (datetime(2026, 3, 24, 8, tzinfo=BERLIN), "24. März, 8 Uhr", "24 March, 8 am"),
        (datetime(2025, 3, 24, 8, tzinfo=BERLIN), "24. März 2025, 8 Uhr", "24 March 2025, 8 am"),
    ],
)
def test_an_instant_reads_as_one_says_it_today(at, german, english):
    assert format.moment(at, NOW, BERLIN, "de") == german
    assert format.moment(at, NOW, BERLIN, "en") == english


@pytest.mark.parametrize(
    ("at", "german", "english"),
    [
        (datetime(2026, 3, 12, 16, tzinfo=BERLIN), "heute 16 Uhr", "today 4 pm"),
        (datetime(2026, 3, 16, 8, 30, tzinfo=BERLIN), "Mo., 16. März, 8:30 Uhr", "Mon 16 Mar, 8:30 am"),
        (datetime(2026, 11, 24, 9, tzinfo=BERLIN), "24. Nov., 9 Uhr", "24 Nov, 9 am"),
    ],
)
def test_narrow_columns_have_short_dates(at, german, english):
    assert format.moment(at, NOW, BERLIN, "de", short=True) == german
    assert format.moment(at, NOW, BERLIN, "en", short=True) == english


@pytest.mark.parametrize(
    ("seconds", "german", "english"),
    [
        (0, "seit 1 Minute", "for 1 minute"),
        (7_300, "seit 2 Stunden", "for 2 hours"),
        (90_000, "seit 1 Tag", "for 1 day"),
    ],
)
def test_how_long_something_has_been_so_is_said_in_its_largest_unit(seconds, german, english):
    assert (format.how_long(seconds, "de"), format.how_long(seconds, "en")) == (german, english)


def test_midnight_is_the_end_of_the_day_before():
    assert format.moment(datetime(2026, 3, 14, tzinfo=BERLIN), NOW, BERLIN, "de") == "morgen"


def test_an_instant_is_shown_in_the_readers_zone():
    assert format.moment(datetime(2026, 3, 12, 15, tzinfo=UTC), NOW, BERLIN, "de") == "heute 16 Uhr"
    assert format.moment(datetime(2026, 3, 12, 23, 30, tzinfo=UTC), NOW, BERLIN, "de") == "morgen 0:30 Uhr"


def test_dates_are_short_in_charts_and_full_in_titles():
    assert format.day(date(2026, 2, 9), "de") == "9. Feb."
    assert format.day(date(2026, 3, 9), "de") == "9. März"
    assert format.day(date(2026, 2, 9), "en") == "9 Feb"
    assert format.day(date(2025, 2, 9), "de", today=NOW.date()) == "9. Feb. 2025"
    assert format.day_long(NOW.date(), "de") == "Donnerstag, 12. März 2026"
    assert format.moment_to_keep(NOW, BERLIN, "de") == "Donnerstag, 12. März 2026, 7:40 Uhr"
    assert format.moment_to_keep(NOW, UTC, "de") == "Donnerstag, 12. März 2026, 6:40 Uhr"
    assert format.moment_to_keep(datetime(2026, 3, 13, tzinfo=BERLIN), BERLIN, "de") == "Donnerstag, 12. März 2026"
    assert format.period(date(2025, 12, 15), NOW.date(), "de") == "15. Dezember 2025 bis 12. März 2026"
    assert format.period(date(2026, 2, 15), NOW.date(), "en") == "15 February to 12 March 2026"


@pytest.mark.parametrize(
    ("seconds", "german", "english"),
    [
        (13_200, "3 Std. 40 Min.", "3 h 40 min"),
        (2_400, "40 Min.", "40 min"),
        (0, "0 Min.", "0 min"),
        (7_200, "2 Std.", "2 h"),
        (190_800, "2 Tage 5 Std.", "2 days 5 h"),
    ],
)
def test_durations_have_two_units_at_most(seconds, german, english):
    assert (format.duration(seconds, "de"), format.duration(seconds, "en")) == (german, english)


@pytest.mark.parametrize(
    ("seconds", "german", "english"),
    [
        (40 * 60, "40 Min.", "40 min"),
        (86_400, "1 Tag", "1 day"),
        (2 * 86_400 + 5 * 3_600, "2 Tagen 5 Std.", "2 days 5 h"),
    ],
)
def test_how_long_ago_stands_behind_vor_and_seit(seconds, german, english):
    assert (format.age(seconds, "de"), format.age(seconds, "en")) == (german, english)
