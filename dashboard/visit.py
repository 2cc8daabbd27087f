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
_COLON: Final = "\\:"


class Visit(NamedTuple):
    """What every page needs to know about its reader."""

    reader: Reader
    t: Translator
    style: Style
    now: datetime
    may: frozenset[str]
    """What the reader may see and do; links lead to nothing else."""
    firm_zone: ZoneInfo
    """Where the firm's clock runs; the reader's may run elsewhere."""

    @property
    def today(self) -> date:
        """The date on the reader's calendar."""
        return self.now.astimezone(self.reader.zone).date()

    def said(self, at: datetime, *, short: bool = False) -> str:
        """An instant on the reader's clock, in words alone, for labels."""
        return format.moment(at, self.now, self.reader.zone, self.reader.lang, short=short)

    def moment(self, at: datetime, *, short: bool = False) -> str:
        """The same as Markdown: where the firm's clock shows another time just then, that is read on hover."""
        return self._beside(at, self.said(at, short=short))

    def clock(self, at: datetime) -> str:
        """Only the time of day, with the firm's on hover in the same way."""
        return self._beside(at, format.clock(at.astimezone(self.reader.zone).time(), self.reader.lang))

    def _beside(self, at: datetime, words: str) -> str:
        if at.astimezone(self.firm_zone).utcoffset() == at.astimezone(self.reader.zone).utcoffset():
            return words
        theirs = format.moment_to_keep(at, self.firm_zone, self.reader.lang)
        said = self.t("On the clock of the firm: {moment}").format(moment=theirs)
        # A colon before a word or number would begin a sign of its own, and the whole stay empty.
        return f"{words}{format.NO_BREAK_SPACE}:help[{said.replace(':', _COLON)}]"


def visit() -> Visit:
    """The reader of the page that is being made now."""
    lang = _language()
    reader = Reader(cookies.signed_in(st.user.to_dict()), lang, ZoneInfo(st.context.timezone or _ZONE_WITHOUT_BROWSER))
    t = translator(lang)
    firm = data.ask().firm(reader)
    return Visit(reader, t, Style.of(t, dark=is_dark()), data.ask().now(), firm.may, firm.zone)


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
