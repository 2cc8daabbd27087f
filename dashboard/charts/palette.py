"""The colours of charts, light and dark: petrol for what was kept, copper for what was not, on cool paper.

Texts and badges take theirs from `.streamlit/config.toml`; both come from the same table.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Palette(NamedTuple):
    """One colour a role; nothing else is coloured unless it says something."""

    card: str
    text: str
    quiet: str
    grid: str
    petrol: str
    petrol_text: str
    petrol_pale: str
    copper: str
    copper_text: str
    plum: str
    neutral: str
    ochre: str


LIGHT: Final = Palette(
    card="#FFFFFF",
    text="#14252B",
    quiet="#506168",
    grid="#E3E9EA",
    petrol="#14788A",
    petrol_text="#0A5A69",
    petrol_pale="#CFE6EA",
    copper="#B94E16",
    copper_text="#95390A",
    plum="#5E3B7A",
    neutral="#7A8A91",
    ochre="#A67C00",
)
DARK: Final = Palette(
    card="#172226",
    text="#E4ECED",
    quiet="#A3B2B7",
    grid="#26343A",
    petrol="#55B4C4",
    petrol_text="#8AD3DF",
    petrol_pale="#1C4650",
    copper="#E58A55",
    copper_text="#F0AC84",
    plum="#E2D2F0",
    neutral="#7F9096",
    ochre="#D9B34A",
)
