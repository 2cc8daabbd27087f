"""The text of a document to be changed: begun with one of several, typed or brought as a file, and checked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import streamlit as st

from dashboard import data, look
from dashboard.look import quiet
from dashboard.shapes.asking import Reader, Refusal
from dashboard.shapes.publishing import Kind
from dashboard.visit import Visit
from words import N_

_PIXELS: Final = 360
_LABELS: Final[dict[Kind, str]] = {
    "rulebook": N_("Text of the rulebook"),
    "calendars": N_("Text of the calendars"),
    "people": N_("Text about the people"),
}
_SOUND: Final[dict[Kind, str]] = {
    "rulebook": N_("This rulebook is sound."),
    "calendars": N_("These calendars are sound."),
    "people": N_("This text about the people is sound."),
}

Start = tuple[str, str, str]
"""What one can begin with: its name in code, the words on its button, the text."""


def typed(kind: Kind, today: str, here: Visit) -> str:
    """The field, with what was typed last, else with what counts today."""
    text: str = st.session_state.setdefault(_text(kind), today)
    if st.session_state.get(_field(kind)) != text:
        st.session_state[_field(kind)] = text
    st.text_area(
        here.t.gettext(_LABELS[kind]),
        key=_field(kind),
        height=_PIXELS,
        label_visibility="collapsed",
        on_change=lambda: put(kind, st.session_state[_field(kind)]),
    )
    return text


def put(kind: Kind, text: str) -> None:
    """This text from now on."""
    # Kept beside the widgets, which forget what was typed as soon as another page is opened.
    st.session_state[_text(kind)] = text
    st.session_state.pop(_unreadable(kind), None)


def begin(kind: Kind, starts: Sequence[Start], here: Visit) -> None:
    """The buttons to begin anew, and the place for a file."""
    t = here.t
    st.markdown(quiet(t("What to begin with?")))
    for name, words, text in starts:
        st.button(words, key=f"start_{_of(kind)}{name}", width="stretch", on_click=put, args=(kind, text))
    st.html(f"<style>{_style(kind, t('Choose a file'))}</style>")
    st.file_uploader(t("A file"), type=["toml", "txt"], key=f"{kind}_file", on_change=_bring, args=(kind, here.reader))
    unreadable: tuple[str, ...] = st.session_state.get(_unreadable(kind), ())
    if unreadable:
        look.refused(unreadable)


def ask_for_check(kind: Kind, text: str) -> None:
    """From now on it is said whether this very text is sound."""
    st.session_state[f"{kind}_checked"] = text


def checked(kind: Kind, text: str, here: Visit, *, say_so: bool = True) -> bool:
    """Whether the text is sound, once somebody wanted to know; with what is to put right where it is not."""
    if st.session_state.get(f"{kind}_checked") != text:
        return False
    t = here.t
    findings = data.ask().document_findings(here.reader, kind, text)
    if findings:
        look.title(t("To put right"), count=len(findings))
        look.refused(findings)
    elif say_so:
        st.markdown(f":green[:material/check_circle:] {t.gettext(_SOUND[kind])}")
    return not findings


def _bring(kind: Kind, reader: Reader) -> None:
    file = st.session_state.get(f"{kind}_file")
    if file is None:
        return
    text = data.ask().rulebook_decoded(reader, file.getvalue())
    if isinstance(text, Refusal):
        st.session_state[_unreadable(kind)] = text.sentences
    else:
        put(kind, text)


def _style(kind: Kind, words: str) -> str:
    """Columns of the text stand below each other; Streamlit's own words, English in every language, make room."""
    button = '[data-testid="stFileUploaderDropzone"] button'
    return (
        f".st-key-{_field(kind)} textarea {{ font-family: monospace; font-size: .82rem; }} "
        '[data-testid="stFileUploaderDropzoneInstructions"] { display: none; } '
        f"{button} {{ width: 100%; }} {button} p {{ font-size: 0; }} "
        f'{button} p::after {{ content: "{words}"; font-size: .875rem; }}'
    )


def _of(kind: Kind) -> str:
    return "" if kind == "rulebook" else f"{kind}_"


def _text(kind: Kind) -> str:
    return f"{kind}_text"


def _field(kind: Kind) -> str:
    return f"{kind}_field"


def _unreadable(kind: Kind) -> str:
    return f"{kind}_unreadable"
