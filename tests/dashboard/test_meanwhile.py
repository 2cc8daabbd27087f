"""What is asked meanwhile is answered, and what goes wrong there is not swallowed."""

from __future__ import annotations

from threading import Event

import pytest

from dashboard.answers.meanwhile import meanwhile


def test_the_answer_is_found_while_others_are_asked() -> None:
    asked_here = Event()
    answer = meanwhile(lambda: asked_here.wait(timeout=10))
    asked_here.set()
    assert answer() is True


def test_what_goes_wrong_is_raised_where_the_answer_is_wanted() -> None:
    def fails() -> int:
        raise ValueError("no such table")

    answer = meanwhile(fails)
    with pytest.raises(ValueError, match="no such table"):
        answer()
