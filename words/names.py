"""How kinds of promises, channels, stages and alerts are called, everywhere the same."""

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
STAGES: Final = {
    "new": N_("new"),
    "building": N_("growing"),
    "solid": N_("solid"),
    "strained": N_("strained"),
    "recovering": N_("recovering"),
    "lost": N_("lost"),
}
PROMISE_STATES: Final = {
    "open": N_("open"),
    "overdue": N_("overdue"),
    "kept": N_("kept"),
    "exceeded": N_("more than promised"),
    "kept_late": N_("kept late"),
    "partial": N_("partly kept"),
    "broken": N_("broken"),
    "withdrawn": N_("taken back"),
    "released": N_("waived by the customer"),
}
CONTACT_STATES: Final = {
    "open": N_("open"),
    "answered": N_("answered in time"),
    "late": N_("answered late"),
    "unanswered": N_("not answered"),
}
INCIDENT_STATES: Final = {"open": N_("open"), "resolved": N_("put right"), "closed": N_("closed")}
ALERTS: Final = {
    "last_call": N_("last call for timely notice"),
    "chased": N_("asked again"),
    "overdue": N_("overdue"),
    "unanswered": N_("waiting for an answer"),
    "recovery_step_due": N_("next step of recovery"),
    "at_risk": N_("at risk"),
    "channel_paused": N_("a channel does not work"),
    "trust_low": N_("trust is low"),
    "moved_again": N_("moved again and again"),
    "follow_up_due": N_("follow-up after a delivery"),
    "overload": N_("more open than ever went well"),
    "due_soon": N_("due soon"),
    "trust_falling": N_("trust is falling"),
    "supplier_card": N_("card for a supplier"),
    "buffer_thin": N_("thin buffer"),
    "lapsed_cadence": N_("something regular has stopped"),
    "silent_customer": N_("a customer has fallen silent"),
    "feedback_silent": N_("no feedback for long"),
    "reliability_drift": N_("less kept on time than usual"),
}
"""By rule."""
BASES: Final = {
    "works_agreement": N_("an agreement with the works council"),
    "collective_agreement": N_("a collective agreement"),
    "consent": N_("the consent of everybody concerned"),
    "law": N_("a law"),
}
"""On what basis figures per person are open."""
OPENING_STATES: Final = {
    "in_force": N_("open now"),
    "later": N_("will be open"),
    "closed": N_("closed early"),
    "over": N_("time is over"),
}
