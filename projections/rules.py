"""The rulebook as people read it: section by section, and what one version changes against another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from domain.roles import Asker, allowed
from domain.rulebook import Late, Rulebook
from projections.rule_words import PRACTICES, RULES, SECTIONS, RuleWords
from words import N_, Translator
from words.format import NO_BREAK_SPACE, number, points
from words.names import ALERTS, CHANNELS, KINDS


class Rule(NamedTuple):
    """One key: `value` as people write it, `short` for narrow columns, `plain` as the file has it.

    `origin` are the practices with their articles, `finding` is what else speaks for it.
    """

    section: str
    key: str
    value: str
    short: str
    plain: Any
    meaning: str
    origin: str
    finding: str
    deed: int
    """Of a deed its points, in hundredths; else 0."""


class Change(NamedTuple):
    """A key whose value another version has changed."""

    section: str
    key: str
    meaning: str
    before: str
    after: str


def read(asker: Asker, rulebook: Rulebook, t: Translator) -> list[Rule]:
    """Every rule, in the order of the file."""
    allowed(asker, "documents")
    return [_rule(section, key, value, t) for section, key, value in _values(rulebook)]


def changes(asker: Asker, before: Rulebook, after: Rulebook, t: Translator) -> list[Change]:
    allowed(asker, "documents")
    found = []
    for (section, key, old), (_, _, new) in zip(_values(before), _values(after), strict=True):
        if old != new:
            words = RULES[f"{section}.{key}"]
            found.append(Change(section, key, t(words.meaning), said(old, words.unit, t), said(new, words.unit, t)))
    return found


def practices(t: Translator) -> list[tuple[str, str]]:
    """Those that rules follow from, by their number."""
    return [(name, t(sentence)) for name, sentence in PRACTICES.items()]


def title(section: str, t: Translator) -> str:
    return t(SECTIONS[section])


def origin(words: RuleWords) -> str:
    """Such as "P1, P8 (000, 002)"; empty where only a finding speaks for the rule."""
    articles = f" ({', '.join(words.articles)})" if words.articles else ""
    return f"{', '.join(words.practices)}{articles}"


def _values(rulebook: Rulebook) -> Iterator[tuple[str, str, Any]]:
    for section in Rulebook.model_fields:
        part = getattr(rulebook, section)
        for key in type(part).model_fields:
            yield section, key, getattr(part, key)


def _rule(section: str, key: str, value: Any, t: Translator) -> Rule:
    words = RULES[f"{section}.{key}"]
    return Rule(
        section=section,
        key=key,
        value=said(value, words.unit, t),
        short=_from_to(value, t) if isinstance(value, Late) else said(value, words.unit, t),
        plain=_plain(value, words.unit),
        meaning=t(words.meaning),
        origin=origin(words),
        finding=t(words.finding) if words.finding else "",
        deed=_deed(value, words.unit),
    )


def _deed(value: Any, unit: str) -> int:
    if isinstance(value, Late):
        return value.points[-1]
    return int(value) if unit == "points" else 0


def _plain(value: Any, unit: str) -> Any:
    if isinstance(value, Late):
        return [[day, cost / 100] for day, cost in zip(value.days, value.points, strict=True)]
    if isinstance(value, tuple):
        return list(value)
    return value / 100 if unit in ("points", "worth") else value


# -- values as people say them ----------------------------------------------------------------------


def said(value: Any, unit: str, t: Translator) -> str:
    """A rule's value with its unit: "+4", "8 Stunden", "25 %"."""
    return SAYERS[unit](value, t)


def in_points(hundredths: int, t: Translator) -> str:
    """A deed's points with their sign, and no more decimals than they have."""
    return points(hundredths, t.lang, signed=True, decimals=None if hundredths % 10 == 0 else 2)


