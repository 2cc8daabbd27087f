"""How kinds of promises and channels are called, everywhere the same."""

from __future__ import annotations

from typing import Final

from words import N_

KINDS: Final = {
    "appointment": N_("appointment"),
    "delivery": N_("delivery"),
    "callback": N_("call back"),
    "price": N_("price"),
    "quality": N_("quality"),
    "other": N_("other"),
}
CHANNELS: Final = {
    "email": N_("by e-mail"),
    "phone": N_("by phone"),
    "chat": N_("by chat"),
    "in_person": N_("in person"),
    "video": N_("by video"),
    "letter": N_("by letter"),
    "portal": N_("through the portal"),
    "other": N_("another way"),
}
