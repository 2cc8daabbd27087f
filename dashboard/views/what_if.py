"""What if another rulebook had counted? Its text, what is wrong with it, and the past under it beside today's."""

from __future__ import annotations

from typing import Final

import streamlit as st

from dashboard import address, charts, data, editor, look, publishing, rows, say
from dashboard.charts import StageCount
from dashboard.look import plain, quiet
from dashboard.shapes.asking import Refusal
from dashboard.shapes.publishing import Proposal, Texts
from dashboard.shapes.what_if import ChangedAccount, WhatIf
from dashboard.visit import Visit, visit
from words import format

_ROWS: Final = 10
_ALERTS: Final = 8
_ASKED: Final = "what_if_asked"


def page() -> None:
    """The page."""
    here = visit()
    t = here.t
    look.head(
        t("What if?"),
        t("The whole past under another rulebook. Nothing is changed by it."),
    )
    texts = data.ask().rulebook_texts(here.reader)
    if isinstance(texts, Refusal):
        with look.card("refused"):
            look.refused(texts.sentences)
        return
    with look.card("rulebook"):
        text = _rulebook(texts, here)
    asked: str | None = st.session_state.get(_ASKED)
    found = None if asked is None else data.ask().reckoned(here.reader, asked)
    if isinstance(found, WhatIf):
        _found(found, same_text=asked == text, here=here)
        # Where the button was; the top of the page is out of sight there.
        publishing.outcome("rulebook", here)
        if asked == text:
            publishing.card("rulebook", text, here)


# -- the other rulebook ---------------------------------------------------------------------------


def _rulebook(texts: Texts, here: Visit) -> str:
    t = here.t
    look.title(t("The other rulebook"), t("change the text, or bring a file"))
    typed, brought = st.columns([2.25, 1], gap="medium")
    with brought:
        starts = [("today", t("Today's rulebook"), texts.today), ("shipped", t("The shipped one"), texts.shipped)]
        if isinstance(proposed := data.ask().proposed(here.reader), Proposal):
            starts.append(("proposed", t("The proposal from your experience"), proposed.text))
        editor.begin("rulebook", starts, here)
    with typed:
        text = editor.typed("rulebook", texts.today, here)
        with st.container(horizontal=True, gap="xsmall"):
            reckon = st.button(t("Reckon the past"), key="reckon", type="primary", icon=":material/balance:")
            check = st.button(t("Only check"), key="check", icon=":material/rule:")
    if reckon or check:
        editor.ask_for_check("rulebook", text)
    sound = editor.checked("rulebook", text, here, say_so=st.session_state.get(_ASKED) != text)
    if reckon and sound:
        with look.working(t("Reckoning"), t("{done} of {total} accounts read")) as tell:
            data.ask().reckon(here.reader, text, tell)
        st.session_state[_ASKED] = text
        st.query_params.pop("page", None)
        st.rerun()
    return text


# -- what would be different ----------------------------------------------------------------------


def _found(found: WhatIf, *, same_text: bool, here: Visit) -> None:
    t = here.t
    with look.card("found"):
        st.markdown(f"**{plain(found.headline)}**")
        if found.sentences:
            st.markdown(plain(" ".join(found.sentences)))
        at = here.moment(found.at)
        parts = [
            t("Reckoned {moment}.").format(moment=at),
            t("Something has been recorded since.") if found.newer else "",
            "" if same_text else t("The text above was changed since."),
        ]
        look.foot(" ".join(part for part in parts if part))
    if found.alerts:
        with look.card("alerts"):
            _alerts(found, here)
    if not found.to_list:
        return
    _pictures(found, here)
    with look.card("accounts"):
        _accounts(found, here)


def _alerts(found: WhatIf, here: Visit) -> None:
    t = here.t
    look.title(t("Which alerts would have come?"))
    st.markdown("\n".join(f"- {plain(sentence)}" for sentence in found.alerts))
    for number, each in enumerate(found.other_alerts[:_ALERTS]):
        with st.container(key=f"alert_{number}"):
            name, alert, only = st.columns([2, 2, 1.3], gap="small", vertical_alignment="center")
            with name:
                rows.to_account(each.customer, f"**{plain(each.name)}**", here)
            when = here.moment(each.moment)
            alert.markdown(f"{plain(each.alert)}  \n{quiet(f'{plain(each.subject)} · {when}')}")
            only.markdown(quiet(each.only))
    if len(found.other_alerts) > _ALERTS:
        look.foot(t("The latest of them; more with `konto what-if FILE --json`."))


def _pictures(found: WhatIf, here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    left, right = st.columns([1.7, 1], gap="small")
    with left, look.card("differences", stretch=True):
        look.title(t("By how much would balances differ?"), t("accounts, by points"))
        if found.differences:
            look.show(charts.differences(found.differences, here.style))
        same = found.accounts - found.changed
        text = t.ngettext("{n} balance stays the same.", "{n} balances stay the same.", same)
        look.foot(text.format(n=format.number(same, lang)))
    with right, look.card("stages", stretch=True):
        look.title(t("Who would stand where?"))
        counts = [StageCount(say.word(say.STAGES, stage, t), today, then) for stage, today, then in found.stages]
        look.show(charts.stages(counts, here.style))
        text = t.ngettext("Rests on {n} customer.", "Rests on {n} customers.", found.accounts)
        look.foot(text.format(n=format.number(found.accounts, lang)))


def _accounts(found: WhatIf, here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    look.title(t("Where would it differ most?"), count=found.to_list)
    pages = max(1, -(-len(found.listed) // _ROWS))
    first = (address.page_number("page", pages) - 1) * _ROWS
    for each in found.listed[first : first + _ROWS]:
        _account(each, here)
    address.turn_pages("page", pages)
    if found.to_list > len(found.listed):
        text = t("The {n} largest of {total}; all of them with `konto what-if FILE --json`.")
        shown, total = format.number(len(found.listed), lang), format.number(found.to_list, lang)
        look.foot(text.format(n=shown, total=total))


def _account(each: ChangedAccount, here: Visit) -> None:
    t, lang = here.t, here.reader.lang
    change = each.then - each.today
    colour = "orange" if change < 0 else "green"
    points = format.points(change, lang, signed=True, decimals=2)
    today, then = (format.points(balance, lang, decimals=2) for balance in (each.today, each.then))
    standing = [say.word(say.STAGES, stage, t) for stage in dict.fromkeys((each.stage_today, each.stage_then))]
    with st.container(key=f"row_{each.customer}"):
        name, difference, stage = st.columns([2, 1.5, 1.3], gap="small", vertical_alignment="center")
        with name:
            rows.to_account(each.customer, f"**{plain(each.name)}**", here)
        said = f":{colour}[**{points}**]" if change else quiet(t("same balance"))
        between = t("today {today}, then {then}").format(today=today, then=then)
        difference.markdown(f"{said}\u2002{quiet(between)}")
        stage.markdown(f"**{' → '.join(standing)}**" if len(standing) > 1 else quiet(standing[0]))
