"""Whether a text asks anything, or only thanks: then nobody waits for an answer."""

from __future__ import annotations

import re

LONGEST = 400
"""Characters; whoever writes more has something to say."""

GREETING = re.compile(r"(?:sehr geehrte|liebe|hallo|guten |moin|servus|hi\b|hello|dear)[^\n]{0,80}(?:\n|$)")
CLOSING = re.compile(
    r"\n\s*(?:mit |viele |beste |liebe |schöne |herzliche |freundliche |many |kind |best |warm )?"
    r"(?:(?:freundliche[nm]?|beste[nm]?|viele[nm]?|liebe[nm]?|herzliche[nm]?) )?"
    r"(?:grüsse|grüssen|gruss|gruesse|mfg|vg|lg|regards|wishes|cheers|sincerely)\b.*",
    re.DOTALL,
)
THANKS = frozenset(("dank", "danke", "dankeschön", "merci", "thanks", "thank"))
BESIDE = frozenset(
    word
    for line in (
        "vielen herzlichen besten lieben tausend schön sehr ihnen dir euch und auch nochmals noch so alles klar alle",
        "für die das den der ihre ihren deine eure schnelle rasche schnellen raschen antwort rückmeldung nachricht",
        "info information hilfe mail ok okay super prima perfekt passt guten schönen schöne schönes ein einen",
        "tag abend wochenende feiertage wünsche ich wir",
        "many very much so a lot you your the for and all perfect great quick reply answer help message have good nice",
        "day evening weekend wish",
    )
    for word in line.split()
)
"""What may stand beside thanks without asking anything."""


def is_only_thanks(text: str) -> bool:
    """Thanks and wishes, with a greeting before and a signature after; any other word may ask something."""
    # To casefold, ß is ss.
    text = text.strip().casefold()
    if len(text) > LONGEST or "?" in text:
        return False
    without_greeting = GREETING.sub("", text, count=1) if GREETING.match(text) else text
    said = re.findall(r"[^\W_]+", CLOSING.sub("", f"\n{without_greeting}"))
    return bool(THANKS & set(said)) and set(said) <= THANKS | BESIDE
