"""What an alert says: what was promised to whom by when, or what happened, and the next step. Plain, warm, no blame."""

from workers.messages.matter import (
    Account,
    Asked,
    Burden,
    Claims,
    Matter,
    Promised,
    Recovery,
    Rhythm,
    Way,
    Week,
)
from workers.messages.message import Message, Telling
from workers.messages.writing import single, together

__all__ = [
    "Account",
    "Asked",
    "Burden",
    "Claims",
    "Matter",
    "Message",
    "Promised",
    "Recovery",
    "Rhythm",
    "Telling",
    "Way",
    "Week",
    "single",
    "together",
]
