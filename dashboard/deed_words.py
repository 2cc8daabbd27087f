"""Deeds in the reader's words: on buttons, over forms, and in the line that says what was recorded."""

from __future__ import annotations

from typing import Final

from words import N_

BUTTONS: Final = {
    "fulfil": N_("Fulfilled"),
    "fulfil_otherwise": N_("Fulfilled earlier, partly or better …"),
    "move": N_("Give notice"),
    "take_back": N_("Take back …"),
    "give_up": N_("Will not be kept …"),
    "release": N_("The customer waives it …"),
    "plan_b": N_("Plan B …"),
    "pause": N_("Pause …"),
    "resume": N_("Goes on"),
    "answer": N_("Answered"),
    "answer_otherwise": N_("Answered earlier or by somebody else …"),
    "follow_up": N_("Called, all well"),
    "follow_up_otherwise": N_("Asked earlier or another way …"),
    "check_in": N_("Called"),
    "check_in_otherwise": N_("Asked earlier or another way …"),
    "explain": N_("Reason given"),
    "apologise": N_("Apologised"),
    "ask_chance": N_("New chance asked for"),
    "offer": N_("Offer made …"),
    "answer_offer": N_("Offer answered …"),
    "talk": N_("Talked in person"),
    "resolve": N_("Put right"),
    "close": N_("Close …"),
    "note": N_("Got it"),
    "put_off": N_("Put off …"),
}
TITLES: Final = {
    "fulfil": N_("Fulfilled"),
    "move": N_("Give notice and agree on a new date"),
    "take_back": N_("Take the promise back openly"),
    "give_up": N_("The promise will not be kept"),
    "release": N_("The customer waives the promise"),
    "plan_b": N_("Plan B"),
    "pause": N_("Pause"),
    "answer": N_("Answered"),
    "follow_up": N_("Asked after the delivery"),
    "check_in": N_("Asked how things are"),
    "explain": N_("Reason given"),
    "apologise": N_("Apologised"),
    "ask_chance": N_("Asked for a new chance"),
    "offer": N_("Made an offer"),
    "answer_offer": N_("What came of the offer?"),
    "talk": N_("Talked in person"),
    "resolve": N_("Put right"),
    "close": N_("Close the incident"),
    "put_off": N_("Put off"),
}
DONE: Final = {
    "fulfil": N_("fulfilled"),
    "move": N_("moved"),
    "take_back": N_("taken back"),
    "give_up": N_("will not be kept"),
    "release": N_("waived by the customer"),
    "plan_b": N_("plan B noted"),
    "pause": N_("paused"),
    "resume": N_("goes on"),
    "answer": N_("answered"),
    "follow_up": N_("asked whether all is well"),
    "check_in": N_("asked how things are"),
    "explain": N_("reason given"),
    "apologise": N_("apologised"),
    "ask_chance": N_("asked for a new chance"),
    "offer": N_("offer made"),
    "answer_offer": N_("offer answered"),
    "talk": N_("talked in person"),
    "resolve": N_("put right"),
    "close": N_("closed"),
}
CAUSES: Final = {
    "customer": N_("we wait for the customer"),
    "supplier": N_("we wait for the supplier"),
    "weather": N_("because of the weather"),
    "part": N_("a part is missing"),
    "other": N_("for another reason"),
}
