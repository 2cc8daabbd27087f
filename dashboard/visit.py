"""Who looks at the page just now: their language, their clock, and whether their screen is dark."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import streamlit as st

from dashboard import cookies, data
from dashboard.charts import Style
from dashboard.shapes.asking import Reader
from words import LANGUAGES, Translator, format, language, translator

_ZONE_WITHOUT_BROWSER: Final = "Europe/Berlin"


class Visit(NamedTuple):
    """What every page needs to know about its reader."""

    reader: Reader
    t: Translator
    style: Style
    now: datetime
    may: frozenset[str]
    """What the reader may see and do; links lead to nothing else."""

    @property
    def today(self) -> date:
        """The date on the reader's calendar."""
        return self.now.astimezone(self.reader.zone).date()

    def moment(self, at: datetime) -> str:
        """A moment in short words, by the reader's clock."""
        return format.moment(at, self.now, self.reader.zone, self.reader.lang, short=True)


def visit() -> Visit:
    """The reader of the page that is being made now."""
    lang = _language()
    reader = Reader(cookies.signed_in(st.user.to_dict()), lang, ZoneInfo(st.context.timezone or _ZONE_WITHOUT_BROWSER))
    t = translator(lang)
    return Visit(reader, t, Style.of(t, dark=is_dark()), data.ask().now(), data.ask().firm(reader).may)


def is_dark() -> bool:
    """Whether the browser shows the dark theme."""
    return st.context.theme.type == "dark"


def _language() -> str:
    """As the address asks (`?lang=de`), also on the pages visited next; else as the browser says."""
    asked = st.query_params.get("lang")
    if asked in LANGUAGES:
        st.session_state["lang"] = asked
    kept: str | None = st.session_state.get("lang")
    return kept or language(st.context.locale)
