"""How the invented firm and its customers know each other."""

from __future__ import annotations

from datetime import date

from dashboard.shapes.acquaintance import Acquaintance, Owner

ACQUAINTED = Acquaintance(
    owners=(Owner("Lutz Brandt", date(2025, 5, 3)), Owner("Ines Kern", date(2019, 4, 1))),
    last_talk=date(2026, 3, 2),
    usual_days=21,
    silent=False,
    sensitivity_reason=None,
)
JUST_MET = Acquaintance(owners=(), last_talk=None, usual_days=None, silent=False, sensitivity_reason=None)
