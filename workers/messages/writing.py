"""Puts a message together: one matter by itself, or several as a bundle or as the message of the day."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from string import Formatter
from typing import Final
from zoneinfo import ZoneInfo

from domain.alert import URGENCY, Rule
from words import N_, Translator
from words.format import day_to_keep, moment, number
from words.names import ALERTS
from workers.messages.letter import Group, Letter, Piece, as_html, as_text
from workers.messages.matter import Matter, Promised
from workers.messages.message import Message, Telling
from workers.messages.places import LONG, SHORT, Places, one_line, places
from workers.messages.subjects import subject
from workers.messages.wordings import Choices, wording_of

FOR_WHOM: Final = N_("You read this as the stand-in of {name}.")
NOT_ACKNOWLEDGED: Final = N_("{name} has not taken note of it yet.")
INTERNAL: Final = N_("This was promised among ourselves: the customer does not know of it.")
LATE: Final = N_("This comes later than usual: it has been so since {since}.")
TOGETHER: Final = N_("So that not each of them comes by itself, they are all here, the most urgent first.")
MORNING: Final = N_("Your morning: {alerts}")
FIRST: Final = N_("{alerts}: {names}")
SHOWN_NAMES = 3


def single(matter: Matter, telling: Telling) -> Message:
    piece = _piece(matter, telling)
    letter = Letter(piece.title, [], [Group("", [piece])], telling.t)
    return Message(subject(matter, telling), piece.title, as_text(letter), as_html(letter))


def together(
    parts: Sequence[tuple[Matter, Telling]], *, digest: bool, now: datetime, zone: ZoneInfo, t: Translator
) -> Message:
    """The most urgent first. Its subject names nobody, since the message is about many."""
    ordered = sorted(parts, key=lambda part: (URGENCY[part[0].occasion.rule], part[0].occasion.since))
    by_rule = {
        rule: [_piece(*part) for part in same] for rule, same in groupby(ordered, lambda part: part[0].occasion.rule)
    }
    groups = [Group(_heading(rule, t), pieces) for rule, pieces in by_rule.items()]
    alerts = t.ngettext("{n} alert", "{n} alerts", len(ordered)).format(n=number(len(ordered), t.lang))
    about = t.gettext(MORNING).format(alerts=alerts) if digest else alerts
    title = t.gettext(FIRST).format(alerts=about, names=_names(by_rule, t)) if by_rule else about
    before = day_to_keep(now.astimezone(zone).date(), now.astimezone(zone).date(), t.lang) if digest else None
    letter = Letter(about, [before or t.gettext(TOGETHER)], groups, t)
    return Message(about, title, as_text(letter), as_html(letter))


def _heading(rule: Rule, t: Translator) -> str:
    name = t.gettext(ALERTS[rule])
    return name[:1].upper() + name[1:]


def _names(by_rule: dict[Rule, list[Piece]], t: Translator) -> str:
    """Which kinds of alerts are among them, the most urgent first."""
    counted = [f"{t.gettext(ALERTS[rule])} ({number(len(pieces), t.lang)})" for rule, pieces in by_rule.items()]
    return ", ".join([*counted[:SHOWN_NAMES], *(["…"] if len(counted) > SHOWN_NAMES else [])])


def _piece(matter: Matter, telling: Telling) -> Piece:
    wording, t = wording_of(matter), telling.t
    short, long = places(matter, telling, SHORT), places(matter, telling, LONG)
    title, step = _chosen(wording.title, short), _chosen(wording.step, long)
    says = [sentence for choices in wording.says if (sentence := _chosen(choices, long))]
    # The first sentence names the customer once more, for a text that stands without its title.
    told_by_title = 1 if says and named_in(says[0]) <= named_in(title) else 0
    return Piece(
        title=_filled(title, short, t),
        says=_joined(_filled(each, long, t) for each in says),
        adds=_joined(_filled(each, long, t) for each in says[told_by_title:]),
        notes=_joined(_notes(matter, telling)),
        step=_filled(step, long, t),
        page=telling.page,
        acknowledge=telling.acknowledge,
    )


def _chosen(choices: Choices, known: Places) -> str:
    """The first sentence of which everything is known; empty if there is none."""
    return next((sentence for sentence in choices if named_in(sentence) <= known.keys()), "")


def _filled(sentence: str, known: Places, t: Translator) -> str:
    return t.gettext(sentence).format(**known) if sentence else ""


def named_in(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name is not None}


def _notes(matter: Matter, telling: Telling) -> Iterable[str]:
    """Why it comes to this reader, and why only now."""
    t = telling.t
    if isinstance(matter.about, Promised) and matter.about.internal:
        yield t.gettext(INTERNAL)
    if telling.for_whom is not None:
        yield t.gettext(FOR_WHOM).format(name=one_line(telling.for_whom, SHORT))
    if telling.not_acknowledged_by is not None:
        yield t.gettext(NOT_ACKNOWLEDGED).format(name=one_line(telling.not_acknowledged_by, SHORT))
    if telling.late:
        since = moment(matter.occasion.since, telling.now, telling.zone, t.lang)
        yield t.gettext(LATE).format(since=since)


def _joined(sentences: Iterable[str]) -> str:
    return " ".join(filter(None, sentences))