def _worth(hundredths: int, t: Translator) -> str:
    shown = points(hundredths, t.lang, decimals=None if hundredths % 10 == 0 else 2)
    return t.ngettext("{n} point", "{n} points", abs(hundredths) // 100 if hundredths % 100 == 0 else 2).format(n=shown)


def _number(value: float, t: Translator) -> str:
    """With the decimals that it has, at most three."""
    text = f"{abs(value):.3f}".rstrip("0").rstrip(".")
    return number(value, t.lang, len(text.partition(".")[2]))


def _percent(share: float, t: Translator) -> str:
    return f"{_number(share * 100, t)}{NO_BREAK_SPACE if t.lang == 'de' else ''}%"


def _plus_minus(share: float, t: Translator) -> str:
    return f"±{NO_BREAK_SPACE}{_percent(share, t)}"


def _times(value: float, t: Translator) -> str:
    return t.gettext("{factor} times").format(factor=_number(value, t))


def _as_long(value: float, t: Translator) -> str:
    return t.gettext("{factor} times as long").format(factor=_number(value, t))


def _counted(one: str, many: str) -> Callable[[Any, Translator], str]:
    def say(value: float, t: Translator) -> str:
        return t.ngettext(one, many, 1 if value == 1 else 2).format(n=_number(value, t))

    return say


_hours = _counted(N_("{n} hour"), "{n} hours")
_days = _counted(N_("{n} day"), "{n} days")


def _half_life(value: Any, t: Translator) -> str:
    return t.gettext("never") if value == "none" else _days(value, t)


def _memory(days: tuple[float, ...], t: Translator) -> str:
    first, last = [_number(each, t) for each in days[:-1]], _days(days[-1], t)
    return t.gettext("{list} or {last}").format(list=", ".join(first), last=last) if first else last


def _late(late: Late, t: Translator) -> str:
    return ", ".join(said for _, _, said in late_steps(late, t))


def _from_to(late: Late, t: Translator) -> str:
    first, last = in_points(late.points[0], t), in_points(late.points[-1], t)
    return t.gettext("{first} to {last}").format(first=first, last=last)


def late_steps(late: Late, t: Translator) -> list[tuple[float, int, str]]:
    """Days, points, and both in words: "sofort −2", "nach 1 Tag −3", "ab 10 Tagen −8"."""
    steps = zip(late.days, late.points, strict=True)
    return [(days, cost, _step(days, cost, t, last=days == late.days[-1])) for days, cost in steps]


def _step(days: float, cost: int, t: Translator, *, last: bool) -> str:
    shown, many = in_points(cost, t), 1 if days == 1 else 2
    if days == 0:
        return t.gettext("at once {points}").format(points=shown)
    if last:
        text = t.ngettext("from {n} day on {points}", "from {n} days on {points}", many)
    else:
        text = t.ngettext("after {n} day {points}", "after {n} days {points}", many)
    return text.format(n=_number(days, t), points=shown)


def _channels(hours: Mapping[str, float], t: Translator) -> str:
    named = [f"{t(CHANNELS[channel])} {_hours(each, t)}" for channel, each in hours.items()]
    return ", ".join(named) or t.gettext("nowhere")


def _kinds(kinds: tuple[str, ...], t: Translator) -> str:
    return ", ".join(t(KINDS[kind]) for kind in kinds) or t.gettext("no kind")


def _alerts(rules: tuple[str, ...], t: Translator) -> str:
    return ", ".join(t(ALERTS[rule]) for rule in rules) or t.gettext("no alert")


SAYERS: Final[Mapping[str, Callable[[Any, Translator], str]]] = {
    "points": in_points,
    "worth": _worth,
    "percent": _percent,
    "plus_minus": _plus_minus,
    "times": _times,
    "as_long": _as_long,
    "number": _number,
    "hours": _hours,
    "days": _days,
    "half_life": _half_life,
    "memory": _memory,
    "months": _counted(N_("{n} month"), "{n} months"),
    "promises": _counted(N_("{n} promise"), "{n} promises"),
    "contacts": _counted(N_("{n} contact"), "{n} contacts"),
    "reactions": _counted(N_("{n} reaction"), "{n} reactions"),
    "withdrawals": _counted(N_("{n} withdrawal"), "{n} withdrawals"),
    "lines": _counted(N_("{n} line"), "{n} lines"),
    "cases": _counted(N_("{n} case"), "{n} cases"),
    "late": _late,
    "channels": _channels,
    "kinds": _kinds,
    "weeks": _counted(N_("{n} week"), "{n} weeks"),
    "alerts": _alerts,
}
