"""Numbers, dates and durations as people say them, in German and English.

All functions take the language last; English dates and numbers are written the British way.
Points are integers in hundredths, as everywhere. Instants are aware datetimes, shown in the reader's zone.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta, tzinfo
from math import floor
from typing import Final

from babel import Locale, UnknownLocaleError
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from words import N_, translator

MINUS: Final = "\u2212"
NO_BREAK_SPACE: Final = "\u00a0"
_LOCALES: Final = {"de": Locale("de", "DE"), "en": Locale("en", "GB")}
_DAYS_NAMED_BY_WEEKDAY: Final = 6
# CLDR's own patterns abbreviate the month as soon as a year is asked for; these keep one manner throughout.
_PATTERNS: Final = {
    "de": {"short": "d. MMM", "month": "d. MMMM", "weekday": "EEEE, d. MMMM", "short_weekday": "EEE, d. MMM"},
    "en": {"short": "d MMM", "month": "d MMMM", "weekday": "EEEE d MMMM", "short_weekday": "EEE d MMM"},
}


def _locale(lang: str) -> Locale:
    return _LOCALES.get(lang, _LOCALES["en"])


def _date(on: date, manner: str, lang: str, *, year: bool) -> str:
    pattern = _PATTERNS.get(lang, _PATTERNS["en"])[manner] + (" y" if year else "")
    return format_date(on, pattern, locale=_locale(lang))


def _true_minus(text: str) -> str:
    return text.replace("-", MINUS)


def number(value: float, lang: str, decimals: int = 0) -> str:
    """A count or measure with the language's separators: 1.268 in German, 1,268 in English."""
    pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return _true_minus(format_decimal(value, format=pattern, locale=_locale(lang)))


def percent(share: float, lang: str) -> str:
    """A share in whole percent: "87 %" with a no-break space in German, "87%" in English.

    Only a full share reads 100 and only an empty one 0: what is almost all or almost nothing says so.
    """
    return format_percent(_whole_percent(share) / 100, format=None, locale=_locale(lang))


def percent_between(low: float, high: float, lang: str) -> str:
    """The two ends of an interval in whole percent: "82 und 91 %", "82 and 91%"."""
    text = translator(lang).gettext("{low} and {high}")
    return text.format(low=_whole_percent(low), high=percent(high, lang))


def percent_change(now: float, before: float, lang: str) -> str:
    """The difference between two shares as shown, in points of a percent and with its sign: "−4 Punkte"."""
    change = _whole_percent(now) - _whole_percent(before)
    text = translator(lang).ngettext("{n} point", "{n} points", abs(change))
    return text.format(n=_signed(number(change, lang), change))


def _whole_percent(share: float) -> int:
    if share <= 0 or share >= 1:
        return 0 if share <= 0 else 100
    return min(99, max(1, floor(share * 100 + 0.5)))


def of_ten(probability: float, lang: str) -> str:
    """A probability as people say it: "6 von 10". Cut down, never rounded up, so never "10 von 10"."""
    t = translator(lang)
    tenths = floor(max(0.0, min(1.0, probability)) * 10 + 1e-9)
    if tenths < 1:
        return t.gettext("fewer than 1 in 10")
    if probability > 0.95:
        return t.gettext("almost 10 in 10")
    return t.gettext("{n} in 10").format(n=tenths)


