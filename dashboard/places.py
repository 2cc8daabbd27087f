"""The pages by name, so that one can lead to another."""

from __future__ import annotations

import streamlit as st

from words import Translator


def overview(t: Translator) -> st.Page:
    """How the firm is doing."""
    from dashboard.views.overview import page

    return st.Page(page, title=t("Overview"), icon=":material/monitoring:", url_path="overview", default=True)


def promises(t: Translator) -> st.Page:
    """Every open promise; filters in the address: state, owner, kind, page."""
    from dashboard.views.promises import page

    return st.Page(page, title=t("Promises"), icon=":material/handshake:", url_path="promises")


def account(t: Translator) -> st.Page:
    """One customer's account: `customer` in the address, `span` for the statement."""
    from dashboard.views.account import page

    return st.Page(page, title=t("Accounts"), icon=":material/account_balance_wallet:", url_path="account")
