"""Who does not come in: a sentence why, and the one thing to do. Nothing of the firm is asked for here or shown."""

from __future__ import annotations

import streamlit as st

from dashboard import look
from dashboard.shapes.asking import Firm
from dashboard.visit import Visit, visit


def show(firm: Firm, here: Visit) -> None:
    """For somebody whose sign-in has ended, and for somebody who is none of the firm's people."""
    t = here.t
    with st.columns([1, 1.4, 1])[1], look.card("doorway"):
        if firm.presence == "signed_out":
            look.title(t("Please sign in once more"))
            st.markdown(t("Your sign-in has ended. What you wrote last was not kept."))
            # A window of its own that was signed in anew meanwhile only has to be loaded again.
            st.link_button(t("Sign in"), "/sign-in", type="primary")
            return
        look.title(t("You are signed in, but you do not belong here yet"))
        st.markdown(_why(firm, here))
        sign_out(here)


def not_theirs() -> None:
    """A page with nothing for the reader's role, at an address that somebody kept or was sent."""
    t = visit().t
    _instead(
        t("This page is not one of yours."),
        t("Your role does not include what it shows."),
        t("Please ask somebody who may, or the person who looks after the users."),
    )


def nothing_here() -> None:
    """An address that belongs to no page: mistyped, or of a page that there was once."""
    t = visit().t
    _instead(
        t("There is no page at this address."),
        t("Perhaps a letter is missing, or the page is called otherwise by now."),
        t("Please choose a page from the list at the side."),
    )


def _instead(what: str, why: str, next_step: str) -> None:
    """In place of a page: calmly what is the matter, and what to do."""
    look.head("Vertrauenskonto", what)
    with look.card("instead"):
        look.nothing_yet(why, next_step)


def _why(firm: Firm, here: Visit) -> str:
    t = here.t
    if firm.reader is None:
        return t(
            "The sign-in service names no e-mail address of yours of which it is sure. Please ask the person who looks "
            "after the users."
        )
    words = t(
        "Nobody of this firm has the address {address}, or there is no role for it. Please ask the person who looks "
        "after the users, or sign in with another account."
    )
    # As code, or Markdown would make a link of it.
    return words.format(address=f"`{firm.reader.replace('`', '')}`")


def sign_out(here: Visit) -> None:
    """The way out, here and at the service."""
    if st.button(here.t("Sign out"), icon=":material/logout:", key="sign_out"):
        st.logout()