def points(hundredths: int, lang: str, *, signed: bool = False, decimals: int | None = None) -> str:
    """Points with a true minus: "23", "−4", with `signed` also "+2".

    Without `decimals` whole points are written whole and all others with one decimal.
    """
    if decimals is None:
        decimals = 0 if (abs(hundredths) + 5) // 10 % 10 == 0 else 1
    step = 10 ** (2 - decimals)
    shown = (abs(hundredths) + step // 2) // step * step * (-1 if hundredths < 0 else 1)
    text = number(shown / 100, lang, decimals)
    return _signed(text, shown) if signed else text


def decimals_of(amounts: Iterable[int]) -> int:
    """So many that every amount of a list is exact, and none shows more than the others."""
    rest = {points % 100 for points in amounts}
    return 0 if rest <= {0} else 1 if all(points % 10 == 0 for points in rest) else 2


def _signed(text: str, value: float) -> str:
    return f"+{text}" if value > 0 else text


def language_name(code: str, lang: str) -> str:
    """A language as one says it: "Deutsch", "German"; one that has no name here stays its code."""
    try:
        named = Locale.parse(code, sep="-").get_language_name(lang)
    except (UnknownLocaleError, ValueError):
        named = None
    return named or code


def clock(at: time, lang: str) -> str:
    """The time of day: "16 Uhr", "16:30 Uhr"; "4 pm", "4:30 pm", "noon"."""
    if lang == "de":
        return f"{at.hour}:{at.minute:02d} Uhr" if at.minute else f"{at.hour} Uhr"
    if at.minute == 0 and at.hour in (0, 12):
        return "noon" if at.hour else "midnight"
    half = "am" if at.hour < 12 else "pm"
    hour = at.hour % 12 or 12
    return f"{hour}:{at.minute:02d} {half}" if at.minute else f"{hour} {half}"


def day(on: date, lang: str, *, today: date | None = None) -> str:
    """A short date: "9. Feb.", "9 Feb"; with its year when `today` lies in another one."""
    return _date(on, "short", lang, year=today is not None and on.year != today.year)


def day_long(on: date, lang: str) -> str:
    """A date in full: "Donnerstag, 12. März 2026"."""
    return format_date(on, "full", locale=_locale(lang))


def day_to_keep(on: date, today: date, lang: str) -> str:
    """A date to write to somebody, who may read it on another day: "Dienstag, 17. März"."""
    return _date(on, "weekday", lang, year=on.year != today.year)


def day_and_month(on: date, lang: str) -> str:
    """A date inside a sentence: "3. März", "3 March"."""
    return _date(on, "month", lang, year=False)


def day_figures(on: date, lang: str, *, year: bool = False) -> str:
    """A date in figures for narrow columns: "09.02." or "09.02.2026", "09/02" or "09/02/2026"."""
    if lang == "de":
        return f"{on:%d.%m.%Y}" if year else f"{on:%d.%m.}"
    return f"{on:%d/%m/%Y}" if year else f"{on:%d/%m}"


def weekday(on: date, lang: str) -> str:
    """The day of the week in two or three letters: "Do", "Thu"."""
    return format_date(on, "EEE", locale=_locale(lang)).rstrip(".")


def day_in_words(on: date, today: date, lang: str, *, short: bool = False) -> str:
    """A day as one says it today: "gestern", "heute", "morgen", "Freitag, 13. März", "24. März"."""
    named = {-1: N_("yesterday"), 0: N_("today"), 1: N_("tomorrow")}.get((on - today).days)
    if named:
        return translator(lang).gettext(named)
    near = abs((on - today).days) <= _DAYS_NAMED_BY_WEEKDAY
    manner = ("short_weekday" if near else "short") if short else ("weekday" if near else "month")
    return _date(on, manner, lang, year=not near and on.year != today.year)


def moment(at: datetime, now: datetime, zone: tzinfo, lang: str, *, short: bool = False) -> str:
    """An instant as one says it now: "heute 16 Uhr", "morgen 12 Uhr", "24. März, 8 Uhr".

    Midnight is the end of the day before it, so a date without a time reads as that date alone.
    `short` is for narrow columns: "Do., 26. März, 8 Uhr".
    """
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    if local.time() == time():
        return day_in_words(local.date() - timedelta(days=1), today, lang, short=short)
    spoken = day_in_words(local.date(), today, lang, short=short)
    near = abs((local.date() - today).days) <= 1
    return f"{spoken}{' ' if near else ', '}{clock(local.time(), lang)}"


def moment_to_keep(at: datetime, zone: tzinfo, lang: str) -> str:
    """An instant that reads the same on any day: "Dienstag, 24. März 2026, 8 Uhr"; midnight ends the day before it."""
    local = at.astimezone(zone)
    if local.time() == time():
        return day_long(local.date() - timedelta(days=1), lang)
    return f"{day_long(local.date(), lang)}, {clock(local.time(), lang)}"


def period(since: date, until: date, lang: str) -> str:
    """A period with both its days: "15. Dezember 2025 bis 12. März 2026"."""
    first = _date(since, "month", lang, year=since.year != until.year)
    last = _date(until, "month", lang, year=True)
    return translator(lang).gettext("{first} to {last}").format(first=first, last=last)


def how_long(seconds: float, lang: str) -> str:
    """For how long something has been so, in the largest whole unit: "seit 3 Tagen", "for 3 days"."""
    t = translator(lang)
    minutes = max(1, floor(seconds / 60))
    if minutes >= 1440:
        return t.ngettext("for {n} day", "for {n} days", minutes // 1440).format(n=number(minutes // 1440, lang))
    if minutes >= 60:
        return t.ngettext("for {n} hour", "for {n} hours", minutes // 60).format(n=minutes // 60)
    return t.ngettext("for {n} minute", "for {n} minutes", minutes).format(n=minutes)


def duration(seconds: float, lang: str) -> str:
    """How long something took, with two units at most: "40 Min.", "3 Std. 40 Min.", "2 Tage 5 Std."."""
    t = translator(lang)
    minutes = max(0, floor(seconds / 60 + 0.5))
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    parts = []
    if days:
        parts.append(t.ngettext("{n} day", "{n} days", days).format(n=number(days, lang)))
    if hours:
        parts.append(t.gettext("{n} h").format(n=hours))
    if not days and (minutes or not hours):
        parts.append(t.gettext("{n} min").format(n=minutes))
    return " ".join(parts)


def age(seconds: float, lang: str) -> str:
    """How long ago something was: as `duration`, but German says "vor 2 Tagen", "seit 2 Tagen"."""
    said = duration(seconds, lang)
    return said.replace(" Tage", " Tagen") if lang == "de" else said
