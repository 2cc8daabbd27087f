"""Whether facts can be taken and questions answered, without a word about anybody."""

from __future__ import annotations

from typing import Any

from domain.store import StoreTrouble
from wiring.home import Konto


def of(konto: Konto) -> dict[str, Any]:
    """`behind`: so many events the tables have not taken in; questions take them in first.

    `other_tables`: of so many other versions there are tables beside ours, while one takes the place of another.
    """
    try:
        head, position, others = konto.log.head(), konto.views.position(), len(konto.tables.others())
    except StoreTrouble:
        return {"ok": False, "store": False}
    return {"ok": True, "store": True, "head": head, "behind": head - position, "other_tables": others}
