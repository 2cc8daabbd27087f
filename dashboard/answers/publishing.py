"""The three documents as somebody edits and publishes them: their texts, what is wrong with one, what it changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

from dashboard.answers.rights import refusal
from dashboard.shapes.asking import Reader, Refusal
from dashboard.shapes.publishing import Kind, Published, Ready, Texts
from dashboard.shapes.rules import RuleChange
from domain.documents import load
from domain.errors import Refused
from domain.local_time import at_second, local_edge
from domain.roles import Asker, may
from domain.rulebook import Rulebook
from domain.steering import MODELS
from projections import rules
from wiring import publishing
from wiring.defaults import DEFAULTS
from wiring.home import Konto
from wiring.publishing import RIGHTS
from wiring.refusals import sentence
from wiring.versions import counting, versions
from words import N_, Translator, translator

NOT_AHEAD = N_("This day has begun already. Please choose a later one, or publish it at once.")


def texts(konto: Konto, reader: Reader, kind: Kind) -> Texts | Refusal:
    if refused := refusal(konto, "documents", reader):
        return refused
    return Texts(
        counting(versions(konto, kind), konto.clock()).content, DEFAULTS[kind](), may(konto.asker, RIGHTS[kind])
    )


def findings(reader: Reader, kind: Kind, text: str) -> tuple[str, ...]:
    try:
        load(text, MODELS[kind])
    except Refused as refused:
        return tuple(told(refused, kind, reader))
    return ()


def told(refused: Refused, kind: Kind, reader: Reader) -> Iterator[str]:
    """As `konto … check` says them of the file of this name, under which the document is kept."""
    t = translator(reader.lang)
    for each in (refused, *refused.also):
        each.params.setdefault("in_file", f"{kind}.toml")
        yield sentence(each, t)


def ready(konto: Konto, reader: Reader, kind: Kind, text: str) -> Ready | Refusal:
    """What a text would change, for whoever may publish it."""
    if refused := refusal(konto, RIGHTS[kind], reader):
        return refused
    if unsound := findings(reader, kind, text):
        return Refusal(unsound)
    today = counting(versions(konto, kind), konto.clock()).content
    changed = changes(konto.asker, today, text, translator(reader.lang)) if kind == "rulebook" else ()
    return Ready(text == today, changed)


def changes(asker: Asker, before: str, after: str, t: Translator) -> tuple[RuleChange, ...]:
    found = rules.changes(asker, load(before, Rulebook), load(after, Rulebook), t)
    return tuple(RuleChange(rules.title(each.section, t), each.meaning, each.before, each.after) for each in found)


def publish(konto: Konto, reader: Reader, kind: Kind, text: str, day: date | None) -> Published | Refusal:
    """From now on, or from the beginning of a day in the firm's own zone."""
    if refused := refusal(konto, RIGHTS[kind], reader):
        return refused
    t = translator(reader.lang)
    start = None
    if day is not None:
        zone = ZoneInfo(konto.settings.zone)
        start = at_second(local_edge(day, 0, zone)).astimezone(zone)
        if start <= konto.clock():
            return Refusal((t.gettext(NOT_AHEAD),))
    try:
        found = publishing.publish(konto, kind, text, start)
    except Refused as unsound:
        return Refusal(tuple(told(unsound, kind, reader)))
    konto.catch_up()
    return Published(found.new, found.start)
