"""The rulebook in words: what counts and why, since when, and what each version changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from functools import partial

import pandas as pd  # type: ignore[import-untyped]
import streamlit as st

from dashboard import charts, data, look, places, proposal, publishing
from dashboard.look import plain, quiet
from dashboard.shapes.rules import RuleChange, RuleRow, Rules, RuleSection, RuleVersion
from dashboard.visit import Visit, visit
from words import format

_CHANGES_SHOWN = 6


def page() -> None:
    """The page."""
    here = visit()
    found = data.ask().rules(here.reader)
    t = here.t
    look.head(t("Rulebook"), _counts(found, here))
    left, right = st.columns([1.7, 1], gap="small")
    with left, look.card("lateness", stretch=True):
        _lateness(found, here)
    with right, look.card("version", stretch=True):
        _version(found, here)
    publishing.outcome("rulebook", here)
    if found.may_propose:
        with look.card("proposal"):
            proposal.show(here)
    titles = [*(group.title for group in found.groups), t("Versions"), t("Where do the rules come from?")]
    links = " · ".join(f"[{words}](#{_anchor(number)})" for number, words in enumerate(titles))
    st.markdown(f"{links}  \n{quiet(t('Below each rule: the practice it follows, and in brackets the article.'))}")
    cards = [partial(_sections, group.sections, here) for group in found.groups]
    cards += [partial(_history, found.versions, here), partial(_practices, found, here)]
    for number, (words, draw) in enumerate(zip(titles, cards, strict=True)):
        st.header(words, anchor=_anchor(number))
        draw()


def _anchor(part: int) -> str:
    return f"part-{part + 1}"


# -- what counts ----------------------------------------------------------------------------------


def _counts(found: Rules, here: Visit) -> str:
    """In one line: which version counts, and since when."""
    (today,) = [version for version in found.versions if version.state == "counts"]
    if today.published is None:
        return here.t("What each deed is worth on the trust account. The rulebook counts as shipped.")
    if today.start is None:
        return here.t("What each deed is worth on the trust account. This version counts from the beginning.")
    text = here.t("What each deed is worth on the trust account. This version counts since {moment}.")
    return text.format(moment=_moment(today.start, here))


def _moment(at: datetime, here: Visit) -> str:
    """A version begins with a day, which `format.moment` would take for the end of the day before."""
    local = at.astimezone(here.reader.zone)
    if local.time() == time():
        return format.day_in_words(local.date(), here.today, here.reader.lang)
    return here.moment(at)


def _lateness(found: Rules, here: Visit) -> None:
    t = here.t
    look.title(t("What does it cost to be late?"), t("points by days past the due"))
    look.show(charts.lateness(found.lateness, here.style))
    look.foot(t("Straight between the steps, no more after the last. While a promise is overdue, it counts so far."))


def _version(found: Rules, here: Visit) -> None:
    t = here.t
    look.title(t("Which version counts?"), icon="menu_book")
    for version in found.versions:
        if version.state in ("counts", "later"):
            st.markdown(f"{_heading(version, here)}  \n{quiet(_what_changed(version, here))}")
    if found.may_publish:
        st.page_link(
            places.what_if(t),
            label=t("Change the rulebook"),
            icon=":material/edit_document:",
        )
    st.markdown(
        f"**{t('How to change it') if not found.may_publish else t('With files instead')}**  \n"
        + t("Edit `rulebook.toml` in the home folder, or run `konto rules publish FILE`.")
        + "  \n:material/subdirectory_arrow_right: "
        + t("Try it first: `konto what-if FILE` shows which accounts would stand elsewhere.")
    )
    look.foot(t("Each line keeps the version that counted at its own time."))


# -- rules ----------------------------------------------------------------------------------------


def _sections(sections: Sequence[RuleSection], here: Visit) -> None:
    """In two columns that are about as long; on a phone one after the other."""
    cut = _cut([len(section.rows) + 2 for section in sections])
    for column, part in zip(st.columns(2, gap="small"), (sections[:cut], sections[cut:]), strict=True):
        for section in part:
            with column, look.card(f"section_{section.name}"):
                look.title(section.title, level=3)
                _table([(_value(row), _meaning(row)) for row in section.rows], section.title)


def _cut(heights: Sequence[int]) -> int:
    """After how many the second column begins, so that the longer one is as short as can be."""
    return min(range(1, len(heights) + 1), key=lambda cut: max(sum(heights[:cut]), sum(heights[cut:])))


def _table(rows: Sequence[tuple[str, str]], alt: str) -> None:
    st.table(pd.DataFrame(rows), border="horizontal", hide_index=True, hide_header=True, alt=alt)


def _value(row: RuleRow) -> str:
    shown = f"**{plain(row.value)}**"
    if not row.deed:
        return shown
    return f":orange[{shown}]" if row.deed < 0 else f":green[{shown}]"


def _meaning(row: RuleRow) -> str:
    origin = " · ".join(part for part in (row.origin, row.finding) if part)
    return f"{plain(row.meaning)}  \n:small[{quiet(plain(origin))}]"


# -- versions -------------------------------------------------------------------------------------


def _history(versions: Sequence[RuleVersion], here: Visit) -> None:
    with look.card("versions"):
        for number, version in enumerate(versions):
            with st.container(key=f"row_version_{number}"):
                when, what = st.columns([1.3, 3.4], gap="small")
                when.markdown(f"{_heading(version, here)}  \n{quiet(_published(version, here))}")
                with what:
                    st.markdown(_what_changed(version, here))
                    _changes(version.changes, here)


def _heading(version: RuleVersion, here: Visit) -> str:
    """Since when, or from when on, and how it stands where that is no matter of course."""
    t = here.t
    since = t("from the beginning")
    if version.start is not None:
        text = t("since {moment}") if version.state == "counts" else t("from {moment} on")
        since = text.format(moment=_moment(version.start, here))
    badge = {
        "counts": f":green-badge[:material/check: {t('counts today')}]",
        "later": f":yellow-badge[:material/event: {t('counts later')}]",
        "past": f":gray-badge[{t('no longer counts')}]",
        "replaced": f":gray-badge[{t('never counted')}]",
    }[version.state]
    return f"**{since[:1].upper()}{since[1:]}**\u2002{badge}"


def _published(version: RuleVersion, here: Visit) -> str:
    if version.published is None:
        return here.t("as shipped")
    return here.t("published {moment}").format(moment=_moment(version.published, here))


def _what_changed(version: RuleVersion, here: Visit) -> str:
    t = here.t
    if version.state == "replaced":
        return t("Another version took its place before it began to count.")
    if version.published is None:
        return t("Every value is as shipped.")
    if not version.changes:
        return t("All values are as in the version before; only notes differ.")
    text = t.ngettext(
        "{n} value differs from the version before.", "{n} values differ from the version before.", len(version.changes)
    )
    return text.format(n=format.number(len(version.changes), here.reader.lang))


def _changes(changes: Sequence[RuleChange], here: Visit) -> None:
    if not changes:
        return
    st.markdown(publishing.listed(changes[:_CHANGES_SHOWN]))
    rest = changes[_CHANGES_SHOWN:]
    if rest:
        label = here.t.ngettext("{n} more", "{n} more", len(rest)).format(n=len(rest))
        with st.expander(label):
            st.markdown(publishing.listed(rest))


# -- practices ------------------------------------------------------------------------------------


def _practices(found: Rules, here: Visit) -> None:
    t = here.t
    rows = [(f"**{name}**", plain(sentence)) for name, sentence in found.practices]
    half = -(-len(rows) // 2)
    with look.card("practices"):
        for column, part in zip(st.columns(2, gap="small"), (rows[:half], rows[half:]), strict=True):
            with column:
                _table(part, t("Where do the rules come from?"))
        parts = (
            t("Articles 000 to 004 are what the product grew from."),
            t("How much something counts leans on published findings."),
            t("They are a start: whoever knows their customers better changes the rulebook."),
        )
        look.foot(" ".join(parts))
