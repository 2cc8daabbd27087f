"""The line on top of the morning in which one notes what was promised or has happened, as one says it."""

from __future__ import annotations

import secrets
from typing import Final

import streamlit as st

from dashboard import data, look
from dashboard.look import plain, quiet
from dashboard.shapes.asking import Reader, Refusal
from dashboard.shapes.captured import Captured, Part, Said, Understood
from dashboard.visit import Visit

_TEXT: Final = "capture_text"
_SEEN: Final = "capture_seen"
_DONE: Final = "capture_done"
LONGEST: Final = 400


def line(here: Visit, by: str | None) -> None:
    """`by`: who speaks, where the morning is one person's."""
    t = here.t
    with look.card("capture"):
        with st.form("capture", border=False):
            words, button = st.columns([5, 1], gap="small", vertical_alignment="bottom")
            words.text_input(
                t("Note what was promised or has happened"),
                key=_TEXT,
                placeholder=t("Offer to Müller by Friday"),
                max_chars=LONGEST,
            )
            button.form_submit_button(t("Understand"), width="stretch", on_click=_understand, args=(here.reader, by))
        if st.session_state.pop(_DONE, False):
            st.markdown(f":green[:material/check:] {t('Recorded.')}")
        seen: tuple[Said, Understood] | None = st.session_state.get(_SEEN)
        if seen is not None:
            _show(*seen, here)


def _show(said: Said, found: Understood, here: Visit) -> None:
    if isinstance(found, Refusal):
        look.refused(found.sentences)
        return
    lines = [f"**{plain(found.headline)}**", *map(_line, found.parts)]
    lines += [f":orange[:material/event_busy:] {plain(offer.because)}" for offer in found.offers]
    st.markdown("  \n".join(lines))
    _buttons(said, found, here)


def _line(part: Part) -> str:
    """Why it is understood so, where that does not go without saying."""
    why = f"{part.said}: {part.why}" if part.why and part.said else part.why
    return "\u2002".join(each for each in (f"{quiet(plain(part.name))} {plain(part.value)}", quiet(plain(why))) if each)


def _buttons(said: Said, found: Captured, here: Visit) -> None:
    t = here.t
    with st.container(horizontal=True, gap="small"):
        st.button(
            t("Record it"), key="capture_yes", type="primary", on_click=_record, args=(said, found, None, here.reader)
        )
        for number, offer in enumerate(found.offers):
            st.button(
                t("Record with {due}").format(due=offer.due),
                key=f"capture_offer_{number}",
                help=plain(offer.why),
                on_click=_record,
                args=(said, found, number, here.reader),
            )
        st.button(t("Leave it"), key="capture_no", type="tertiary", on_click=_leave)


def _understand(reader: Reader, by: str | None) -> None:
    text = " ".join(str(st.session_state.get(_TEXT) or "").split())
    st.session_state.pop(_SEEN, None)
    if text:
        said = Said(text, secrets.token_hex(8), by)
        st.session_state[_SEEN] = (said, data.ask().understand(reader, said))


def _record(said: Said, shown: Captured, offer: int | None, reader: Reader) -> None:
    refused = data.ask().record(reader, said, shown, offer)
    if refused is not None:
        st.session_state[_SEEN] = (said, refused)
        return
    _leave()
    st.session_state[_DONE] = True
    st.session_state[_TEXT] = ""


def _leave() -> None:
    st.session_state.pop(_SEEN, None)
