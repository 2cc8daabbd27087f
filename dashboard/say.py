"""What code calls things, in the words of our readers."""

from __future__ import annotations

from typing import Final

from words import N_, Translator

KINDS: Final = {
    "appointment": N_("appointment"),
    "delivery": N_("delivery"),
    "callback": N_("call back"),
    "price": N_("price"),
    "quality": N_("quality"),
    "other": N_("other"),
}
STATES: Final = {
    "all": N_("All open"),
    "overdue": N_("Overdue"),
    "notice": N_("Give notice now"),
    "soon": N_("Due soon"),
    "waiting": N_("Waiting"),
}
STAGES: Final = {
    "new": N_("new"),
    "building": N_("growing"),
    "solid": N_("solid"),
    "strained": N_("strained"),
    "recovering": N_("recovering"),
    "lost": N_("lost"),
}
DELIVERIES: Final = {
    "waiting": N_("not sent yet"),
    "delivered": N_("delivered"),
    "acknowledged": N_("seen"),
    "failed": N_("not delivered"),
    "undeliverable": N_("nobody reachable"),
    "not_needed": N_("no longer needed"),
    "too_old": N_("too old to send"),
}
EVERYBODY: Final = N_("Everybody")
EVERY_KIND: Final = N_("Every kind")


def word(table: dict[str, str], name: str, t: Translator) -> str:
    """The reader's word for a name in code; a name we do not know stays as it is."""
    return t.gettext(table[name]) if name in table else name
