"""Every figure and every account of the sample firm, recomputed from its raw facts by plain loops."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import resources
from itertools import batched
from pathlib import Path
from typing import Any

import pytest

from intake import sample_firm
from projections import kpis, statements
from projections.figures import Evenness, Figure, Lateness, Mean, Rate, Share, Spread
from tests import by_hand
from tests.by_hand import Firm
from tests.homes import Home, open_at, parse, question
from wiring.demo import _put_documents
from wiring.exporting import envelopes
from wiring.worker import set_rates

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
MOMENTS = [NOW, datetime(2026, 4, 2, 9, tzinfo=UTC)]
"""Today, and in the middle of the bad quarter."""
