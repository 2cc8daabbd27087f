"""Moments in the clear: what can no longer be read counts as long ago."""

from __future__ import annotations

from typing import Any

import pytest

from domain.instants import LONG_AGO, kept_instant, kept_instant_if_any
from tests.notation import at


def test_a_moment_comes_back_as_it_was_kept():
    moment = at("2026-03-12T09:00")
    assert kept_instant(moment.isoformat()) == moment
    assert kept_instant_if_any(None) is None


@pytest.mark.parametrize(
    "damaged", ["", "gar", "2026-03-12", "2026-03-12T09:00", "2026-13-12T09:00+01:00", 987654321987]
)
def test_what_is_no_moment_any_more_counts_as_long_ago_and_can_be_compared_with_now(damaged: Any):
    assert kept_instant(damaged) == LONG_AGO
    assert kept_instant_if_any(damaged) == LONG_AGO
    assert kept_instant(damaged) < at("2026-03-12T09:00")
