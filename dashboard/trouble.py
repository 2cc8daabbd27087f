"""What a reader sees when a page fails, which should not happen: a plain sentence, and the details in the log."""

from __future__ import annotations

import logging

from dashboard import look
from dashboard.visit import visit

_LOG = logging.getLogger(__name__)


def explain(error: Exception) -> bool:
    """Say in the reader's words that the page failed. True: Streamlit need not show the error itself."""
    _LOG.error("a page failed", exc_info=error)
    t = visit().t
    with look.card("trouble"):
        look.nothing_yet(
            t("This page could not be shown. What went wrong stands in the log."),
            t("Load it again; if it stays so, run `konto doctor`."),
        )
    return True
