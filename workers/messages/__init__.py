"""What an alert says: what was promised to whom by when, or what happened, and the next step. Plain, warm, no blame."""

from workers.messages.matter import Matter, Promised
from workers.messages.message import Message, Telling
from workers.messages.writing import single, together

__all__ = ["Matter", "Message", "Promised", "Telling", "single", "together"]
