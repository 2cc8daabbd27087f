"""The row of filters above a list: its states with how many stand in each, who answers, and one choice more."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import streamlit as st

from dashboard import address, say
from dashboard.visit import Visit
from words import format

ALL: Final = ""
"""Of an owner or another choice: everybody, everything."""


class States(NamedTuple):
    """The states to choose from, the one without a choice, what each is called and how many stand in it."""

    options: Sequence[str]
    default: str
    word: Callable[[str], str]
    counts: Mapping[Any, int]
    name: str = "state"
    """Its name in the address."""


class Choice(NamedTuple):
    """One more list to choose from: its label, its name in the address, and what each option is called."""

    label: str
    name: str
    options: Sequence[str]
    word: Callable[[str], str]
    everything: str


def row(here: Visit, states: States, owners: Sequence[str], choice: Choice) -> None:
    """A new choice shows the first page."""
    t = here.t
    first, second, third = st.columns([3.1, 1, 1], gap="small", vertical_alignment="center")
    with first:
        switch(states, here)
    with second:
        address.select(t("Owner"), "owner", [ALL, *owners], ALL, lambda name: name or t(say.EVERYBODY), resets="page")
    with third:
        address.select(
            choice.label,
            choice.name,
            [ALL, *choice.options],
            ALL,
            lambda name: choice.word(name) if name else choice.everything,
            resets="page",
        )


def switch(states: States, here: Visit) -> None:
    """The states alone, as buttons."""
    address.switch(
        here.t("State"),
        states.name,
        states.options,
        states.default,
        lambda name: f"{states.word(name)} {format.number(states.counts[name], here.reader.lang)}",
        resets="page",
    )
