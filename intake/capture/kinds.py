"""What is told and what kind of promise it is: the words that say so, in German and English, as data."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, NamedTuple

from intake.capture.calendar_words import any_of
from intake.capture.understood import Unclear
from words import N_

KINDS: Final[Mapping[str, str]] = {
    "rückruf": "callback", "rueckruf": "callback", "zurückrufen": "callback", "zurückruf": "callback",
    "anrufen": "callback", "anruf": "callback", "telefonat": "callback", "callback": "callback",
    "call back": "callback", "call": "callback", "phone": "callback", "ring": "callback",
    "termin": "appointment", "besuch": "appointment", "besuchen": "appointment", "besprechung": "appointment",
    "treffen": "appointment", "besichtigung": "appointment", "aufmaß": "appointment", "aufmass": "appointment",
    "wartung": "appointment", "montage": "appointment", "appointment": "appointment", "visit": "appointment",
    "meeting": "appointment", "meet": "appointment", "inspection": "appointment", "maintenance": "appointment",
    "lieferung": "delivery", "liefern": "delivery", "ausliefern": "delivery", "anlieferung": "delivery",
    "versand": "delivery", "delivery": "delivery", "deliver": "delivery", "ship": "delivery", "shipment": "delivery",
    "angebot": "other", "kostenvoranschlag": "other", "rechnung": "other", "antwort": "other", "unterlagen": "other",
    "bericht": "other", "muster": "other", "offer": "other", "quote": "other", "quotation": "other",
    "invoice": "other", "reply": "other", "answer": "other", "report": "other", "sample": "other",
    "nachbesserung": "quality", "nachbessern": "quality", "nacharbeit": "quality", "rework": "quality",
}  # fmt: skip
"""The first of these words decides; a promise with none of them is of kind "other"."""

KIND_WORD: Final = re.compile(rf"\b(?:{any_of(KINDS)})\b", re.IGNORECASE)
PRICE: Final = re.compile(r"\b(?:festpreis\w*|fixed\s+price|pauschalpreis)\b", re.IGNORECASE)


def kind_of(text: str) -> str:
    """The kind of a promise; asks back for a fixed price, which needs its amount in figures of its own."""
    if PRICE.search(text):
        raise Unclear("price", PRICE_NEEDS_AMOUNT)
    found = KIND_WORD.search(text)
    return KINDS[" ".join(found[0].casefold().split())] if found else "other"


# -- deeds ------------------------------------------------------------------------------------------


class Deed(NamedTuple):
    """The type of fact and what is left of the text without the words that say so."""

    type: str
    rest: str
    channel: str | None = None
    chases: bool = False
    degree: float | None = None


class Cue(NamedTuple):
    """`finds` tells the deed; `takes` are the words that go with it, where it is not the same."""

    name: str
    finds: re.Pattern[str]
    takes: re.Pattern[str] | None = None


def _cue(name: str, finds: str, takes: str | None = None) -> Cue:
    return Cue(name, _words(finds), None if takes is None else _words(takes))


def _words(text: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{text})(?!\w)", re.IGNORECASE)


CUES: Final = (
    _cue("request.declined", r"nein\s+gesagt|abgelehnt|(?:nein|absage)(?=\s+an\b)|^no(?=\s+to\b)"),
    _cue("request.declined", r"(?:we\s+|i\s+|^)(?:have\s+)?(?:said\s+no|declined)"),
    _cue("request.declined", r"(?:we\s+|i\s+|^)(?:have\s+)?told\b.+\bno", r"told|no"),
    _cue(
        "incident.reported", r"beschwert(?:\s+sich)?|complain(?:ed|s)|(?:beschwerde|complaint)(?=\s+(?:von|from|by)\b)"
    ),
    _cue("chase", r"nachgefragt|fragt\s+(?:schon\s+)?(?:wieder\s+|erneut\s+)?nach|asked\s+again|chased|chases"),
    _cue("phone", r"hat\b.*\bangerufen", r"angerufen"),
    _cue("phone", r"has\s+called(?!\s+back)|called\s+us"),
    _cue("email", r"hat\b.*\b(?:gemailt|geschrieben)", r"gemailt|geschrieben"),
    _cue("email", r"e-?mailed\s+us|wrote\s+to\s+us|has\s+(?:e-?mailed|written)"),
    _cue("asked", r"(?:an)?gefragt|asked"),
    _cue("promise.renegotiated", r"verschoben|verlegt|postponed|moved|rescheduled"),
    _cue("promise.withdrawn", r"zurückgenommen|taken\s+back|withdrawn"),
    _cue("promise.made", r"zugesagt|versprochen|promised"),
    _cue("promise.fulfilled", r"erledigt|(?:ab|ver)?geschickt|geliefert|erfüllt|gemacht|montiert|zurückgerufen"),
    _cue("promise.fulfilled", r"sent|done|delivered|fulfilled|finished|called\s+back|(?:fertig|ready)\s*[.!]?$"),
)

FILLING: Final = _words(
    r"wir|ich|uns|sich|hat|haben|habe|ist|wurde|schon|wieder|erneut|nochmals?|zum\s+\w+\s+mal|"
    r"we|i|us|have|has|had|been|was|is|did|already|once\s+more|for\s+the\s+\w+\s+time"
)
"""Words that a deed is told with and that say nothing more."""
THEIR_DEED: Final = re.compile(
    r"\b(?P<verb>hat|hatte|ha[sd](?!\s+been))\b"
    r"|^(?!we\b|i\b)\S+(?:\s+\S+){0,2}?\s+(?P<past>moved|sent|postponed|rescheduled|delivered|finished)\s+"
    r"(?:the|our|their|his|her|it|us)\b",
    re.IGNORECASE,
)
"""Somebody else than we may have done it: "Müller hat abgelehnt", "Miller moved the visit"."""
NOT: Final = _words(r"nicht|kein\w*|nie|niemals|not|never|\w+n[’']t")
OPEN_VERB: Final = _words(
    r"hat|haben|habe|hatte|wurde|has|have|had|angerufen|called|abgesagt|cancell?ed|declined|said\s+no|told"
)
PARTLY: Final = _words(r"teilweise|teils|zum\s+teil|halb|partly|partially|half")
PERCENT: Final = _words(r"(?:zu\s+)?(\d{1,3})\s?(?:%|prozent|percent)")
CHANNELS: Final = {"phone": "phone", "email": "email"}


def must_tell(text: str) -> None:
    """Asks back where something is asked, also behind a reason."""
    if re.search(r"\?\s*$", text):
        raise Unclear("a_question", A_QUESTION)


def deed_in(text: str) -> Deed:
    """What is told; without a word for it, a promise. Asks back where the words leave it open."""
    for cue in CUES:
        if found := cue.finds.search(text):
            # What a customer complains about may well say "not".
            before = text[: found.end()] if cue.name == "incident.reported" else text
            if negated := NOT.search(before):
                raise Unclear("negated", NEGATED, found=negated[0])
            if cue.name.startswith(("promise.", "request.")) and (theirs := THEIR_DEED.search(text)):
                raise Unclear("unclear_verb", WHO_DID, found=theirs["verb"] or theirs["past"])
            without = f"{text[: found.start()]} {text[found.end() :]}"
            return _deed(cue.name, cue.takes.sub(" ", text) if cue.takes else without)
    if verb := OPEN_VERB.search(text):
        raise Unclear("unclear_verb", UNCLEAR_VERB, found=verb[0])
    return Deed("promise.made", text)


def _deed(name: str, rest: str) -> Deed:
    if name == "promise.fulfilled":
        return _fulfilled(rest)
    if name == "promise.made":
        return Deed(name, FILLING.sub(" ", rest))
    if "." in name:
        return Deed(name, rest)
    return Deed("contact.inbound", rest, channel=CHANNELS.get(name), chases=name == "chase")


def _fulfilled(rest: str) -> Deed:
    """How far: all of it, or the share that is named."""
    if percent := PERCENT.search(rest):
        return Deed("promise.fulfilled", PERCENT.sub(" ", rest), degree=int(percent[1]) / 100)
    if partly := PARTLY.search(rest):
        raise Unclear("partly", HOW_MUCH, found=partly[0])
    return Deed("promise.fulfilled", rest)


# -- sentences --------------------------------------------------------------------------------------

PRICE_NEEDS_AMOUNT = N_(
    "A promised price needs its amount and currency as figures. Please record it in your CRM or with konto import."
)
A_QUESTION = N_("This is a question. Please say what was promised or what has happened.")
NEGATED = N_("“{found}” says what has not happened; only what has happened is recorded. Please say that.")
UNCLEAR_VERB = N_(
    "What does “{found}” tell here? Understood are: a promise with its date, done, moved to, taken back, said no, "
    "asked, asked again, complained. Please say it in one of these ways."
)
WHO_DID = N_(
    "Who did this, the customer or we? “{found}” leaves it open. "
    "Please say it with “wir haben” or “we have”, such as “wir haben das Angebot an Müller geschickt”."
)
HOW_MUCH = N_("How far is it fulfilled? Please replace “{found}” by a share, such as 80 %.")
