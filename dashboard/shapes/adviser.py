"""Whether a promise can be made."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple


class AdviceAsked(NamedTuple):
    """A promise that somebody would like to make; without `owner` and `due` those that the page proposes."""

    owner: str | None = None
    kind: str = "other"
    due: date | None = None
    customer: str | None = None
    severity: str = "normal"


class AdviceDay(NamedTuple):
    """A date until whose end it could be promised; `probability` is None while too little is known."""

    on: date
    probability: float | None
    low: float
    high: float
    wished: bool = False
    proposed: bool = False


class Advice(NamedTuple):
    """What the adviser says; sentences are empty where there is nothing to say."""

    headline: str
    sure: str
    instead: str
    """What to do where no date is safe."""
    load: str
    overloaded: bool
    steps: tuple[str, ...]
    no_mark: str
    wording: str | None
    """How to say it to the customer."""
    is_known: bool
    is_safe: bool
    days: tuple[AdviceDay, ...]
    safe_from: float
    rests_on: int


class AccountInShort(NamedTuple):
    """One customer in two lines; `reason` is why they stand at this stage."""

    customer: str
    name: str
    balance: int
    stage: str
    reason: str


class AdvicePage(NamedTuple):
    """Who and when was asked about, and what the adviser says; `refused` says why it says nothing."""

    people: tuple[str, ...]
    owner: str | None
    due: date
    business_days: int
    """How many business days ahead the due is."""
    customer: AccountInShort | None
    advice: Advice | None
    refused: str | None = None
